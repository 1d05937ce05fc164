"""Scenarios in time: which shocks hold when, and the year that a model without time sees.

A scenario has steps where shocks end, or where licences take their time. A model of the path
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
    from iomodel.scenario.scenario import Scenario

__all__ = ["YEAR", "first_start", "mean_policy", "spans", "steps_from"]

YEAR = 365


def first_start(scenarios: Iterable[Scenario]) -> dt.date | None:
    """Return the earliest start of a shock, None where no shock has one."""
    starts = [s.start for scenario in scenarios for s in scenario.shocks if s.start is not None]
    return min(starts, default=None)


def steps_from(scenario: Scenario) -> dt.date | None:
    """Return the first start of a scenario that changes again later, None for any other."""
    changing = any(s.end is not None or len(s.changes) > 1 for s in scenario.shocks)
    return first_start([scenario]) if changing else None


def spans(scenarios: Sequence[Scenario], begin: dt.date, days: int) -> list[tuple[dt.date, int]]:
    """Return the stretches of time in which no shock of any scenario changes.

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
    return [(first, (last - first).days) for first, last in itertools.pairwise(points)]


def mean_policy(
    policies: Sequence[PolicyArrays], stretches: Sequence[tuple[dt.date, int]]
) -> PolicyArrays:
    """Return the mean of policies that follow one another, each as long as its stretch.

    Parameters
    ----------
    policies : sequence of PolicyArrays
    stretches : sequence of (datetime.date, int)
        As :func:`spans` returns them.

    Returns
    -------
    PolicyArrays
        Of all kinds that hold at any time, with a note that says what was done.
    """
    days = sum(length for _, length in stretches)
    kinds = frozenset[str]().union(*(p.kinds for p in policies))
    notes = dict.fromkeys(note for policy in policies for note in policy.notes)
    count = f"{len(policies)} step{'s' if len(policies) > 1 else ''}"
    said = (
        f"Dated shocks: a model without time sees the mean over the {days} days from "
        f"{stretches[0][0]} ({count}, weighted by days); model inventories follows the days."
    )
    first = policies[0]
    if len(policies) == 1:
        return replace(first, notes=(*notes, said))
    cells = {}
    for item in fields(PolicyArrays):
        base = getattr(first, item.name)
        if isinstance(base, np.ndarray):
            # From the first on, so that what never changes stays as it is, to the last bit.
            cells[item.name] = base + sum(
                (length / days) * (getattr(policy, item.name) - base)
                for policy, (_, length) in zip(policies, stretches, strict=True)
            )
    return replace(first, **cells, kinds=kinds, notes=(*notes, said))
