"""Real income under many draws of elasticities, side by side on the batch axis of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

import iomodel.equilibrium as ge
from iomodel.effects import Effects
from iomodel.models.general_equilibrium.adjustment import adjustment_of
from iomodel.models.general_equilibrium.base_year import economy_of
from iomodel.models.general_equilibrium.equilibrium.options import EquilibriumOptions
from iomodel.models.general_equilibrium.lowering import no_shock, shock_of, stacked
from iomodel.models.model import SideBySide
from iomodel.typing import BY_REGION, Float

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.scenario import Scenario

__all__ = ["DRAWS"]

NOTE = (
    "One of many draws solved side by side: real income is that of a run of its own to the "
    "solver's tolerance."
)


def fits(workbench: Workbench, scenario: Scenario, options: EquilibriumOptions) -> bool:
    """Tell whether base and scenario have the same elasticities, and mobile factors.

    Then both can be solved from the table's accounts, and the ratio of the two is the change from
    the base. Caps on quantities refer to the base, so that a capped case is not among them.
    """
    if options.elasticities is None or options.numeraire != "world":
        return False
    adjustment = adjustment_of(workbench, scenario, options)
    new, base = adjustment.elasticities.expanded(), adjustment.base.expanded()
    has_base_elasticities = all(np.array_equal(a, b) for a, b in zip(new, base, strict=True))
    is_uncapped = shock_of(workbench.policy(scenario)).quotas is None
    return (
        has_base_elasticities
        and is_uncapped
        and adjustment.closure == "mobile"
        and options.revenue == "rebated"
    )


def income_of_draws(
    workbench: Workbench,
    scenarios: Sequence[Scenario],
    options: Sequence[EquilibriumOptions],
) -> list[Effects]:
    r"""Return real income for many draws of trade elasticities.

    Both equilibria are solved from the table's accounts,

    .. math:: \hat W = \hat W(\text{policy}) / \hat W(\text{no policy}),

    since exact hats chain. All options but the elasticities are those of the first member.
    """
    table, common = workbench.table, options[0]
    policies = [workbench.policy(scenario) for scenario in scenarios]
    adjustments = [
        adjustment_of(workbench, scenario, option)
        for scenario, option in zip(scenarios, options, strict=True)
    ]
    members = ge.Elasticities(
        np.stack([adjustment.theta for adjustment in adjustments]), *adjustments[0].nest
    )
    economy = economy_of(
        table, policies[0].tariff_observed, common.import_shares, linkages=common.linkages
    )
    closure = ge.Closure(balance=common.balance)
    base, gdp = _income(
        economy, members, stacked([no_shock(policy) for policy in policies]), closure
    )
    after, _ = _income(
        economy, members, stacked([shock_of(policy) for policy in policies]), closure
    )
    return [
        Effects.build(
            table,
            scenario,
            model="equilibrium",
            closure=adjustment.closure,
            variables={
                "gdp_base": (BY_REGION, base_gdp),
                "real_income_pct": (BY_REGION, change),
            },
            parameters={
                **adjustment.record,
                "balance": option.balance,
                "import_shares": option.import_shares,
                "linkages": option.linkages,
            },
            notes=[adjustment.note, *policy.notes, NOTE],
        )
        for scenario, policy, option, adjustment, base_gdp, change in zip(
            scenarios,
            policies,
            options,
            adjustments,
            gdp,
            100.0 * (after / base - 1.0),
            strict=True,
        )
    ]


def _income(
    economy: ge.Economy, members: ge.Elasticities, shock: ge.Shock, closure: ge.Closure
) -> tuple[Float, Float]:
    """Return hats of real income and levels of factor income, (members, regions) each."""
    solutions = list(ge.solve_many(economy, members, shock, closure))
    return (
        np.concatenate([solution.real_income for solution in solutions]),
        np.concatenate([solution.income for solution in solutions]),
    )


DRAWS = SideBySide(
    options=frozenset({"elasticities"}),
    variables=frozenset({"real_income_pct"}),
    fits=fits,
    solve=income_of_draws,
)
