r"""Draws of trade elasticities: the one source of every interval over them.

A draw takes one of the seven published sources whole, each as likely as the others, and multiplies
its elasticities by log-normal factors of mean one,

.. math:: \theta_s = \theta_{ks}\, e^{\sigma z_{p(k,s)} - \sigma^2 / 2},
    \qquad \sigma^2 = \ln(1 + cv^2), \qquad z \sim N(0, 1),

with :math:`k` the source and :math:`p(k, s)` the sector that it published for sector :math:`s`:
sectors with one estimate move together. The files do not name these published sectors. They are
read off the values: within a source, sectors of equal elasticity have one estimate (agriculture in
all sources, all sectors in ``Boehm``; the 4 that ``GYY`` has where nothing is estimated is one
number too). Drawing a source anew for each sector would shrink the intervals: errors of a source
are common to its sectors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.errors import IOModelError
from iomodel.models.elasticities import DRAWN, SETS, SOURCES, published_sectors, sealed
from iomodel.models.general_equilibrium.horizons import trade_elasticity_at
from iomodel.typing import Float, Index

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["CV", "draw_elasticities", "drawn_elasticities", "scattered"]

# Coefficient of variation of an estimate; assumed: the embedded sets have no standard errors.
CV = 0.30
# Equal values of a set differ by rounding once they are averages.
DIGITS = 9


def draw_elasticities(
    table: MRIOTable,
    count: int,
    seed: int,
    *,
    cv: float = CV,
    sets: Sequence[str] = SOURCES,
) -> xr.Dataset:
    """Draw trade elasticities for the sectors of a table.

    Sets are drawn by the sectors of their compilation and carried to the table as the sets are, so
    that equal seeds give the same elasticities to tables of different classifications.

    Parameters
    ----------
    table : MRIOTable
        Of a classification with published elasticities.
    count : int
        Draws.
    seed : int
        Equal seeds give equal draws; the first draws of a longer sample are those of a shorter one.
    cv : float
        Coefficient of variation of an estimate.
    sets : sequence of str
        Names of the sets to draw from; default: the seven members of ``median``.

    Returns
    -------
    xarray.Dataset
        ``theta`` (draw, sector) and ``set`` (draw); attributes ``sets``, ``cv`` and ``seed``.

    Raises
    ------
    IOModelError
        If there is nothing to draw, or `cv` is negative.
    LabelError
        If a set is unknown, or the sectors of the table are of no known classification.

    Examples
    --------
    >>> import iomodel as iom
    >>> from iomodel.studies.elasticity_draws import draw_elasticities, drawn_elasticities
    >>> sample = draw_elasticities(iom.load("world-2022"), 3, seed=1)
    >>> sample["theta"].shape
    (3, 37)
    >>> drawn_elasticities(sample, 0).sizes["sector"]
    37
    """
    centres, averages = published_sectors(sets, table)
    sample = scattered(centres, count, seed, cv=cv)
    theta = sample["theta"].values @ averages.T
    return (
        sample.drop_vars("theta")
        .drop_dims("sector", errors="ignore")
        .assign_coords(sector=np.array(table.sectors, dtype=object))
        .assign(theta=(("draw", "sector"), theta, sample["theta"].attrs))
    )


def scattered(centres: xr.DataArray, count: int, seed: int, *, cv: float = CV) -> xr.Dataset:
    """Draw whole sets of elasticities with common factors for equal values.

    Parameters
    ----------
    centres : DataArray (set, sector)
        Sets of elasticities, each as likely as the others.
    count : int
        Draws.
    seed : int
        As for :func:`draw_elasticities`.
    cv : float
        Coefficient of variation of an estimate.

    Returns
    -------
    xarray.Dataset
        As of :func:`draw_elasticities`, over the sectors of `centres`.

    Raises
    ------
    IOModelError
        If there is nothing to draw, or `cv` is negative.
    """
    if count < 1 or cv < 0.0 or not centres.size:
        raise IOModelError(
            f"cannot draw count={count}, cv={cv} from {centres.sizes['set']} sets: at least one "
            "draw and one set, cv not negative"
        )
    groups = np.stack([_estimates(values) for values in centres.values])
    sigma = np.sqrt(np.log1p(cv**2))
    position = np.empty(count, dtype=np.intp)
    theta = np.empty((count, centres.sizes["sector"]))
    for k in range(count):
        # One stream per draw: neither the number of draws nor that of estimates moves the others.
        stream = np.random.default_rng([seed, 1, k])
        position[k] = int(stream.random() * len(groups))
        group = groups[position[k]]
        normal = stream.standard_normal(int(group.max()) + 1)[group]
        theta[k] = centres.values[position[k]] * np.exp(sigma * normal - sigma**2 / 2.0)
    names = centres["set"].values.astype(object)
    return xr.Dataset(
        {
            "theta": (("draw", "sector"), theta, {"units": "1"}),
            "set": ("draw", names[position]),
        },
        coords={"sector": centres["sector"].values.astype(object)},
        attrs={
            "seed": seed,
            "cv": cv,
            "sets": ", ".join(map(str, names)),
            "note": "Sets are drawn whole; the coefficient of variation is an assumption.",
        },
    )


def drawn_elasticities(sample: xr.Dataset, k: int, years: float = math.inf) -> xr.DataArray:
    """Return one draw as elasticities that a model takes, with its set, cv and seed.

    Parameters
    ----------
    sample : Dataset
        From :func:`draw_elasticities`.
    k : int
        Position of the draw.
    years : float
        After the shock, at which :func:`iomodel.trade_elasticity_at` takes them; default: in the
        long run, as published.

    Returns
    -------
    xarray.DataArray (sector)
        Its attributes become the record of the run.
    """
    name = str(sample["set"].values[k])
    theta = sample["theta"].isel(draw=k, drop=True).drop_attrs()
    drawn = theta.assign_attrs(
        set=f"{name}, draw {k} of seed {sample.attrs['seed']}, cv {sample.attrs['cv']:g}",
        title=f"drawn whole, log-normal factors by estimate; sets: {sample.attrs['sets']}",
        citation=SETS[name].citation if name in SETS else "",
        units="1",
    )
    theta = sealed(drawn, DRAWN)
    return trade_elasticity_at(years, theta) if math.isfinite(years) else theta


# ---------------------------------------------------------------------- helpers
def _estimates(values: Float) -> Index:
    """Return numbers of the distinct elasticities, by their first sector. Shape (sectors,)."""
    _, start, group = np.unique(np.round(values, DIGITS), return_index=True, return_inverse=True)
    return np.argsort(np.argsort(start))[group]
