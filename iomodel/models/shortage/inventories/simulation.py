r"""Simulation of the daily model: one step, and the run over a horizon.

Each day: demand is orders plus final demand; output is the least of capacity, inputs and demand;
output is rationed among customers; stocks change by arrivals less use; capacity and orders adjust.
Deliveries across a border are limited to the fraction of base deliveries that policy allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from iomodel.models.shortage.inventories.behaviour import (
    Behaviour,
    input_limit,
    next_capacity,
    next_orders,
    producible,
)
from iomodel.models.shortage.inventories.deliveries import (
    draw_buffers,
    fill_rates,
    final_deliveries,
    orders_at_border,
    unfilled_share,
)
from iomodel.models.shortage.inventories.economy import DailyEconomy
from iomodel.models.shortage.inventories.state import DailyPaths, PolicyDay, State, start
from iomodel.typing import Float

__all__ = ["simulate", "step"]


# Days between two messages of progress.
PROGRESS_DAYS = 30


def step(
    economy: DailyEconomy, behaviour: Behaviour, state: State, day: PolicyDay
) -> tuple[State, Float, Float]:
    """Run one day.

    Returns
    -------
    state : State
        At the start of the next day.
    output : ndarray, shape (n, B)
        Relative to base.
    final : ndarray, shape (R, B)
        Final deliveries to each region.
    """
    R, n = economy.regions, economy.use.shape[1]
    groups = economy.pooled(state.orders * economy.use[:, :, None])
    rerouted = behaviour.resourcing * np.minimum(state.cut_days / behaviour.resourcing_days, 1.0)
    orders, border = orders_at_border(economy, day, groups, rerouted)
    final_orders = day.final.sum(axis=2)
    # By producer; an industry without sales in a base day has demand of one.
    relative = np.divide(
        orders + final_orders, day.base_sales, out=np.ones_like(orders), where=day.base_sales > 0
    )
    demand = relative.transpose(1, 0, 2).reshape(n, -1)
    capacity = _capacity_today(behaviour, state, day)
    target = np.minimum(capacity, demand) if behaviour.variant == "ario" else capacity
    possible = producible(behaviour, target, state.stock, economy.cover, economy.weight)
    output = np.minimum(possible, demand)
    supply = output.reshape(R, economy.sectors, -1).transpose(1, 0, 2) * day.base_sales
    served, final_served = fill_rates(behaviour, supply, orders, final_orders)
    missing = unfilled_share(economy, day, groups, border, served)
    reserve, missing = draw_buffers(economy, behaviour, state, groups, missing)
    # Inputs without any use have weights of zero everywhere: their stocks have no effect.
    arrived = state.orders * (1.0 - economy.spread(missing))
    used = state.stock + arrived
    np.minimum(used, output, out=used)
    # In this order a base day changes nothing, to the last bit.
    stock = arrived - used
    stock += state.stock
    np.maximum(stock, 0.0, out=stock)
    # A contract goes on if policy stops its buyer for a while.
    needs = state.capacity if behaviour.variant == "contracts" else capacity
    cut_days = state.cut_days + day.cut
    next_state = State(
        stock=stock,
        orders=next_orders(behaviour, output, demand, needs, stock, economy.cover),
        capacity=_capacity_tomorrow(economy, behaviour, state, capacity, demand, output, cut_days),
        cut_days=cut_days,
        reserve=reserve,
        arrived=state.arrived + arrived,
        used=state.used + used,
    )
    return next_state, output, final_deliveries(day.final, final_served)


def simulate(
    economy: DailyEconomy,
    behaviour: Behaviour,
    days: Sequence[PolicyDay],
    *,
    progress: Callable[[str], None] | None = None,
) -> DailyPaths:
    """Run a sequence of days from base stocks, with messages of progress."""
    initial = state = start(economy, days[0].limit.shape[1])
    initial_value = (economy.use * economy.cover).sum(axis=0)[:, None]
    base_final = np.repeat(economy.final.transpose(1, 0, 2)[..., None], state.cut_days.size, axis=3)
    base = final_deliveries(base_final, np.ones(days[0].base_sales.shape))
    output, final, stock = [], [], []
    for number, day in enumerate(days):
        if progress is not None and number % PROGRESS_DAYS == 0:
            progress(f"day {number} of {len(days)}")
        state, made, delivered = step(economy, behaviour, state, day)
        output.append(made)
        final.append(np.divide(delivered, base, out=np.ones_like(base), where=base > 0))
        change = np.einsum("sn,snb->nb", economy.use, state.stock - initial.stock)
        stock.append(
            1.0
            + np.divide(change, initial_value, out=np.zeros_like(change), where=initial_value > 0)
        )
    arrivals, use = state.arrived - initial.arrived, state.used - initial.used
    balance = state.stock - initial.stock - arrivals + use
    return DailyPaths(
        np.stack(output), np.stack(final), np.stack(stock), float(np.abs(balance).max(initial=0.0))
    )


# ---------------------------------------------------------------------- helpers
def _capacity_today(behaviour: Behaviour, state: State, day: PolicyDay) -> Float:
    """Return capacity under the day's policy, relative to base, (n, B)."""
    if behaviour.variant == "pichler":
        # A cut sends part of the workforce home; a product would count the reduction twice.
        return np.minimum(state.capacity, _policy_limit(day))
    return state.capacity * day.capacity


def _capacity_tomorrow(
    economy: DailyEconomy,
    behaviour: Behaviour,
    state: State,
    capacity: Float,
    demand: Float,
    output: Float,
    cut_days: Float,
) -> Float:
    """Return the next day's capacity before cuts; `capacity` is today's under the cuts."""
    if behaviour.variant == "pichler":
        # Those whom a cut sends home come back by hiring.
        possible = input_limit(behaviour, state.stock, economy.weight)
        return next_capacity(behaviour, capacity, possible, demand, output, cut_days)
    return next_capacity(behaviour, state.capacity, output, demand, output, cut_days)


def _policy_limit(day: PolicyDay) -> Float:
    """Return the highest output that policy allows, infinite without a cut, (n, B)."""
    return np.where(day.capacity < 1.0, day.capacity, np.inf)
