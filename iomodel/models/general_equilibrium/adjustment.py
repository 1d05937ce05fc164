r"""How far an economy has adjusted: options that the models of general equilibrium share.

A horizon is a set of labour closure, trade elasticities and nest
(:mod:`iomodel.models.general_equilibrium.horizons`); a user may replace each by name or value. What
equals the horizon's own is recorded as such, whether it was named or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

import iomodel.equilibrium as ge
from iomodel.equilibrium.closures import BALANCE, LABOUR
from iomodel.errors import LabelError
from iomodel.models.elasticities import resolve_elasticities
from iomodel.models.general_equilibrium.horizons import (
    HORIZONS,
    NESTS,
    Horizon,
    default_horizon,
    horizon_elasticities,
)
from iomodel.models.kinds import AnyOf, Choice, Elasticity, ManyNumbers, Number
from iomodel.models.options import Options, option
from iomodel.typing import Float, Nest

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["Adjustment", "AdjustmentOptions", "adjustment_of"]


@dataclass(frozen=True)
class AdjustmentOptions(Options):
    """Options that say how far everybody has adjusted."""

    horizon: str | None = option(
        None,
        Choice(tuple(HORIZONS)),
        "Time since the policy began: sets closure, elasticities and nest, each of which may also "
        "be named. Default: short where supplies are withheld or every shock ends within twelve "
        "months, long otherwise. Every horizon starts from the same base, which has settled.",
    )
    closure: str | None = option(
        None,
        Choice(LABOUR),
        "Factors move between industries; stay in theirs; or wages stay and employment adjusts. "
        "Default: that of the horizon.",
    )
    elasticities: str | float | xr.DataArray | None = option(
        None,
        Elasticity(),
        "Trade elasticities theta = sigma - 1 by sector. Default: those of the horizon; in the "
        "long run the set CP.",
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
        "Elasticities of substitution: value added with intermediates, across inputs, across final "
        "goods. Default: that of the horizon.",
        unit="1",
    )
    balance: str = option(
        "zero",
        Choice(BALANCE),
        "Trade balances: none; the base deficit as a share of world income; or as a share of the "
        "region's own income.",
    )


@dataclass(frozen=True)
class Adjustment:
    """A horizon with what the user named in place of its parts.

    Attributes
    ----------
    closure : str
        Labour closure.
    theta : ndarray, shape (S,)
        Trade elasticities.
    nest : tuple of float
    base : Elasticities
        Those of the base: of the long run, unless the user names others.
    horizon : Horizon
    record : mapping
        For the effects, with citations.
    note : str
        Which horizon, and why.
    """

    closure: str
    theta: Float
    nest: Nest
    base: ge.Elasticities
    horizon: Horizon
    record: Mapping[str, Any]
    note: str

    @property
    def elasticities(self) -> ge.Elasticities:
        """All elasticities, as the engine takes them."""
        return ge.Elasticities(self.theta, *self.nest)


def adjustment_of(
    workbench: Workbench, scenario: Scenario, options: AdjustmentOptions
) -> Adjustment:
    """Return the horizon of a scenario, with what the options name in place of its parts.

    Raises
    ------
    LabelError
        If a set of elasticities is unknown, or a sector has none.
    """
    usual, reason = default_horizon(scenario)
    horizon, settled = HORIZONS[options.horizon or usual], HORIZONS["long"]
    table, policy = workbench.table, workbench.policy(scenario)
    closes = bool((policy.delivered == 0.0).any() or (policy.supply == 0.0).any())
    theta, theta_record, own_theta = _elasticities(
        table, horizon, options.elasticities, closes=closes
    )
    nest, source, own_nest = _nest(horizon, options.nest)
    closure = options.closure or horizon.closure
    # What came before the scenario has had its time, unless the user names other elasticities.
    base_theta = theta if own_theta else horizon_elasticities(settled, table, closes=closes)[0]
    base_nest = nest if own_nest else NESTS[settled.nest][0]
    replaced = [
        name
        for name, differs in (
            ("closure", closure != horizon.closure),
            ("elasticities", own_theta),
            ("nest", own_nest),
        )
        if differs
    ]
    record = {
        "horizon": {
            "value": horizon.name,
            "title": horizon.title,
            **({"replaced": replaced} if replaced else {}),
        },
        "elasticities": theta_record,
        "nest": {"value": list(nest), **({"citation": source} if source else {})},
        "closure": closure,
    }
    note = f"Horizon {horizon.name}, {horizon.title}: "
    if horizon.name == usual:
        note += f"the default here, since {reason}."
    else:
        note += f"asked for; the default here is {usual}, since {reason}."
    return Adjustment(
        closure, theta, nest, ge.Elasticities(base_theta, *base_nest), horizon, record, note
    )


# ---------------------------------------------------------------------- helpers
def _elasticities(
    table: MRIOTable,
    horizon: Horizon,
    named: str | float | xr.DataArray | None,
    *,
    closes: bool,
) -> tuple[Float, dict[str, Any], bool]:
    """Return trade elasticities, their record, and whether they are the user's own.

    What equals the horizon's values is the horizon's, however it was named.
    """
    if named is None:
        return *horizon_elasticities(horizon, table, closes=closes), False
    theta, record = resolve_elasticities(named, table)
    try:
        usual, usual_record = horizon_elasticities(horizon, table, closes=closes)
    except LabelError:
        # No published set for these sectors: nothing that the user's own could equal.
        return theta, record, True
    if np.array_equal(theta, usual):
        return usual, usual_record, False
    return theta, record, True


def _nest(horizon: Horizon, named: str | Nest | None) -> tuple[Nest, str, bool]:
    """Return a nest, its citation key, and whether it is another than the horizon's."""
    published = dict(NESTS.values())
    usual = NESTS[horizon.nest][0]
    nest = usual if named is None else NESTS[named][0] if isinstance(named, str) else named
    return nest, published.get(nest, ""), nest != usual
