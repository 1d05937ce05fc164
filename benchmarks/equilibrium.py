"""Timed specs of the general-equilibrium engine: shocks by size of economy, and many draws.

Problems are ``"RxS"`` synthetic economies, the embedded world table, and the data of Caliendo and
Parro (2015).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from rich.table import Table

import iomodel.equilibrium as ge
from benchmarks.measure import Effort, measure
from benchmarks.synthetic import final_demand, technology
from iomodel.models.elasticities import resolve_elasticities
from iomodel.models.general_equilibrium.base_year import economy_of
from iomodel.table.catalogue import load
from iomodel.table.groups import resolve_regions
from iomodel.typing import Float, Record
from replications.caliendo_parro_2015.data import load_nafta

__all__ = ["MANY", "NAMES", "SHOCKS", "WORLD", "problems", "render", "rows", "single_case"]


TOY, WIOD, WORLD, NAFTA = "5x5", "34x31", "world-2022", "caliendo-parro"
# Of elasticities around those of the problem, log-normal, by level of the run.
DRAWS, SPREAD = {"smoke": 8, "usual": 32, "full": 200}, 0.2
HOME = 0.8


@dataclass(frozen=True)
class Market:
    """An economy in equilibrium, its elasticities, two rivals and two blocs (places of regions)."""

    base: ge.Economy
    theta: Float
    rivals: tuple[list[int], list[int]]
    blocs: tuple[list[int], list[int]]

    def between(self, sides: tuple[list[int], list[int]], value: float, neutral: float) -> Float:
        """Return an array (S, I, N) with a value on flows between two sides."""
        array = np.full(self.base.tariff.shape, neutral)
        for one, other in (sides, sides[::-1]):
            array[np.ix_(range(len(array)), one, other)] = value
        return array

    def duty(self, sides: tuple[list[int], list[int]], points: float) -> ge.Shock:
        """Return duties on top of those in the base."""
        return ge.Shock(tariff=self.base.tariff + self.between(sides, points, 0.0))

    def iceberg(self, sides: tuple[list[int], list[int]], factor: float) -> ge.Shock:
        """Return iceberg costs; infinity closes the flows."""
        return ge.Shock(trade_cost=self.between(sides, factor, 1.0))

    def shock(self, name: str) -> ge.Shock:
        """Return a shock by its name in :data:`SHOCKS`."""
        if name == "tariff 100%":
            return self.duty(self.rivals, 1.0)
        if name == "embargo":
            return self.iceberg(self.rivals, np.inf)
        if name == "two blocs, duty 32%":
            return self.duty(self.blocs, 0.32)
        return self.iceberg(self.blocs, 2.6)


SHOCKS = ("tariff 100%", "embargo", "two blocs, duty 32%", "two blocs, iceberg 160%")
REBASE, MANY = "zero deficits", "draws, two blocs"
NAMES = (REBASE, *SHOCKS, MANY)


def problems(level: str) -> tuple[str, ...]:
    """Return the keys of a level: smoke, usual or full."""
    if level == "smoke":
        return (TOY,)
    return (TOY, NAFTA, WIOD, WORLD)


def rows(level: str, only: str = "") -> Iterator[Record]:
    """Yield one row of figures for each spec and problem."""
    effort = Effort(0.1, 3) if level == "smoke" else Effort(5.0, 5)
    for key in problems(level):
        for name in NAMES:
            if only in name:
                yield _row(name, key, effort, DRAWS[level])


def render(figures: list[Record]) -> Table:
    """Return the figures as a table to print."""
    table = Table(title="equilibrium", show_lines=False)
    for heading in ("spec", "problem"):
        table.add_column(heading)
    counted = ("Newton", "Jacobians", "price maps", "sales maps", "residual")
    for heading in ("n", "median ms", "min ms", "repeats", "peak MB", *counted):
        table.add_column(heading, justify="right")
    for r in figures:
        table.add_row(
            r["spec"],
            r["problem"],
            f"{r['n']:,}",
            f"{1e3 * r['median_s']:,.2f}",
            f"{1e3 * r['min_s']:,.2f}",
            str(r["repeats"]),
            f"{r['peak_bytes'] / 1e6:,.1f}",
            str(r["newton_steps"]),
            str(r["jacobians"]),
            str(r["price_maps"]),
            str(r["sales_maps"]),
            f"{r['residual']:.0e}",
        )
    return table


def single_case(name: str, key: str) -> tuple[ge.Economy, ge.Elasticities, ge.Shock]:
    """Return the base with deficits at zero, elasticities, and one of :data:`SHOCKS`."""
    market = _market(key)[1]
    return market.base, ge.Elasticities.caliendo_parro(market.theta), market.shock(name)


# ---------------------------------------------------------------------- helpers
def _row(name: str, key: str, effort: Effort, draws: int) -> Record:
    state = _state(name, key, draws)
    timing = measure(lambda: state, _run, effort)
    solutions = _run(state)
    certificates = [s.certificate for s in solutions]
    # Maps are those of the last trial, which is solved to all digits.
    last = solutions[-1].trial
    return {
        "spec": name,
        "problem": key,
        "n": int(state[0].spending.size),
        "members": sum(len(s.wage) for s in solutions),
        "median_s": timing.median,
        "min_s": timing.minimum,
        "repeats": timing.repeats,
        "peak_bytes": timing.peak_bytes,
        "newton_steps": sum(c.iterations for c in certificates),
        "jacobians": sum(c.jacobians for c in certificates),
        "price_maps": last.prices.iterations,
        "sales_maps": last.levels.iterations,
        "residual": max(c.worst for c in certificates),
    }


State = tuple[ge.Economy, ge.Elasticities, ge.Shock | None, bool]


def _state(name: str, key: str, draws: int) -> State:
    """Return base, elasticities, shock, and whether there are many draws."""
    raw, market = _market(key)
    elasticities = ge.Elasticities.caliendo_parro(market.theta)
    if name == REBASE:
        return raw, elasticities, None, False
    if name == MANY:
        around = np.random.default_rng(0).lognormal(0.0, SPREAD, (draws, len(market.theta)))
        drawn = ge.Elasticities.caliendo_parro(market.theta * around)
        return market.base, drawn, market.shock(SHOCKS[-1]), True
    return *single_case(name, key), False


def _run(state: State) -> list[ge.Solution]:
    base, elasticities, shock, many = state
    if shock is None:
        return [ge.rebase(base, elasticities)[1]]
    if many:
        return list(ge.solve_many(base, elasticities, shock))
    return [ge.solve(base, elasticities, shock)]


@cache
def _market(key: str) -> tuple[ge.Economy, Market]:
    """Return the economy as calibrated, and with deficits at zero."""
    sides: tuple[tuple[list[int], list[int]], tuple[list[int], list[int]]] | None = None
    if key == WORLD:
        table = load(WORLD)
        raw = economy_of(table, np.asarray(table.tariff.values, dtype=np.float64))
        theta = resolve_elasticities("CP-99", table)[0]
        regions = list(table.regions)
        west, east = (
            [regions.index(r) for r in resolve_regions(s, regions)] for s in ("west", "east")
        )
        sides = ([regions.index("USA")], [regions.index("CHN")]), (west, east)
    elif key == NAFTA:
        raw, theta = _nafta()
    else:
        raw = _synthetic(*(int(part) for part in key.split("x")))
        theta = np.full(raw.shape[0], 4.0)
    if sides is None:
        by_size = np.argsort(-raw.income).tolist()
        sides = (by_size[:1], by_size[1:2]), (by_size[::2], by_size[1::2])
    base, _ = ge.rebase(raw, ge.Elasticities.caliendo_parro(theta))
    return raw, Market(base, theta, *sides)


def _synthetic(regions: int, sectors: int) -> ge.Economy:
    """Return an economy of the synthetic technology, final demand mostly from home."""
    n = regions * sectors
    A = technology(regions, sectors)
    demand = final_demand(n, regions).reshape(regions, sectors, regions)
    abroad = (1.0 - HOME) * demand / max(1, regions - 1)
    here = np.arange(regions)
    abroad[here, :, here] = HOME * demand[here, :, here]
    x = np.linalg.solve(np.eye(n) - A, abroad.reshape(n, regions).sum(axis=1))
    Z = (A * x).reshape(regions, sectors, regions, sectors)
    use = np.concatenate([Z.sum(axis=0), abroad.sum(axis=0)[:, :, None]], axis=2)
    trade = Z.sum(axis=3) + abroad
    return ge.from_use(trade, use.transpose(1, 0, 2), np.zeros((regions, sectors, regions)))


def _nafta() -> tuple[ge.Economy, Float]:
    """Return the economy of 1993 of [CaliendoParro2015]_ and its elasticities."""
    data = load_nafta()
    technology_1993 = (data.value_added_share, data.input_share)
    return ge.calibrate(data.flow, data.tariff_1993, *technology_1993), data.theta
