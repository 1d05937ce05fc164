"""Calendar of policy: the constraints of every day of a dated scenario."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from iomodel.errors import ScenarioError
from iomodel.models.shortage.inventories.deliveries import base_sales
from iomodel.models.shortage.inventories.economy import DAYS, DailyEconomy
from iomodel.models.shortage.inventories.state import PolicyDay
from iomodel.scenario.timeline import first_start, spans
from iomodel.typing import Bool, Index

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["calendar", "first_day", "policy_day"]


def first_day(scenarios: Sequence[Scenario], start: dt.date | None) -> dt.date | None:
    """Return the first day of the run: the option, or the earliest start; None without dates.

    Raises
    ------
    ScenarioError
        If shocks end but none has a start, and the option is not set.
    """
    begin = first_start(scenarios) if start is None else start
    if begin is None and any(s.end is not None for x in scenarios for s in x.shocks):
        raise ScenarioError(
            "shocks have an end and none has a start; pass start, the first day of the run"
        )
    return begin


def calendar(
    table: MRIOTable,
    economy: DailyEconomy,
    scenarios: Sequence[Scenario],
    begin: dt.date | None,
    days: int,
) -> tuple[list[PolicyDay], tuple[str, ...]]:
    """Return the policy of every day, and notes for the reader.

    Parameters
    ----------
    table : MRIOTable
    economy : DailyEconomy
        Of the table.
    scenarios : sequence of Scenario
        Run side by side.
    begin : datetime.date, optional
        First day; without one, all shocks hold on all days.
    days : int
        Length of the run.
    """
    if begin is None:
        policies = [scenario.lower(table) for scenario in scenarios]
        return [policy_day(table, economy, policies)] * days, _notes(policies)
    policy_days: list[PolicyDay] = []
    all_policies: list[PolicyArrays] = []
    for date, length in spans(scenarios, begin, days):
        policies = [scenario.lower(table, date) for scenario in scenarios]
        policy_days += [policy_day(table, economy, policies)] * length
        all_policies += policies
    return policy_days, (*_notes(all_policies), *_cut_short(scenarios, begin, days))


def policy_day(
    table: MRIOTable, economy: DailyEconomy, policies: Sequence[PolicyArrays]
) -> PolicyDay:
    """Return a day under each of several policies."""
    R, S = table.shape
    final_base = np.repeat(economy.final.transpose(1, 0, 2)[..., None], len(policies), axis=3)
    positive = np.maximum(table.Y.values, 0.0)
    final = final_base.copy()
    for b, policy in enumerate(policies):
        if np.any(policy.demand != 1.0):
            changed = (positive * policy.demand).sum(axis=3) / DAYS
            final[..., b] = changed.transpose(1, 0, 2)
        final[..., b] *= policy.delivered.transpose(1, 0, 2)
    delivered = np.stack([p.delivered.transpose(1, 0, 2) for p in policies], axis=-1)
    cut: Bool = np.any(delivered < 1.0, axis=3)
    cells = _cells(economy, cut)
    region = cells[2] // S if economy.by_user else cells[2]
    bought = economy.pooled(economy.use[:, :, None])[cells[0], cells[2]]
    passing = delivered[cells[0], cells[1], region]
    limit = passing * economy.shares[cells][:, None] * bought
    return PolicyDay(
        capacity=np.stack([p.supply.reshape(R * S) for p in policies], axis=-1),
        final=final,
        base_sales=base_sales(economy, final_base),
        cells=cells,
        limit=np.where(passing < 1.0, limit, np.inf),
        cut=np.array(
            [float((p.delivered < 1.0).any() or (p.supply < 1.0).any()) for p in policies]
        ),
    )


def _cells(economy: DailyEconomy, cut: Bool) -> tuple[Index, Index, Index]:
    """Return product, origin and group of users of cut deliveries that exist."""
    groups = np.repeat(cut, economy.sectors, axis=2) if economy.by_user else cut
    s, r, k = np.nonzero(groups & (economy.shares > 0))
    return s, r, k


def _cut_short(scenarios: Sequence[Scenario], begin: dt.date, days: int) -> tuple[str, ...]:
    """Return a note if policy has an end after the run."""
    last = max((s.end for x in scenarios for s in x.shocks if s.end is not None), default=begin)
    needed = (last - begin).days + 1
    if needed <= days:
        return ()
    return (f"The run stops before the last shock ends, on {last}; days={needed} would reach it.",)


def _notes(policies: Sequence[PolicyArrays]) -> tuple[str, ...]:
    """Return the notes of all policies, each once."""
    return tuple(dict.fromkeys(note for policy in policies for note in policy.notes))
