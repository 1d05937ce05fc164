"""Time per day of the daily model, against a step that keeps every order as a cell of n x n.

The dense step does in NumPy, each day, the work of the published ARIO implementation [Juhel2024]:
orders by pair of industries, demand as their row sums, deliveries by pair in proportion, stocks by
a product that sums them over origins. Ours pools origins: a day costs products x industries and,
for each product, origins x user regions; never n x n, as long as the users of a region share the
origins of a product (origins="region"). With own origins for each industry it is n x n again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from rich.table import Table

from benchmarks import boario
from benchmarks.measure import Effort, measure
from benchmarks.synthetic import final_demand, technology
from iomodel.models.shortage.inventories.behaviour import Behaviour
from iomodel.models.shortage.inventories.calendar import policy_day
from iomodel.models.shortage.inventories.economy import DailyEconomy, daily_economy
from iomodel.models.shortage.inventories.simulation import step
from iomodel.models.shortage.inventories.state import PolicyDay, State, start
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import SupplyCut
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float, Record

__all__ = ["DENSE", "NAMES", "Dense", "dense_of", "dense_step", "render", "rows"]


WIOD, SMALL = "44x56", "5x12"
DENSE = "day, dense"
POOLED = {
    "day, ario": ("ario", "region", 1),
    "day, pichler": ("pichler", "region", 1),
    "day, contracts": ("contracts", "region", 1),
    "day, contracts, 16 scenarios": ("contracts", "region", 16),
    "day, ario, own origins": ("ario", "user", 1),
}
BOARIO = "day, BoARIO"
NAMES = (DENSE, *([BOARIO] if boario.INSTALLED else []), *POOLED)
# Days until the shock is at work everywhere.
WARM = 20


@dataclass(frozen=True, eq=False)
class Dense:
    """State and constants of the dense step, flows per day.

    Attributes
    ----------
    orders : ndarray, shape (n, n)
        By supplier and customer.
    stock : ndarray, shape (S, n)
        By product and customer.
    hands : ndarray, shape (n,)
        Capacity relative to base, before cuts.
    origins : ndarray, shape (n, n)
        Share of each supplier in the customer's purchases of the product.
    gather : ndarray, shape (S, n)
        Sums suppliers to products.
    need : ndarray, shape (S, n)
        Use of each product per unit of output.
    final : ndarray, shape (n, R)
    base : ndarray, shape (n,)
        Output of a base day.
    left : ndarray, shape (n,)
        Part of capacity that the shock leaves.
    cover : ndarray, shape (S, n)
        Target stocks in days of use.
    """

    orders: Float
    stock: Float
    hands: Float
    origins: Float
    gather: Float
    need: Float
    final: Float
    base: Float
    left: Float
    cover: Float


def dense_of(table: MRIOTable, cover: Float, left: Float) -> Dense:
    """Return the start of a dense run."""
    R, S = table.shape
    gather = np.tile(np.eye(S), R)
    Z = np.maximum(table.Z2, 0.0) / 365.0
    final = np.maximum(table.Y.values, 0.0).sum(axis=3).reshape(R * S, R) / 365.0
    base = Z.sum(axis=1) + final.sum(axis=1)
    bought = gather @ Z
    total = np.tile(bought, (R, 1))
    origins = np.divide(Z, total, out=np.zeros_like(Z), where=total > 0)
    need = np.divide(bought, base, out=np.zeros_like(bought), where=base > 0)
    hands = np.ones(R * S)
    return Dense(Z, cover * bought, hands, origins, gather, need, final, base, left, cover)


def dense_step(rule: Behaviour, now: Dense) -> tuple[Dense, Float]:
    """Run one day of ARIO with every order a cell; return the new state and output over base."""
    n = now.base.size
    demand = now.orders.sum(axis=1) + now.final.sum(axis=1)
    best = np.minimum(demand, now.hands * now.left * now.base)
    wanted = rule.psi * now.cover * now.need * best
    ratio = np.divide(now.stock, wanted, out=np.ones_like(wanted), where=wanted > now.stock)
    made = best * ratio.min(axis=0)
    asked = np.concatenate([now.orders, now.final], axis=1)
    share = np.divide(asked, demand[:, None], out=np.zeros_like(asked), where=demand[:, None] > 0)
    received = share * made[:, None]
    used = now.need * made
    stock = now.stock + now.gather @ received[:, :n] - used
    gap = np.maximum(now.cover * now.need * best - stock, 0.0)
    orders = np.tile(used + gap / rule.restocking_days, (n // len(used), 1)) * now.origins
    scarce = np.divide(demand - made, demand, out=np.zeros(n), where=demand > made * (1 + 1e-12))
    goal = np.where(scarce > 0, (rule.overproduction - now.hands) * scarce, 1.0 - now.hands)
    hands = now.hands + goal / rule.overproduction_days
    output = np.divide(made, now.base, out=np.ones(n), where=now.base > 0)
    return replace(now, orders=orders, stock=stock, hands=hands), output


@cache
def _table(key: str) -> MRIOTable:
    regions, sectors = (int(part) for part in key.split("x"))
    A = technology(regions, sectors)
    Y = final_demand(regions * sectors, regions)
    x = np.linalg.solve(np.eye(len(A)) - A, Y.sum(axis=1))
    return MRIOTable.from_arrays(
        A * x,
        Y,
        regions=[f"R{k}" for k in range(regions)],
        sectors=[f"s{k}" for k in range(sectors)],
        tolerance=1e-6,
    )


def _rule(variant: str) -> Behaviour:
    ario = variant == "ario"
    return Behaviour(
        variant=variant,
        restocking_days=60.0 if ario else 10.0,
        overproduction=1.25 if ario else 1.0,
    )


def _cover(table: MRIOTable) -> Float:
    R, S = table.shape
    return np.tile(np.random.default_rng(0).uniform(5.0, 90.0, (S, S)), (1, R))


def _shock(table: MRIOTable) -> Scenario:
    return Scenario((SupplyCut(table.regions[0], table.sectors[0], 0.5),))


def _ours(key: str, variant: str, origins: str, scenarios: int) -> Callable[[], Any]:
    table = _table(key)
    economy = daily_economy(table, np.ones_like(_cover(table)), _cover(table), origins=origins)
    day = policy_day(table, economy, [_shock(table).lower(table)] * scenarios)
    rule = _rule(variant)
    state = start(economy, scenarios)
    for _ in range(WARM):
        state, _made, _final = step(economy, rule, state, day)
    return lambda: (economy, rule, state, day)


def _dense(key: str) -> Callable[[], Any]:
    table = _table(key)
    left = _shock(table).lower(table).supply.reshape(-1)
    state, rule = dense_of(table, _cover(table), left), _rule("ario")
    for _ in range(WARM):
        state, _output = dense_step(rule, state)
    return lambda: (rule, state)


def _boario(key: str) -> Callable[[], Any]:
    table = _table(key)
    model = boario.model_of(table, 1.0 - _shock(table).lower(table).supply.reshape(-1))
    for _ in range(2):
        boario.one_day(model)
    return lambda: model


def _step(given: tuple[DailyEconomy, Behaviour, State, PolicyDay]) -> object:
    return step(*given)


def _dense_step(given: tuple[Behaviour, Dense]) -> object:
    return dense_step(*given)


def rows(level: str, only: str = "") -> Iterator[Record]:
    """Yield one row of figures for each spec; `dense_over_this` is per scenario."""
    key = SMALL if level == "smoke" else WIOD
    effort = Effort(0.1, 3) if level == "smoke" else Effort(3.0, 20)
    if not any(only in name for name in NAMES):
        return
    dense = measure(_dense(key), _dense_step, effort)
    for name in NAMES:
        if only not in name:
            continue
        scenarios = POOLED[name][2] if name in POOLED else 1
        timing = dense
        if name in POOLED:
            timing = measure(_ours(key, *POOLED[name]), _step, effort)
        elif name == BOARIO:
            timing = measure(_boario(key), boario.one_day, effort)
        yield {
            "spec": name,
            "problem": key,
            "n": _table(key).x1.size,
            "scenarios": scenarios,
            "median_s": timing.median,
            "min_s": timing.minimum,
            "repeats": timing.repeats,
            "peak_bytes": timing.peak_bytes,
            "dense_over_this": dense.minimum * scenarios / timing.minimum,
        }


def render(figures: list[Record]) -> Table:
    """Return the figures as a table to print."""
    table = Table(title="daily model: one day", show_lines=False)
    for heading in ("spec", "problem"):
        table.add_column(heading)
    for heading in ("n", "scenarios", "median ms", "min ms", "repeats", "peak MB", "dense / this"):
        table.add_column(heading, justify="right")
    for r in figures:
        table.add_row(
            r["spec"],
            r["problem"],
            f"{r['n']:,}",
            str(r["scenarios"]),
            f"{1e3 * r['median_s']:,.2f}",
            f"{1e3 * r['min_s']:,.2f}",
            str(r["repeats"]),
            f"{r['peak_bytes'] / 1e6:,.1f}",
            f"{r['dense_over_this']:,.1f}",
        )
    return table
