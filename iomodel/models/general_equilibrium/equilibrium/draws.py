"""Real income and real GDP under many draws of elasticities, side by side on the engine's batches.

If the base is the table itself (deficits by share, no duties imposed since its year), all draws
start from one economy and are solved in groups. Otherwise each draw has a base of its own.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import iomodel.equilibrium as ge
from iomodel.effects import CHAINED_VOLUME, Effects
from iomodel.models.general_equilibrium.adjustment import Adjustment, adjustment_of
from iomodel.models.general_equilibrium.base_year import economy_of
from iomodel.models.general_equilibrium.equilibrium.options import EquilibriumOptions
from iomodel.models.general_equilibrium.lowering import no_shock, shock_of, stacked
from iomodel.models.model import SideBySide
from iomodel.typing import BY_REGION, Float, Variables

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["DRAWS"]

# Of real GDP in percentage points and as a part of its change: all draws take the links that bring
# the first member's error below both together. Errors of others are up to six times as large
# (US-China decoupling at elasticities of one), far below what few draws leave open of an interval.
GDP_ERROR_POINTS, GDP_ERROR_SHARE = 0.002, 0.002
# Beside such an error, real income to some 1e-5 percent is enough.
TOLERANCE_BESIDE_GDP = 1e-7
# Draws solved together wait for the slowest, which pays on small tables only.
CELLS_TOGETHER, MOST_TOGETHER = 300_000, 8

NOTE = (
    "One of many draws solved side by side: real income is that of a run of its own to the "
    "solver's tolerance, real GDP to some .01 percentage points or a hundredth of itself."
)


def fits(workbench: Workbench, scenario: Scenario, options: EquilibriumOptions) -> bool:
    """Tell whether a case has mobile factors, rebated revenue and no caps on quantities."""
    if options.numeraire != "world" or options.revenue != "rebated":
        return False
    is_uncapped = shock_of(workbench.policy(scenario)).quotas is None
    return is_uncapped and adjustment_of(workbench, scenario, options).closure == "mobile"


@dataclass(frozen=True)
class Centre:
    """Solution of the first member of a batch, and links of real GDP; none for the ends alone."""

    solution: ge.Solution
    links: int


@dataclass(frozen=True)
class Draws:
    """Draws of one batch, as the engine takes them.

    Attributes
    ----------
    table : MRIOTable
    observed : Economy
        Accounts of the table, common to all.
    policies : sequence of PolicyArrays
    adjustments : sequence of Adjustment
    balance : str
    with_gdp : bool
        Whether real GDP is asked for beside real income.
    links : int or None
        Of the chain of real GDP; None for as many as bring its error below that of a band's ends.
    """

    table: MRIOTable
    observed: ge.Economy
    policies: Sequence[PolicyArrays]
    adjustments: Sequence[Adjustment]
    balance: str
    with_gdp: bool
    links: int | None

    @property
    def base_is_table(self) -> bool:
        """Whether the base of every draw is the table."""
        return self.balance == "share" and all(
            np.array_equal(policy.tariff_base, policy.tariff_observed) for policy in self.policies
        )

    @property
    def closure(self) -> ge.Closure:
        """Mobile factors under the balance of the batch."""
        return ge.Closure(balance=self.balance)

    def base(self, k: int, start: ge.Solution | None) -> ge.Solution:
        """Solve for the base of one draw from the accounts of the table."""
        first = self.adjustments[0]
        replaced = first.record["horizon"].get("replaced", ())
        # Elasticities of a time after the shock are none of its base, which has settled: around a
        # run of such a horizon all draws start from the base of the run.
        is_run = "elasticities" not in replaced and math.isfinite(first.horizon.years)
        base = (first if is_run else self.adjustments[k]).base
        return ge.solve(self.observed, base, no_shock(self.policies[k]), self.closure, start=start)

    def answers(
        self, members: slice, economy: ge.Economy, centre: Centre | None = None
    ) -> tuple[ge.Solution, Float, Float]:
        """Return solution and hats of real income and real GDP, (members, regions) each."""
        adjustments = self.adjustments[members]
        elasticities = ge.Elasticities(
            np.stack([adjustment.theta for adjustment in adjustments]), *adjustments[0].nest
        )
        shock = stacked([shock_of(policy) for policy in self.policies[members]])
        economy = adjustments[0].economy(economy, self.table)
        start = None if centre is None else centre.solution
        links = self.links if centre is None else centre.links
        if not self.with_gdp or links == 0:
            tolerance = TOLERANCE_BESIDE_GDP if self.with_gdp else ge.TOLERANCE
            solution = ge.solve(
                economy, elasticities, shock, self.closure, start=start, tolerance=tolerance
            )
            gdp = ge.gdp_of_ends(solution) if self.with_gdp else np.ones_like(solution.income)
            return solution, solution.real_income, gdp
        chain = self._chain(economy, elasticities, shock, start, links)
        return chain.solution, chain.solution.real_income, chain.hat

    def _chain(
        self,
        economy: ge.Economy,
        elasticities: ge.Elasticities,
        shock: ge.Shock,
        start: ge.Solution | None,
        links: int | None,
    ) -> ge.GDPChain:
        return ge.gdp_chain(
            economy,
            elasticities,
            shock,
            self.closure,
            start=start,
            links=links,
            tolerance=TOLERANCE_BESIDE_GDP,
        )

    def hats(self) -> tuple[Float, Float, Float]:
        """Return hats of real income and of real GDP, and base income, (draws, regions) each."""
        count = len(self.policies)
        group = int(np.clip(CELLS_TOGETHER // self.observed.share.size, 1, MOST_TOGETHER))
        if self.base_is_table:
            centre = self._centre(self.observed)
            answers = [
                (*hats, np.broadcast_to(self.observed.income, hats[0].shape))
                for _, *hats in ge.in_groups(
                    lambda members: self.answers(members, self.observed, centre), count, group=group
                )
            ]
        else:
            first_base = self.base(0, None)
            centre = self._centre(first_base.economy())

            def from_own_base(member: slice) -> tuple[Float, Float, Float]:
                economy = self.base(member.start, first_base).economy()
                _, income, gdp = self.answers(member, economy, centre)
                return income, gdp, economy.income[None]

            answers = list(ge.in_groups(from_own_base, count, group=1))
        income, gdp, base = (np.concatenate(cells) for cells in zip(*answers, strict=True))
        return income, gdp, base

    def _centre(self, economy: ge.Economy) -> Centre:
        """Solve for the first member, where the search for all others starts."""
        solution, _, gdp = self.answers(slice(0, 1), economy)
        if not self.with_gdp or self.links is not None:
            return Centre(solution, self.links or 0)

        allowed = GDP_ERROR_POINTS / 100.0 + GDP_ERROR_SHARE * np.abs(gdp - 1.0)
        if np.all(np.abs(ge.gdp_of_ends(solution) - gdp) < allowed):
            return Centre(solution, 0)
        links, base, shock = 2, solution.base, shock_of(self.policies[0])
        while True:
            chain = self._chain(base, self.adjustments[0].elasticities, shock, solution, links)
            if np.all(np.abs(chain.hat - gdp) < allowed):
                return Centre(solution, links)
            links *= 2


def effects_of_draws(
    workbench: Workbench,
    scenarios: Sequence[Scenario],
    options: Sequence[EquilibriumOptions],
    variables: Collection[str],
) -> list[Effects]:
    """Return real income, and real GDP if it is asked for, for many draws of trade elasticities.

    All options but the elasticities are those of the first member.
    """
    table, common = workbench.table, options[0]
    policies = [workbench.policy(scenario) for scenario in scenarios]
    adjustments = [
        adjustment_of(workbench, scenario, option)
        for scenario, option in zip(scenarios, options, strict=True)
    ]
    observed = economy_of(
        table, policies[0].tariff_observed, common.import_shares, linkages=common.linkages
    )
    with_gdp = "gdp_pct" in variables
    draws = Draws(table, observed, policies, adjustments, common.balance, with_gdp, common.links)
    income_hat, gdp_hat, base_income = draws.hats()
    results = []
    for k, (scenario, policy, option, adjustment) in enumerate(
        zip(scenarios, policies, options, adjustments, strict=True)
    ):
        cells: Variables = {
            "gdp_base": (BY_REGION, base_income[k]),
            "real_income_pct": (BY_REGION, 100.0 * (income_hat[k] - 1.0)),
        }
        if with_gdp:
            cells["gdp_new"] = (BY_REGION, base_income[k] * gdp_hat[k])
        results.append(
            Effects.build(
                table,
                scenario,
                model="equilibrium",
                closure=adjustment.closure,
                variables=cells,
                definitions={"gdp": CHAINED_VOLUME},
                parameters={
                    **adjustment.record,
                    "balance": option.balance,
                    "import_shares": option.import_shares,
                    "linkages": option.linkages,
                },
                notes=[adjustment.note, *policy.notes, NOTE],
            )
        )
    return results


DRAWS = SideBySide(
    options=frozenset({"elasticities"}),
    variables=frozenset({"gdp_pct", "real_income_pct"}),
    fits=fits,
    solve=effects_of_draws,
)
