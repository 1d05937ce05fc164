"""Batches of elasticity draws against the bare engine, and the memory of small and large ones.

``python -m benchmarks.batches KEY DRAWS`` solves one batch in a process of its own: by the model's
own solver of draws, group by group, and by ``run_batch`` in a folder with all its files; it prints
the seconds of both and the peak of memory.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import xarray as xr

import iomodel as iom
from benchmarks.specs import WORLD
from iomodel._threads import one_blas_thread
from iomodel.models import Workbench
from iomodel.studies.batches.groups import GROUP
from iomodel.studies.batches.plan import BatchPlan
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Record

__all__ = ["FEWEST_JUDGED", "MOST_OVERHEAD", "NAMES", "describe", "rows"]

NAMES = ("batch of draws over the bare engine",)
KEPT = ("real_income_pct", "gdp_pct")
MOST_OVERHEAD = 0.1
# Draws from which on the overhead is judged: the store has a fixed cost of some tenths of a second.
FEWEST_JUDGED = 1000
# Economies of five regions, and draws by level; the first is that whose memory is compared.
SMALL = "five regions"
DRAWS = {
    "smoke": ((SMALL, GROUP),),
    "usual": ((SMALL, 4 * GROUP), (WORLD, 2 * GROUP)),
    "full": ((SMALL, GROUP), (SMALL, 100 * GROUP), (WORLD, 2 * GROUP), (WORLD, 1000)),
}


def rows(level: str, only: str = "") -> Iterator[Record]:
    """Yield the row of each problem of a level."""
    if only not in NAMES[0]:
        return
    for key, draws in DRAWS[level]:
        command = [sys.executable, "-m", "benchmarks.batches", key, str(draws)]
        figures = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        yield {"spec": NAMES[0], "problem": key, "draws": draws, **figures}


def describe(row: Record) -> str:
    """Return one line on a row."""
    return (
        f"{row['spec']}, {row['problem']}, {row['draws']:,} draws: {row['batch_s']:.1f} s in a "
        f"folder, {row['bare_s']:.1f} s bare ({100 * row['overhead']:+.1f} percent), peak "
        f"{row['peak_bytes'] / 1e9:.2f} GB"
    )


# ---------------------------------------------------------------------- helpers
def _table(key: str) -> MRIOTable:
    if key == WORLD:
        return iom.load(WORLD)
    regions = {name: [name] for name in ("USA", "CHN", "JPN", "EU27")}
    return iom.load(WORLD).aggregate(regions=regions, unmapped="ROW")


def _cases(table: MRIOTable, draws: int) -> list[iom.Case]:
    scenario = iom.Scenario((iom.Tariff("USA", "CHN", rate=1.0),), name="duty")
    theta = np.random.default_rng(1).uniform(2.0, 8.0, (draws, len(table.sectors)))
    arrays = [
        xr.DataArray(row, dims="sector", coords={"sector": list(table.sectors)}) for row in theta
    ]
    return [
        iom.Case(
            "duty", scenario, "equilibrium", {"elasticities": array, "horizon": "long"}, draw=k
        )
        for k, array in enumerate(arrays)
    ]


def _bare(bench: Workbench, plan: BatchPlan) -> float:
    """Return the seconds of the model's own solver of draws, on the groups of the batch."""
    start = time.perf_counter()
    for task in plan.tasks:
        cases = task.group.cases
        model = cases[0].model_for(bench.table)
        assert model.side_by_side is not None
        options = [model.read(case.options) for case in cases]
        model.side_by_side.solve(bench, [case.scenario for case in cases], options, KEPT)
    return time.perf_counter() - start


def _main(key: str, draws: int) -> None:
    table = _table(key)
    bench, cases = Workbench(table), _cases(table, draws)
    plan = BatchPlan.of({"": bench}, cases, KEPT, (), strict=True)
    # What all groups share is made in front.
    _bare(bench, BatchPlan({"": bench}, plan.cases, plan.tasks[:1], {}))
    with one_blas_thread():
        bare = _bare(bench, plan)
    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        iom.run_batch(bench, cases, keep=KEPT, path=Path(folder) / "batch")
        batch = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    figures = {"bare_s": bare, "batch_s": batch, "overhead": batch / bare - 1.0}
    print(json.dumps(figures | {"peak_bytes": peak}))


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
