"""Draws of elasticities solved side by side: incomes, GDP, prices, output and trade of each.

If the base is the table itself (deficits by share, no duties imposed since its year), all draws
start from one economy and are solved in groups. Otherwise each draw has a base of its own. The
search starts from the equilibrium at the horizon's own elasticities, with the Jacobian of markets
at the elasticities of the draw (:class:`iomodel.equilibrium.DrawStart`).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

import iomodel.equilibrium as ge
from iomodel.effects import CHAINED_VOLUME, Effects
from iomodel.errors import IOModelError
from iomodel.fingerprint import fingerprint
from iomodel.models.general_equilibrium.adjustment import Adjustment, adjustment_of
from iomodel.models.general_equilibrium.base_year import economy_of
from iomodel.models.general_equilibrium.equilibrium.options import EquilibriumOptions
from iomodel.models.general_equilibrium.equilibrium.variables import HEADLINES, headline_variables
from iomodel.models.general_equilibrium.lowering import caps_of, no_shock, shock_of, stacked
from iomodel.models.model import SideBySide
from iomodel.typing import Float, Variables

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
# Beside such an error. Percentages are printed to three decimals at most; a log excess demand of
# 1e-7 moves none by more than some 1e-5 percentage points, a fiftieth of half the last.
TOLERANCE_BESIDE_GDP = 1e-7

NOTE = (
    "One of many draws solved side by side: all variables but real GDP are those of a run of its "
    "own to the tolerance of the draws, real GDP to some .01 percentage points or a hundredth of "
    "itself."
)


def fits(workbench: Workbench, scenario: Scenario, options: EquilibriumOptions) -> bool:
    """Tell whether a case has mobile factors, rebated revenue and no caps on quantities."""
    if options.numeraire != "world" or options.revenue != "rebated":
        return False
    is_uncapped = caps_of(workbench.policy(scenario)) is None
    return is_uncapped and adjustment_of(workbench, scenario, options).closure == "mobile"


@dataclass(frozen=True)
class Centre:
    """Equilibria at one set of elasticities, where the search for those of draws starts.

    Attributes
    ----------
    base : DrawStart or None
        Of the base; None if it is the table.
    end : DrawStart
        Under the scenario.
    links : int
        Of the chain of real GDP; none for its ends alone.
    """

    base: ge.DrawStart | None
    end: ge.DrawStart
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
    options : EquilibriumOptions
        Common to all but for the elasticities.
    variables : frozenset of str
        Those to report.
    """

    table: MRIOTable
    observed: ge.Economy
    policies: Sequence[PolicyArrays]
    adjustments: Sequence[Adjustment]
    options: EquilibriumOptions
    variables: frozenset[str]

    @property
    def with_gdp(self) -> bool:
        """Whether real GDP is asked for."""
        return bool(self.variables & {"gdp_pct", "gdp_new"})

    @property
    def tolerance(self) -> float:
        """Largest log excess demand of a factor market."""
        if self.options.tolerance is not None:
            return self.options.tolerance
        return TOLERANCE_BESIDE_GDP if self.with_gdp else ge.TOLERANCE

    @property
    def base_is_table(self) -> bool:
        """Whether the base of every draw is the table."""
        return self.options.balance == "share" and all(
            np.array_equal(policy.tariff_base, policy.tariff_observed) for policy in self.policies
        )

    @property
    def closure(self) -> ge.Closure:
        """Mobile factors under the balance of the batch."""
        return ge.Closure(balance=self.options.balance)

    @property
    def common_base(self) -> ge.Elasticities | None:
        """Elasticities of the base of all draws; None if each has those of its own.

        Elasticities of a time after the shock are none of its base, which has settled: around a run
        of such a horizon all draws start from the base of the run.
        """
        run = self.adjustments[0]
        replaced = run.record["horizon"].get("replaced", ())
        is_run = "elasticities" not in replaced and math.isfinite(run.horizon.years)
        return run.base if is_run else None

    def base(
        self, policy: PolicyArrays, adjustment: Adjustment, start: ge.DrawStart | None
    ) -> ge.Solution:
        """Solve for the base of one draw from the accounts of the table."""
        elasticities = self.common_base or adjustment.base
        return ge.solve(
            self.observed,
            elasticities,
            no_shock(policy),
            self.closure,
            start=None if start is None else start.at(elasticities),
            tolerance=self.tolerance,
        )

    def end(
        self,
        members: slice,
        economy: ge.Economy,
        start: ge.DrawStart,
        links: int,
    ) -> tuple[ge.Solution, Float | None]:
        """Solve for members under the scenario; hats of real GDP (members, R) if asked for."""
        adjustments, policies = self.adjustments[members], self.policies[members]
        elasticities = ge.Elasticities(
            np.stack([adjustment.theta for adjustment in adjustments]), *adjustments[0].nest
        )
        is_common = all(policy is policies[0] for policy in policies)
        shock = shock_of(policies[0]) if is_common else stacked([shock_of(p) for p in policies])
        economy = adjustments[0].economy(economy, self.table)
        if self.with_gdp and links:
            path = ge.gdp_chain(
                economy,
                elasticities,
                shock,
                self.closure,
                start=start.at(elasticities),
                links=links,
                tolerance=self.tolerance,
            )
            return path.solution, path.hat
        solution = ge.solve(
            economy,
            elasticities,
            shock,
            self.closure,
            start=start.at(elasticities),
            tolerance=self.tolerance,
        )
        return solution, ge.gdp_of_ends(solution) if self.with_gdp else None

    def centre(self, policy: PolicyArrays, adjustment: Adjustment) -> Centre:
        """Solve where the search for all draws starts."""
        base, economy = None, self.observed
        if not self.base_is_table:
            solution = self.base(policy, adjustment, None)
            base, economy = ge.DrawStart.of(solution), solution.economy()
        economy = adjustment.economy(economy, self.table)
        elasticities, shock = adjustment.elasticities, shock_of(policy)
        if not self.with_gdp or self.options.links is not None:
            end = ge.solve(economy, elasticities, shock, self.closure, tolerance=self.tolerance)
            return Centre(base, ge.DrawStart.of(end), self.options.links or 0)
        tolerance = min(self.tolerance, TOLERANCE_BESIDE_GDP)
        path = ge.gdp_chain(economy, elasticities, shock, self.closure, tolerance=tolerance)
        start, gdp = ge.DrawStart.of(path.solution), path.hat
        allowed = GDP_ERROR_POINTS / 100.0 + GDP_ERROR_SHARE * np.abs(gdp - 1.0)
        if np.all(np.abs(ge.gdp_of_ends(path.solution) - gdp) < allowed):
            return Centre(base, start, 0)
        links = 2
        while links < path.links:
            shorter = ge.gdp_chain(
                economy,
                elasticities,
                shock,
                self.closure,
                start=path.solution,
                links=links,
                tolerance=tolerance,
            )
            if np.all(np.abs(shorter.hat - gdp) < allowed):
                break
            links *= 2
        return Centre(base, start, links)

    def answers(self, members: slice, centre: Centre) -> list[Variables]:
        """Variables of members, from the centre."""
        economy = self.observed
        if centre.base is not None:
            first = members.start
            economy = self.base(
                self.policies[first], self.adjustments[first], centre.base
            ).economy()
        solution, gdp = self.end(members, economy, centre.end, centre.links)
        has_trade = any(name.startswith(("exports", "imports", "trade")) for name in self.variables)
        has_output = any(name.startswith(("output", "price")) for name in self.variables)
        return [
            headline_variables(
                solution.item(b),
                None if gdp is None else gdp[b],
                trade=has_trade,
                output=has_output,
            )
            for b in range(len(solution.income))
        ]

    def variables_of_all(self, centre: Centre) -> Iterator[Variables]:
        """Yield the variables of each draw in order, solved on all processors."""
        group = 1 if centre.base is not None else ge.group_size(self.observed)
        groups = ge.in_groups(
            lambda members: self.answers(members, centre), len(self.policies), group=group
        )
        return chain.from_iterable(groups)


def centre_of(workbench: Workbench, scenario: Scenario, draws: Draws) -> Centre:
    """Return the centre at the horizon's own elasticities, made once for all batches of a table.

    At those of the first member where the horizon has none for the sectors of the table, or no
    equilibrium at them.
    """
    own = replace(draws.options, elasticities=None)
    needed = (draws.with_gdp, draws.tolerance, draws.common_base, draws.base_is_table)
    policy = draws.policies[0]

    def make(options: EquilibriumOptions) -> Centre:
        key = fingerprint(scenario.fingerprint, options, *needed)
        return workbench.once(
            ("centre of draws", key),
            lambda: draws.centre(policy, adjustment_of(workbench, scenario, options)),
        )

    try:
        return make(own)
    except IOModelError:
        return make(draws.options)


def effects_of_draws(
    workbench: Workbench,
    scenarios: Sequence[Scenario],
    options: Sequence[EquilibriumOptions],
    variables: Collection[str],
) -> list[Effects]:
    """Return some of the variables for many draws of trade elasticities.

    All options but the elasticities are those of the first member.
    """
    table, common = workbench.table, options[0]
    policies = [workbench.policy(scenario) for scenario in scenarios]
    adjustments = [
        adjustment_of(workbench, scenario, option)
        for scenario, option in zip(scenarios, options, strict=True)
    ]
    observed = workbench.once(
        (
            "observed economy",
            fingerprint(policies[0].tariff_observed, common.import_shares, common.linkages),
        ),
        lambda: economy_of(
            table, policies[0].tariff_observed, common.import_shares, linkages=common.linkages
        ),
    )
    draws = Draws(table, observed, policies, adjustments, common, frozenset(variables))
    centre = centre_of(workbench, scenarios[0], draws)
    return [
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
                "tolerance": draws.tolerance,
            },
            notes=[adjustment.note, *policy.notes, NOTE],
        )
        for cells, scenario, policy, option, adjustment in zip(
            draws.variables_of_all(centre), scenarios, policies, options, adjustments, strict=True
        )
    ]


DRAWS = SideBySide(
    options=frozenset({"elasticities"}),
    variables=HEADLINES,
    fits=fits,
    solve=effects_of_draws,
)
