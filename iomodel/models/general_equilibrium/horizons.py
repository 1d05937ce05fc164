r"""Parameters of general equilibrium by time since the shock, with sources.

========  =============  ================  ==================  ===================================
horizon   after          nest              factors             trade elasticity
========  =============  ================  ==================  ===================================
short     under a year   (.5, .2, .9)      sticky              :math:`\sigma=2`, band 1.5 to 2.5
medium    three years    (.5, .2, .9)      mobile              on the way, equation below
long      ten and more   Cobb-Douglas      mobile              ``median`` of seven sources
steady    decades        as long           mobile              as long; capital in its steady state
========  =============  ================  ==================  ===================================

The nest of the first two is the benchmark of [BaqaeeFarhi2024]_: between value added and
intermediates, across inputs, across final goods.

Within a year wages do not fall, workers stay in their industry, and nominal spending stays: the
Keynesian closure of [BaqaeeFarhi2022]_ by industry, the downward rigidity of
[RodriguezClareUlateVasquez2025]_ by sector. One-year estimates of substitution across origins are
.76 for ordinary duties [BoehmLevchenkoPandalaiNayar2023]_ and about 2.5 for targeted ones
[FajgelbaumEtAl2020]_, so that results are a band over 1.5, 2 and 2.5. Where deliveries close or are
withheld, losses go with :math:`1/(\sigma-1)`, and the band stands without a number. In the model
``scarce`` factors are specific in the short run, and the elasticity is that of the next paragraphs.

Between the short-run estimate and the long run,

.. math:: \theta(h) = \theta_{LR} - (\theta_{LR} - \theta_{SR})\, e^{-h/\kappa},

with :math:`h` in years and :math:`\kappa = 3`, which is our choice: 90 percent of the way is behind
after seven years and 96 after ten, the time that [BoehmLevchenkoPandalaiNayar2023]_ find it takes.

The base of an elasticity matters as much as its size. Theirs is that of trade values
before duty with respect to the duty: :math:`-.76` after one year, :math:`-1.75` to :math:`-2.25` in
the long run. In an Armington model the value before duty falls by :math:`\sigma = \theta + 1`
percent, spending with duty by :math:`\theta` (:mod:`iomodel.models.elasticities`). Strictly read
their short run is thus :math:`\sigma = .76`, :math:`\theta = -.24`: admissible if goods differ by
origin, but not if :math:`\theta` is the spread of productivities (Eaton and Kortum), necessarily
positive. Below :math:`\sigma = 1` no origin can be done without, so that a flow that closes
altogether has no equilibrium; in ``scarce`` a scenario that closes flows takes :math:`\theta = .5`
(:math:`\sigma = 1.5`) in the short run instead, and the effects say so. Strictly read, their long
run is a :math:`\theta` of .75 to 1.25, far below the estimates of the six other sources of the
median that stands for the long run here (:mod:`iomodel.models.elasticities`);
``elasticities="Boehm"`` takes it alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, overload

import numpy as np
import xarray as xr

from iomodel.errors import IOModelError
from iomodel.models.elasticities import (
    CONVENTION,
    LONG_RUN_SET,
    PUBLISHED,
    by_sector,
    elasticities,
    sealed,
)
from iomodel.scenario.policy import SHORTAGES
from iomodel.typing import Float, Nest, Record

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.scenario.shocks import Shock
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "HORIZONS",
    "NESTS",
    "SCARCE_HORIZONS",
    "Horizon",
    "default_horizon",
    "horizon_elasticities",
    "trade_elasticity_at",
]


NESTS: Mapping[str, tuple[Nest, str]] = {
    "cobb-douglas": ((1.0, 1.0, 1.0), "CaliendoParro2015"),
    "baqaee-farhi": ((0.5, 0.2, 0.9), "BaqaeeFarhi2024"),
}
# sigma - 1 with sigma = .76, and what stands in for it where flows close.
SHORT_RUN, SHORT_RUN_CLOSED = -0.24, 0.5
ADJUSTMENT = 3.0
# Origin of elasticities that a horizon sets from estimates.
HORIZON = "horizon"
SHORT_RUN_SOURCE, TARGETED_SOURCE = "BoehmLevchenkoPandalaiNayar2023", "FajgelbaumEtAl2020"


@dataclass(frozen=True)
class Horizon:
    """Parameter set for one time since the shock.

    Attributes
    ----------
    name : str
    title : str
        Time since the shock, in words.
    years : float
        Years after the shock at which trade elasticities hold; infinite in the long run.
    nest : str
        One of :data:`NESTS`.
    closure : str
        Labour closure.
    steady_capital : bool
        Whether capital has accumulated to its steady state; it is fixed otherwise.
    sigmas : tuple of float
        Band of the elasticity of substitution across origins, the same in every sector: its ends
        and, in the middle, the horizon's own. Empty if estimates set the elasticities.
    """

    name: str
    title: str
    years: float
    nest: str
    closure: str
    steady_capital: bool = False
    sigmas: tuple[float, ...] = ()


SIGMAS = (1.5, 2.0, 2.5)
STEADY_TITLE = "in the steady state of capital"
HORIZONS: Mapping[str, Horizon] = {
    entry.name: entry
    for entry in (
        Horizon("steady", STEADY_TITLE, math.inf, "cobb-douglas", "mobile", steady_capital=True),
        Horizon("long", "after ten years and more", math.inf, "cobb-douglas", "mobile"),
        Horizon("medium", "after three years", 3.0, "baqaee-farhi", "mobile"),
        Horizon("short", "within a year", 0.0, "baqaee-farhi", "sticky", sigmas=SIGMAS),
    )
}
# What a scarce input costs within a year is decided by a nest of its own; around it factors stay in
# their industry at flexible prices.
SCARCE_HORIZONS: Mapping[str, Horizon] = {
    **HORIZONS,
    "short": replace(HORIZONS["short"], closure="specific", sigmas=()),
}


def default_horizon(scenario: Scenario) -> tuple[str, str]:
    """Return the default horizon of a scenario and the reason, in half a sentence.

    Withheld supplies are missed at once, and a policy of a year is over before anybody has moved;
    a lasting policy is judged after everybody has.
    """
    if scenario.kinds & SHORTAGES:
        return "short", "supplies are withheld"
    if scenario.shocks and all(_ends_within_a_year(shock) for shock in scenario.shocks):
        return "short", "every shock ends within twelve months"
    return "long", "nothing is withheld and the policy lasts"


def _ends_within_a_year(shock: Shock) -> bool:
    if shock.start is None or shock.end is None:
        return False
    # The last day is in force: a year ends on the day before its anniversary, leap years too.
    ends_before = (shock.end.month, shock.end.day) < (shock.start.month, shock.start.day)
    return shock.end.year - shock.start.year < (2 if ends_before else 1)


@overload
def trade_elasticity_at(
    years: float, long_run: float, short_run: float = ..., adjustment: float = ...
) -> float: ...
@overload
def trade_elasticity_at(
    years: float, long_run: Float, short_run: float | Float = ..., adjustment: float = ...
) -> Float: ...
@overload
def trade_elasticity_at(
    years: float, long_run: xr.DataArray, short_run: float = ..., adjustment: float = ...
) -> xr.DataArray: ...
def trade_elasticity_at(
    years: float,
    long_run: float | Float | xr.DataArray,
    short_run: float | Float = SHORT_RUN,
    adjustment: float = ADJUSTMENT,
) -> float | Float | xr.DataArray:
    r"""Return trade elasticities some years after a shock.

    .. math:: \theta(h) = \theta_{LR} - (\theta_{LR} - \theta_{SR})\, e^{-h/\kappa}

    Parameters
    ----------
    years : float
        :math:`h`, zero or more; infinity gives the long run.
    long_run : float, ndarray or DataArray (sector)
        :math:`\theta_{LR}`, for example ``iom.elasticities("median", table)``.
    short_run : float or ndarray
        :math:`\theta_{SR}`; default -.24, :math:`\sigma = .76` of
        [BoehmLevchenkoPandalaiNayar2023]_.
    adjustment : float
        :math:`\kappa` in years: after so many years 63 percent of the way is behind. The default
        of three is our choice, see :mod:`iomodel.models.general_equilibrium.horizons`.

    Returns
    -------
    float, ndarray or DataArray
        As `long_run`; a DataArray can be passed on as ``elasticities=``.

    Raises
    ------
    IOModelError
        If `years` is negative or `adjustment` not positive.
    """
    if not years >= 0.0:
        raise IOModelError(f"years is {years}; give zero or more, infinity for the long run")
    if not 0.0 < adjustment < math.inf:
        raise IOModelError(f"adjustment is {adjustment}; give a positive number of years")
    short_run_weight = math.exp(-years / adjustment)
    # In this form both ends come out to the last bit.
    theta = long_run * (1.0 - short_run_weight) + short_run * short_run_weight
    if not isinstance(long_run, xr.DataArray) or not isinstance(theta, xr.DataArray):
        return theta
    attrs = dict(long_run.attrs)
    if short_run_weight > 0.0:
        attrs["set"] = f"{attrs.get('set') or long_run.name or 'given'} after {years:g} years"
        citations = [str(attrs.get("citation", "")), SHORT_RUN_SOURCE]
        attrs["citation"] = ", ".join(key for key in citations if key)
    theta = theta.rename(long_run.name).assign_attrs(attrs)
    return sealed(theta) if short_run_weight > 0.0 and "sector" in theta.coords else theta


def horizon_elasticities(
    horizon: Horizon, table: MRIOTable, *, closes: bool
) -> tuple[Float, Record]:
    """Return the trade elasticities of a horizon and their record.

    Parameters
    ----------
    horizon : Horizon
    table : MRIOTable
    closes : bool
        Whether the scenario closes flows altogether.

    Returns
    -------
    theta : ndarray, shape (S,)
    record : dict
        ``value``, ``title``, ``convention``, ``origin``, ``by_sector`` and ``citation``.

    Raises
    ------
    LabelError
        If the sectors of the table are of no known classification; the short run needs none.
    """
    if horizon.sigmas:
        theta = np.full(table.shape[1], horizon.sigmas[len(horizon.sigmas) // 2] - 1.0)
        return theta, _middle_of_band(horizon.sigmas) | by_sector(theta, table)
    if horizon.years == 0.0:
        theta, record = _short_run(table.shape[1], closes=closes)
        return theta, record | by_sector(theta, table)
    array = trade_elasticity_at(horizon.years, elasticities(LONG_RUN_SET, table))
    theta = np.asarray(array.values, dtype=np.float64)
    record = {
        "value": str(array.attrs["set"]),
        "title": str(array.attrs["title"]),
        "convention": CONVENTION,
        "origin": PUBLISHED if math.isinf(horizon.years) else HORIZON,
        "citation": str(array.attrs["citation"]),
    }
    return theta, record | by_sector(theta, table)


def _middle_of_band(sigmas: tuple[float, ...]) -> Record:
    low, middle, high = sigmas
    return {
        "value": f"{middle - 1.0:g} in every sector",
        "convention": CONVENTION,
        "origin": HORIZON,
        "title": f"sigma = {middle:g}, in a band from {low:g} to {high:g}: after one year "
        "estimates are .76 for ordinary duties and about 2.5 for targeted ones",
        "citation": f"{SHORT_RUN_SOURCE}, {TARGETED_SOURCE}",
    }


def _short_run(sectors: int, *, closes: bool) -> tuple[Float, Record]:
    theta = SHORT_RUN_CLOSED if closes else SHORT_RUN
    record: Record = {
        "value": f"{theta:g} in every sector",
        "convention": CONVENTION,
        "origin": HORIZON,
    }
    if closes:
        record["title"] = "above the estimate of -.24: with sigma below one no flow could close"
    else:
        record["title"] = "sigma = .76, of trade values before duty after one year"
        record["citation"] = SHORT_RUN_SOURCE
    return np.full(sectors, theta), record
