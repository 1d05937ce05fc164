"""Scenarios in time: spans between changes, and the mean policy over a year.

A scenario has steps at the ends of shocks, and at the arrival of licences. A model of the path
follows them day by day; a model of one year gets the mean over the year from the first start, so
that three months at 80 percent count as a quarter of a year at 80 percent, and says so.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

from iomodel.scenario.policy import PolicyArrays

if TYPE_CHECKING:
    from iomodel.scenario.fields import ScenarioFields

__all__ = ["YEAR", "first_start", "mean_policy", "spans", "steps_from"]

YEAR = 365


def first_start(scenarios: Iterable[ScenarioFields]) -> dt.date | None:
    """Earliest start of a shock, None without any."""
    starts = [s.start for scenario in scenarios for s in scenario.shocks if s.start is not None]
    return min(starts, default=None)


def steps_from(scenario: ScenarioFields) -> dt.date | None:
    """First start of a scenario that changes again later, None for a scenario without steps."""
    changing = any(s.end is not None or len(s.changes) > 1 for s in scenario.shocks)
    return first_start([scenario]) if changing else None


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


def mean_policy(
    policies: Sequence[PolicyArrays], segments: Sequence[tuple[dt.date, int]]
) -> PolicyArrays:
    """Mean of successive policies, weighted by the days of each.

    Parameters
    ----------
    policies : sequence of PolicyArrays
    segments : sequence of (datetime.date, int)
        As :func:`spans` returns them.

    Returns
    -------
    PolicyArrays
        With the kinds of all policies, and a note on the mean.
    """
    days = sum(length for _, length in segments)
    kinds = frozenset[str]().union(*(p.kinds for p in policies))
    notes = dict.fromkeys(note for policy in policies for note in policy.notes)
    count = f"{len(policies)} step{'s' if len(policies) > 1 else ''}"
    mean_note = (
        f"Dated shocks: a model without time sees the mean over the {days} days from "
        f"{segments[0][0]} ({count}, weighted by days); model inventories follows the days."
    )
    initial = policies[0]
    if len(policies) == 1:
        return replace(initial, notes=(*notes, mean_note))
    cells = {}
    for item in fields(PolicyArrays):
        base = getattr(initial, item.name)
        if isinstance(base, np.ndarray):
            # As a change from the initial policy: constant cells stay equal to the last bit.
            cells[item.name] = base + sum(
                (length / days) * (getattr(policy, item.name) - base)
                for policy, (_, length) in zip(policies, segments, strict=True)
            )
    return replace(initial, **cells, kinds=kinds, notes=(*notes, mean_note))
