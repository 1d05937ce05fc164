"""Scenarios in time: spans between changes, and the policy that a model without time sees.

A scenario has steps after the last day of a shock, and at the arrival of licences. A model of the
path follows them day by day. A model without time answers with the effect while in force: that of
the longest stretch of days on which the largest number of shocks holds together, licences granted
where they are (the weeks of waiting for the first ones are a passage, which model inventories
follows). How much of a year it holds is said beside the effect. Its mean over the year, a part of
the effect, is not the effect of a mean rate, and lies closer to it the smaller the shock.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iomodel.scenario.fields import ScenarioFields

__all__ = ["YEAR", "PolicyInForce", "first_start", "policy_in_force", "spans"]

YEAR = 365


@dataclass(frozen=True)
class PolicyInForce:
    """Policy of a dated scenario that a model without time sees.

    Attributes
    ----------
    first_day : datetime.date
    days : int
        Days from the first on which it holds unchanged, at most those of a year.
    shocks, all_shocks : int
        Number of shocks in force, and of the scenario.
    """

    first_day: dt.date
    days: int
    shocks: int
    all_shocks: int

    @property
    def share_of_year(self) -> float:
        """Share of the year from the first day on which it holds."""
        return self.days / YEAR

    @property
    def note(self) -> str:
        """Sentence for readers of the effects."""
        last_day = self.first_day + dt.timedelta(days=self.days - 1)
        shocks = f"; {self.shocks} of {self.all_shocks} shocks" if self.all_shocks > 1 else ""
        return (
            "Dated shocks: a model without time answers with the effect while in force, of the "
            f"policy from {self.first_day} to {last_day} ({self.days} of {YEAR} days of a "
            f"year{shocks}); model inventories follows the days."
        )


def first_start(scenarios: Iterable[ScenarioFields]) -> dt.date | None:
    """Earliest start of a shock, None without any."""
    starts = [s.start for scenario in scenarios for s in scenario.shocks if s.start is not None]
    return min(starts, default=None)


def policy_in_force(scenario: ScenarioFields) -> PolicyInForce | None:
    """Policy of the longest stretch with most shocks in force, None for a scenario without steps.

    Days before the first start of a shock do not count. A scenario whose shocks only begin, or have
    no start at all, has no steps: its shocks are taken together.
    """
    begin = first_start([scenario])
    if begin is None or all(len(s.changes) < 2 and s.end is None for s in scenario.shocks):
        return None
    changes = {day for shock in scenario.shocks for day in shock.changes if day > begin}
    days = [begin, *sorted(changes)]
    numbers = [sum(shock.in_force(day) for shock in scenario.shocks) for day in days]
    waiting = [sum(shock.awaits_licences(day) for shock in scenario.shocks) for day in days]
    lengths = [min((stop - start).days, YEAR) for start, stop in itertools.pairwise(days)] + [YEAR]
    # Of equals the first.
    position = max(range(len(days)), key=lambda k: (numbers[k], -waiting[k], lengths[k], -k))
    return PolicyInForce(days[position], lengths[position], numbers[position], len(scenario.shocks))


def spans(
    scenarios: Sequence[ScenarioFields], begin: dt.date, days: int
) -> list[tuple[dt.date, int]]:
    """Spans of time between the changes of the shocks of all scenarios.

    Parameters
    ----------
    scenarios : sequence of Scenario
    begin : datetime.date
        First day.
    days : int
        Length of the whole.

    Returns
    -------
    list of (datetime.date, int)
        First day and length in days of each.
    """
    end = begin + dt.timedelta(days=days)
    changes = {
        day
        for scenario in scenarios
        for shock in scenario.shocks
        for day in shock.changes
        if begin < day < end
    }
    points = [begin, *sorted(changes), end]
    return [(start, (stop - start).days) for start, stop in itertools.pairwise(points)]
