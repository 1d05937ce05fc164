"""Draws of what is not known: elasticities around published sets, beta, and who stands where.

The published sets come without standard errors in the embedded file, so each draw takes one of the
sets at random and scatters every sector of it by a lognormal of mean one whose coefficient of
variation is a stated assumption.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.errors import IOModelError, LabelError
from iomodel.models.elasticities import SETS, elasticities
from iomodel.models.long_run.diffusion.inputs import goes_bekkers_elasticities
from iomodel.studies.decoupling.goes_bekkers import trade_weighted

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["CV", "by_sector", "draw", "elasticity_centres"]

# Coefficient of variation within a set; assumed, see the module.
CV = 0.25
# Around the 0.44 of [GoesBekkers2022]_; assumed.
BETA = (0.34, 0.54)


def elasticity_centres(table: MRIOTable, *, paper: bool = False) -> xr.DataArray:
    """Return the eight published sets of trade elasticities side by side.

    Parameters
    ----------
    table : MRIOTable
        Of a classification for which they are known.
    paper : bool
        Average them, weighted by trade, to the six sectors of [GoesBekkers2022]_ and add the
        paper's own as a ninth set, ``GB``.

    Returns
    -------
    xarray.DataArray (set, sector)
    """
    sets = {name: elasticities(name, table) for name in SETS}
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
        Coefficient of variation of each sector's elasticity around its set's; mean one.
    beta : pair of float
        The exponent is uniform between them.
    variants : sequence of str
        Names of assignments to blocs, each as likely as the others.

    Returns
    -------
    xarray.Dataset
        Over draw: ``theta`` (draw, sector), ``set``, ``beta`` and ``variant``; over sector:
        ``centre``, the mean of the sets.

    Raises
    ------
    IOModelError
        If there is nothing to draw, or a number is out of range.
    """
    if count < 1 or cv < 0.0 or not 0.0 <= beta[0] <= beta[1] < 1.0 or not variants:
        raise IOModelError(
            f"cannot draw count={count}, cv={cv}, beta={beta} and {len(variants)} variants: at "
            "least one draw and one variant, cv not negative, beta in [0, 1)"
        )
    sectors = centres.sizes["sector"]
    sigma = np.sqrt(np.log1p(cv**2))
    # One row of numbers per draw, so that a longer sample begins with a shorter one.
    uniform = np.random.default_rng([seed, 0]).random((count, 3))
    normal = np.random.default_rng([seed, 1]).standard_normal((count, sectors))
    set_of_draw = (uniform[:, 0] * centres.sizes["set"]).astype(int)
    theta = centres.values[set_of_draw] * np.exp(sigma * normal - sigma**2 / 2.0)
    assignment = (uniform[:, 2] * len(variants)).astype(int)
    return xr.Dataset(
        {
            "theta": (("draw", "sector"), theta),
            "set": ("draw", centres["set"].values[set_of_draw].astype(object)),
            "beta": ("draw", beta[0] + (beta[1] - beta[0]) * uniform[:, 1]),
            "variant": ("draw", np.array(list(variants), dtype=object)[assignment]),
            "centre": ("sector", centres.values.mean(axis=0)),
        },
        coords={"sector": centres["sector"].values.astype(object)},
        attrs={
            "seed": seed,
            "cv": cv,
            "beta_low": beta[0],
            "beta_high": beta[1],
            "sets": ", ".join(map(str, centres["set"].values)),
            "note": "The coefficient of variation and the range of beta are assumptions.",
        },
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
