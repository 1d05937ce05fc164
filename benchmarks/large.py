"""Cases that need a process of their own: its peak memory is part of the answer.

``python -m benchmarks.large NAME [smoke|full]`` runs one and prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.synthetic import final_demand, strips, technology
from iomodel.typing import Record


def peak_bytes() -> int:
    """Return the largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def ten_answers(full: bool) -> Record:
    """Ten answers from a table of GLORIA's size, made here, in one process."""
    from iomodel.leontief import LeontiefSystem

    regions, sectors = (164, 120) if full else (6, 20)
    A = technology(regions, sectors)
    f = final_demand(A.shape[0], 10)
    start = time.perf_counter()
    # Without "krylov" the small size of a smoke run would be factorized.
    system = LeontiefSystem.from_coefficients(A, method="krylov")
    _, report = system.solve(f, report=True)
    return _row(A.shape[0], 10, start, report)


def from_disk(full: bool) -> Record:
    """Ten answers from a file of float32 coefficients larger than the memory that is allowed."""
    from iomodel.leontief import LeontiefSystem, OnDisk, write_raw

    regions, sectors = (200, 200) if full else (6, 20)
    n = regions * sectors
    with tempfile.TemporaryDirectory() as folder:
        matrix = write_raw(Path(folder) / "A.raw", strips(regions, sectors, 250))
        f = final_demand(n, 10)
        start = time.perf_counter()
        blocked = OnDisk(matrix, memory=2**29 if full else 2**16, sectors=sectors)
        _, report = LeontiefSystem.from_coefficients(blocked).solve(f, report=True)
        return _row(n, 10, start, report) | {"file_bytes": 4 * n**2}


def on_cluster(full: bool) -> Record:
    """One answer from two Dask workers, one of which is killed on the way."""
    distributed: Any = import_module("dask.distributed")

    from iomodel.leontief import LeontiefSystem, OnCluster

    regions, sectors = (49, 200) if full else (6, 20)
    A = technology(regions, sectors)
    f = final_demand(A.shape[0], 1)[:, 0]
    alone = LeontiefSystem.from_coefficients(A, method="krylov").solve(f)

    class Mortal(OnCluster):
        """A cluster that loses a worker at the fifth product."""

        products, kill = 0, False

        def times_single(self, x: Any, *, transposed: bool = False) -> Any:
            self.products += 1
            if self.kill and self.products == 5:
                os.kill(next(iter(self._client.run(os.getpid).values())), signal.SIGKILL)
            return super().times_single(x, transposed=transposed)

    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        mortal = Mortal(A, client, sectors=sectors)
        system = LeontiefSystem.from_coefficients(mortal)
        start = time.perf_counter()
        whole, report = system.solve(f, report=True)
        row = _row(A.shape[0], 1, start, report)
        mortal.products, mortal.kill = 0, True
        start = time.perf_counter()
        bereft = system.solve(f)
        row["seconds_with_a_death"] = time.perf_counter() - start
    row["difference"] = float(np.max(np.abs(whole / alone - 1)))
    row["difference_with_a_death"] = float(np.max(np.abs(bereft / alone - 1)))
    return row


def two_blocs(full: bool) -> Record:
    """The world in two blocs in general equilibrium: load, solve, effects."""
    start = time.perf_counter()
    import iomodel as iom

    del full  # one size: it takes seconds
    table = iom.load("world-2022")
    effects = iom.run(table, iom.Scenario.load("two-bloc-decoupling"), model="equilibrium")
    solver = json.loads(effects.dataset.attrs["diagnostics"])
    return {
        "n": table.n,
        "columns": 1,
        "seconds": time.perf_counter() - start,
        "peak_bytes": peak_bytes(),
        "residual": solver["residual"],
        "products": solver["iterations"],
        "method": "equilibrium",
    }


def _row(n: int, columns: int, start: float, report: Any) -> Record:
    return {
        "n": n,
        "columns": columns,
        "seconds": time.perf_counter() - start,
        "peak_bytes": peak_bytes(),
        "residual": report.residual,
        "products": report.iterations,
        "method": report.method,
    }


CASES: dict[str, Callable[[bool], Record]] = {
    "ten answers": ten_answers,
    "from disk": from_disk,
    "on a cluster": on_cluster,
    "two blocs": two_blocs,
}


def run_cases(full: bool, only: str) -> list[Record]:
    """Run every case in a process of its own and return their figures."""
    rows = []
    for name in CASES:
        if only not in name or (name == "on a cluster" and find_spec("distributed") is None):
            continue
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.large", name, "full" if full else "smoke"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"case {name!r} failed:\n{done.stderr}")
        rows.append({"case": name} | json.loads(done.stdout.splitlines()[-1]))
    return rows


if __name__ == "__main__":
    print(json.dumps(CASES[sys.argv[1]](sys.argv[2] == "full")))
