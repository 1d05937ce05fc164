"""Elasticity draws of a tariff with GDP, income, output and trade, on one processor and on two.

The duty of the usual level meets duties imposed since the year of the table: each draw solves its
base too. Floors count the reading of kernels and the products with them alone.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.measure import Machine
from iomodel.models.workbench import Workbench
from iomodel.scenario.scenario import Scenario
from iomodel.studies import Case, draw_elasticities, drawn_elasticities, run_batch
from iomodel.table.catalogue import load
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Record

__all__ = ["NAMES", "add_limits", "describe", "rows"]

NAMES = ("elasticity draws, tariff 100%",)
KEEP = ("gdp_pct", "real_income_pct", "output_pct", "exports_pct", "imports_pct", "trade_pct")
COUNT = {"smoke": 4, "usual": 64, "full": 1000}
# Of a draw: equilibria, and maps of prices and of sales each until its wages are solved.
EQUILIBRIA, MAPS = 2, 20


def rows(level: str, only: str = "") -> Iterator[Record]:
    """Yield one row: seconds on one processor and on two, memory and floors."""
    name = NAMES[0]
    if only not in name:
        return
    table = load("world-2022")
    if level == "smoke":
        table = table.aggregate(regions={"USA": ["USA"], "CHN": ["CHN"]}, unmapped="ROW")
    count = COUNT[level]
    bytes_each = EQUILIBRIA * 2 * MAPS * 8 * len(table.regions) ** 2 * len(table.sectors)
    row: Record = {
        "spec": name,
        "problem": f"{len(table.regions)}x{len(table.sectors)}",
        "members": count,
        "floor_bytes": count * bytes_each,
        # A product and a sum for each cell.
        "floor_flops": count * bytes_each / 4.0,
    }
    for processors, timed in ((1, "seconds_one"), (2, "seconds_two")):
        with _processors(processors):
            row[timed] = _seconds(table, count)
    self_kb, child_kb = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    # Forked workers share pages with this process: an upper bound.
    row["peak_bytes"] = 1024 * (self_kb + 2 * child_kb)
    yield row


def add_limits(figures: list[Record], machine: Machine) -> None:
    """Add the least seconds that one processor of the machine would allow."""
    for row in figures:
        row["limit_s"] = max(
            row["floor_flops"] / machine.flops_per_second,
            row["floor_bytes"] / machine.bytes_per_second,
        )


def describe(row: Record) -> str:
    """Return one line on a row."""
    one, two = row["seconds_one"], row["seconds_two"]
    return (
        f"{row['members']} {row['spec']}, {row['problem']}: {one:.1f} s on one processor "
        f"({1e3 * one / row['members']:.0f} ms a draw, floor {row['limit_s']:.1f} s by "
        f"{row['floor_bytes'] / 1e9:.1f} GB and {row['floor_flops'] / 1e9:.1f} GFlop), {two:.1f} s "
        f"on two, {one / two:.2f} times as fast; at most {row['peak_bytes'] / 1e9:.2f} GB"
    )


# ---------------------------------------------------------------------- helpers
def _seconds(table: MRIOTable, count: int) -> float:
    """Return the seconds of all draws, with all that they have in common."""
    scenario = Scenario.load("us-china-tariff-100")
    sample = draw_elasticities(table, count, 0)
    theta = [drawn_elasticities(sample, k) for k in range(count)]
    cases = [
        Case(scenario.name, scenario, "equilibrium", {"elasticities": cells}, draw=k)
        for k, cells in enumerate(theta)
    ]
    start = time.perf_counter()
    run_batch(Workbench(table), cases, keep=KEEP, on_error="raise")
    return time.perf_counter() - start


@contextmanager
def _processors(count: int) -> Iterator[None]:
    """Limit this process to some processors, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
