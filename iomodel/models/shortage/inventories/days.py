r"""The daily step and the run over a horizon, for several scenarios at once.

Each day: demand is what was ordered plus final demand; output is the least of capacity, inputs and
demand; what is made is shared out; stocks change by what arrives less what is used; capacity and
orders adjust. Deliveries over a border are held to the part of base deliveries that is let through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from iomodel.models.shortage.inventories.economy import Economy
from iomodel.models.shortage.inventories.market import (
    at_border,
    by_region,
    made_up,
    serve,
    unfilled,
)
from iomodel.models.shortage.inventories.rules import (
    Behaviour,
    capacity_next,
    orders_next,
    producible,
)
from iomodel.models.shortage.inventories.state import Course, Day, State, start
from iomodel.typing import Float

__all__ = ["base_sales", "simulate", "step"]


REPORTED = 30


def base_sales(economy: Economy, final: Float) -> Float:
    """Return sales of a base day, (S, R, B), from final deliveries (S, R, R, B)."""
    state = start(economy, final.shape[3])
    groups = economy.pooled(state.orders * economy.use[:, :, None])
    sold: Float = economy.shares @ groups + final.sum(axis=2)
    return sold


def step(economy: Economy, rule: Behaviour, state: State, day: Day) -> tuple[State, Float, Float]:
    """Run one day.

    Returns
    -------
    state : State
        At the start of the next day.
    made : ndarray, shape (n, B)
        Output relative to base.
    final : ndarray, shape (R, B)
        Final deliveries to each region.
    """
    R, n = economy.regions, economy.use.shape[1]
    groups = economy.pooled(state.orders * economy.use[:, :, None])
    found = rule.resourcing * np.minimum(state.since / rule.resourcing_days, 1.0)
    wanted, border = at_border(economy, day, groups, found)
    final_wanted = day.final.sum(axis=2)
    # In the order of producers; who sells nothing in a base day has no orders to go by.
    ordered = np.divide(
        wanted + final_wanted, day.base, out=np.ones_like(wanted), where=day.base > 0
    )
    demand = ordered.transpose(1, 0, 2).reshape(n, -1)
    if rule.variant == "pichler":
        # Who is cut lacks work for some of his hands; a product would count them twice.
        capacity = np.minimum(state.capacity, _limit(day))
    else:
        capacity = state.capacity * day.capacity
    hands = np.minimum(capacity, demand) if rule.variant == "ario" else capacity
    possible = producible(rule, hands, state.stock, economy.cover, economy.weight)
    made = np.minimum(possible, demand)
    supply = made.reshape(R, economy.sectors, -1).transpose(1, 0, 2) * day.base
    served, final_served = serve(rule, supply, wanted, final_wanted)
    missing = unfilled(economy, day, groups, border, served)
    reserve, missing = made_up(economy, rule, state, groups, missing)
    # Inputs that are not used at all have weights of zero everywhere: what they do is no matter.
    arrived = state.orders * (1.0 - economy.spread(missing))
    used = state.stock + arrived
    np.minimum(used, made, out=used)
    # In this order a base day changes nothing, to the last bit.
    stock = arrived - used
    stock += state.stock
    np.maximum(stock, 0.0, out=stock)
    # A contract goes on where policy stops its buyer for a while.
    most = state.capacity if rule.variant == "contracts" else capacity
    since = state.since + day.cut
    new = State(
        stock=stock,
        orders=orders_next(rule, made, demand, most, stock, economy.cover),
        capacity=_hands(economy, rule, state, day, stock, demand, made, since),
        since=since,
        reserve=reserve,
        arrived=state.arrived + arrived,
        used=state.used + used,
    )
    return new, made, by_region(day.final, final_served)


def simulate(
    economy: Economy,
    rule: Behaviour,
    days: Sequence[Day],
    *,
    progress: Callable[[str], None] | None = None,
) -> Course:
    """Run through a sequence of days from base stocks, and tell how far it has come."""
    now = start(economy, days[0].limit.shape[1])
    first, value = now, (economy.use * economy.cover).sum(axis=0)[:, None]
    base = np.repeat(economy.final.transpose(1, 0, 2)[..., None], now.since.size, axis=3)
    base = by_region(base, np.ones(days[0].base.shape))
    output, final, stock = [], [], []
    for done, day in enumerate(days):
        if progress is not None and done % REPORTED == 0:
            progress(f"day {done} of {len(days)}")
        now, made, delivered = step(economy, rule, now, day)
        output.append(made)
        final.append(np.divide(delivered, base, out=np.ones_like(base), where=base > 0))
        held = np.einsum("sn,snb->nb", economy.use, now.stock - first.stock)
        stock.append(1.0 + np.divide(held, value, out=np.zeros_like(held), where=value > 0))
    balance = now.stock - first.stock - (now.arrived - first.arrived) + (now.used - first.used)
    return Course(
        np.stack(output), np.stack(final), np.stack(stock), float(np.abs(balance).max(initial=0.0))
    )


def _hands(
    economy: Economy,
    rule: Behaviour,
    state: State,
    day: Day,
    stock: Float,
    demand: Float,
    made: Float,
    since: Float,
) -> Float:
    """Return the next day's capacity, with what inputs would allow where the rule asks for it."""
    possible = made
    if rule.variant == "pichler":
        most = np.minimum(_limit(day), rule.overproduction)
        possible = producible(rule, most, stock, economy.cover, economy.weight)
    return capacity_next(rule, state.capacity, possible, demand, made, since)


def _limit(day: Day) -> Float:
    """Return the most that policy allows, infinite where it says nothing, (n, B)."""
    return np.where(day.capacity < 1.0, day.capacity, np.inf)
