"""Joint draws of elasticities, the exponent of diffusion and the assignment to blocs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.errors import IOModelError, LabelError
from iomodel.models.elasticities import SOURCES, elasticities
from iomodel.models.long_run.diffusion.inputs import goes_bekkers_elasticities
from iomodel.studies.decoupling.goes_bekkers import trade_weighted
from iomodel.studies.elasticity_draws import CV, scattered

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["BETA", "by_sector", "draw", "elasticity_centres"]

# Around the 0.44 of [GoesBekkers2022]_; assumed.
BETA = (0.34, 0.54)


def elasticity_centres(table: MRIOTable, *, paper: bool = False) -> xr.DataArray:
    """Return the seven published sources of trade elasticities side by side.

    Parameters
    ----------
    table : MRIOTable
        Of a classification for which they are known.
    paper : bool
        Average them, weighted by trade, to the six sectors of [GoesBekkers2022]_ and add the
        paper's own as an eighth set, ``GB``.

    Returns
    -------
    xarray.DataArray (set, sector)
    """
    sets = {name: elasticities(name, table) for name in SOURCES}
    if paper:
        sets = {name: trade_weighted(theta, table) for name, theta in sets.items()}
        sets["GB"] = trade_weighted(goes_bekkers_elasticities(table), table)
    return xr.DataArray(
        np.stack([theta.values for theta in sets.values()]),
        dims=("set", "sector"),
        coords={"set": list(sets), "sector": next(iter(sets.values()))["sector"].values},
        name="theta",
        attrs={"units": "1"},
    )


def draw(
    centres: xr.DataArray,
    count: int,
    seed: int,
    *,
    cv: float = CV,
    beta: tuple[float, float] = BETA,
    variants: Sequence[str] = ("as given",),
) -> xr.Dataset:
    """Draw elasticities, exponents of diffusion and variants of the blocs, independently.

    Parameters
    ----------
    centres : DataArray (set, sector)
        From :func:`elasticity_centres`, some or all sets.
    count : int
        Draws.
    seed : int
        Equal seeds give equal draws; the first draws of a longer sample are those of a shorter one.
    cv : float
        Coefficient of variation of an estimate around its set's; see
        :mod:`iomodel.studies.elasticity_draws`.
    beta : pair of float
        The exponent is uniform between them.
    variants : sequence of str
        Names of assignments to blocs, each as likely as the others.

    Returns
    -------
    xarray.Dataset
        Over draw: ``theta`` (draw, sector), ``set``, ``beta`` and ``variant``; over sector:
        ``centre``, the median of the sets.

    Raises
    ------
    IOModelError
        If there is nothing to draw, or a number is out of range.
    """
    if not 0.0 <= beta[0] <= beta[1] < 1.0 or not variants:
        raise IOModelError(
            f"cannot draw beta={beta} and {len(variants)} variants: beta in [0, 1), at least one "
            "variant"
        )
    sample = scattered(centres, count, seed, cv=cv)
    # One row of numbers per draw, so that a longer sample begins with a shorter one.
    uniform = np.random.default_rng([seed, 0]).random((count, 3))
    assignment = (uniform[:, 2] * len(variants)).astype(int)
    return sample.assign(
        beta=("draw", beta[0] + (beta[1] - beta[0]) * uniform[:, 1]),
        variant=("draw", np.array(list(variants), dtype=object)[assignment]),
        centre=("sector", np.median(centres.values, axis=0)),
    ).assign_attrs(
        beta_low=beta[0],
        beta_high=beta[1],
        note="Sets are drawn whole; the coefficient of variation and the range of beta are "
        "assumptions.",
    )


def by_sector(theta: xr.DataArray, table: MRIOTable) -> xr.DataArray:
    """Return elasticities with the sectors of a table, in its order.

    Raises
    ------
    LabelError
        If a sector of the table is missing.
    """
    labels = [str(s) for s in theta["sector"].values]
    missing = [s for s in table.sectors if s not in labels]
    if missing:
        raise LabelError(
            f"elasticities lack sector {missing[0]!r} of table {table.name!r}; they have: "
            f"{', '.join(labels)}"
        )
    return theta.isel(sector=[labels.index(s) for s in table.sectors])
