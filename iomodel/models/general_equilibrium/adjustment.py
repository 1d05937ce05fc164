r"""Adjustment of an economy: options common to the models of general equilibrium.

A horizon is a set of labour closure, trade elasticities and nest
(:mod:`iomodel.models.general_equilibrium.horizons`); a user may replace each by name or value. A
value equal to the horizon's own is recorded as the horizon's, named or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import xarray as xr

import iomodel.equilibrium as ge
from iomodel.equilibrium.closures import LABOUR
from iomodel.errors import LabelError
from iomodel.models.elasticities import LONG_RUN_SET, SETS, resolve_elasticities
from iomodel.models.general_equilibrium.horizons import (
    HORIZONS,
    NESTS,
    Horizon,
    default_horizon,
    horizon_elasticities,
)
from iomodel.models.general_equilibrium.steady_state import labour_shares, with_steady_capital
from iomodel.models.general_equilibrium.trade_balance import balance_option
from iomodel.models.kinds import AnyOf, Array, Choice, Elasticity, ManyNumbers, Number
from iomodel.models.options import Options, option
from iomodel.typing import BY_REGION, Float, Nest

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["Adjustment", "AdjustmentOptions", "adjustment_of"]


@dataclass(frozen=True)
class AdjustmentOptions(Options):
    """Options of horizon, labour closure, elasticities and trade balance."""

    horizon: str | None = option(
        None,
        Choice(tuple(HORIZONS)),
        "Time since the policy began; sets closure, elasticities and nest unless these are "
        "named. Default: short if supplies are withheld or every shock ends within twelve "
        "months, long otherwise. Every horizon starts from the same base, in which all has "
        "settled.",
    )
    closure: str | None = option(
        None,
        Choice(LABOUR),
        "Factors are mobile between industries; specific to theirs; wages are rigid and "
        "employment adjusts; or wages are sticky: they do not fall, and rise where nobody is idle. "
        "Default: that of the horizon.",
    )
    elasticities: str | float | xr.DataArray | None = option(
        None,
        Elasticity(tuple(SETS)),
        "Trade elasticities theta = sigma - 1 by sector. Default: those of the horizon; in the "
        f"long run the set {LONG_RUN_SET}.",
        unit="1",
    )
    nest: str | Nest | None = option(
        None,
        AnyOf(
            (
                Choice(tuple(NESTS)),
                ManyNumbers(("sigma_v", "sigma_m", "sigma_c"), Number(low=0.0)),
            )
        ),
        "Elasticities of substitution: between value added and intermediates, across inputs, "
        "across final goods. Default: that of the horizon.",
        unit="1",
    )
    balance: str = balance_option("share")
    labour_share: float | xr.DataArray | None = option(
        None,
        AnyOf((Number(above=0.0, high=1.0), Array((BY_REGION,), Number(above=0.0, high=1.0)))),
        "Share of labour in value added, of horizon steady. Default: by region, from WIOD's "
        "socio-economic accounts of 2014; the median where they have none.",
        unit="fraction",
        source="Timmer2015",
    )

    def canonical(self, scenario: Scenario, parameters: Mapping[str, Any]) -> Self:
        """Return the options with None for values of the horizon, sets and nests in one form."""
        replaced = parameters["horizon"].get("replaced", ())
        theta, record = self.elasticities, parameters["elasticities"]
        if isinstance(theta, xr.DataArray) and record["value"] in SETS:
            theta = str(record["value"])
        return replace(
            self,
            horizon=None if self.horizon == default_horizon(scenario)[0] else self.horizon,
            closure=self.closure if "closure" in replaced else None,
            elasticities=theta if "elasticities" in replaced else None,
            nest=tuple(parameters["nest"]["value"]) if "nest" in replaced else None,
        )


@dataclass(frozen=True)
class Adjustment:
    """Closure and elasticities of a run: those of a horizon, or of the user in their place.

    Attributes
    ----------
    closure : str
        Labour closure.
    theta : ndarray, shape (S,)
        Trade elasticities.
    nest : tuple of float
    base : Elasticities
        Those of the base: of the long run, unless the user replaces them.
    horizon : Horizon
    sigmas : tuple of float
        Band of the horizon's elasticity; empty if it has none, or the user replaces it.
    record : mapping
        For the effects, with citations.
    note : str
        Sentence on the horizon and the reason for it.
    labour_share : ndarray, shape (N,), or None
        Of a horizon with capital in its steady state.
    """

    closure: str
    theta: Float
    nest: Nest
    base: ge.Elasticities
    horizon: Horizon
    sigmas: tuple[float, ...]
    record: Mapping[str, Any]
    note: str
    labour_share: Float | None = None

    @property
    def elasticities(self) -> ge.Elasticities:
        """All elasticities, as the engine takes them."""
        return ge.Elasticities(self.theta, *self.nest)

    def economy(self, base: ge.Economy, table: MRIOTable) -> ge.Economy:
        """Return the economy of the base with the capital of the horizon."""
        if self.labour_share is None:
            return base
        return with_steady_capital(base, table, self.labour_share)


def adjustment_of(
    workbench: Workbench,
    scenario: Scenario,
    options: AdjustmentOptions,
    horizons: Mapping[str, Horizon] = HORIZONS,
) -> Adjustment:
    """Resolve closure and elasticities of a run from its options and the horizon.

    Parameters
    ----------
    workbench : Workbench
    scenario : Scenario
    options : AdjustmentOptions
    horizons : mapping of str to Horizon
        Those of the model.

    Returns
    -------
    Adjustment

    Raises
    ------
    LabelError
        If a set of elasticities is unknown, or a sector has none.
    """
    default_name, reason = default_horizon(scenario)
    horizon, long_run = horizons[options.horizon or default_name], horizons["long"]
    table, policy = workbench.table, workbench.policy(scenario)
    closes = bool((policy.delivered == 0.0).any() or (policy.supply == 0.0).any())
    theta, theta_record, replaces_theta = _elasticities(
        table, horizon, options.elasticities, closes=closes
    )
    nest, citation, replaces_nest = _nest(horizon, options.nest)
    closure = options.closure or horizon.closure
    # The base has had time to adjust, unless the user replaces the elasticities.
    base_theta, base_record = (
        (theta, theta_record)
        if replaces_theta
        else horizon_elasticities(long_run, table, closes=closes)
    )
    base_nest = nest if replaces_nest else NESTS[long_run.nest][0]
    replaces = {
        "closure": closure != horizon.closure,
        "elasticities": replaces_theta,
        "nest": replaces_nest,
    }
    replaced = [name for name, differs in replaces.items() if differs]
    record: dict[str, Any] = {
        "horizon": {
            "value": horizon.name,
            "title": horizon.title,
            **({"replaced": replaced} if replaced else {}),
        },
        "elasticities": theta_record,
        "nest": {"value": list(nest), **({"citation": citation} if citation else {})},
        "closure": closure,
        "base": {"elasticities": base_record, "nest": list(base_nest)},
    }
    labour_share = None
    if horizon.steady_capital:
        labour_share, record["labour_share"] = labour_shares(options.labour_share, table)
    elif options.labour_share is not None:
        raise LabelError(
            f"labour_share is an option of horizon 'steady', and the horizon is {horizon.name!r}; "
            "leave it out or name horizon='steady'"
        )
    note = f"Horizon {horizon.name}, {horizon.title}: "
    if horizon.name == default_name:
        note += f"the default here, since {reason}."
    else:
        note += f"asked for; the default here is {default_name}, since {reason}."
    base = ge.Elasticities(base_theta, *base_nest)
    sigmas = () if replaces_theta else horizon.sigmas
    return Adjustment(closure, theta, nest, base, horizon, sigmas, record, note, labour_share)


# ---------------------------------------------------------------------- helpers
def _elasticities(
    table: MRIOTable,
    horizon: Horizon,
    replacement: str | float | xr.DataArray | None,
    *,
    closes: bool,
) -> tuple[Float, dict[str, Any], bool]:
    """Return trade elasticities, their record, and whether they differ from the horizon's."""
    if replacement is None:
        return *horizon_elasticities(horizon, table, closes=closes), False
    theta, record = resolve_elasticities(replacement, table)
    try:
        horizon_theta, horizon_record = horizon_elasticities(horizon, table, closes=closes)
    except LabelError:
        # No published set for these sectors that the user's elasticities could equal.
        return theta, record, True
    if np.array_equal(theta, horizon_theta):
        return horizon_theta, horizon_record, False
    return theta, record, True


def _nest(horizon: Horizon, replacement: str | Nest | None) -> tuple[Nest, str, bool]:
    """Return a nest, its citation key, and whether it differs from the horizon's."""
    horizon_nest = NESTS[horizon.nest][0]
    if replacement is None:
        nest = horizon_nest
    else:
        nest = NESTS[replacement][0] if isinstance(replacement, str) else replacement
    return nest, dict(NESTS.values()).get(nest, ""), nest != horizon_nest
