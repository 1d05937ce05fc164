"""Guard: an equilibrium beside four busy processes, with as many BLAS threads as by default.

Two threads of BLAS that wait for one another take minutes beside other work: what takes a second
on a quiet machine must take four at most. ``python -m benchmarks.crowding KEY`` solves once, after
a line on its standard input, and prints the seconds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import iomodel.equilibrium as ge
from benchmarks.equilibrium import SHOCKS, problems, single_case
from iomodel.typing import Record

__all__ = ["NAMES", "TIMES_QUIET", "describe", "rows"]

NAME = "beside four busy processes"
NAMES = (NAME,)
BUSY, TIMES_QUIET = 4, 4.0
# Solves each, the fastest of which counts: the machine may be busy with other work.
REPEATS = {"smoke": 1, "usual": 3, "full": 3}
# Seconds after which a solve that takes one or less is given up: more than any bound.
PATIENCE = 60.0
# The user's limits, which would hide what the engine does by default.
LIMITS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "OMP_NUM_THREADS")


def rows(level: str, only: str = "") -> Iterator[Record]:
    """Yield the row of the last problem of a level, alone and beside busy processes."""
    if only not in NAME:
        return
    key = problems(level)[-1]
    quiet = _seconds(key, REPEATS[level])
    with _busy(BUSY):
        crowded = _seconds(key, REPEATS[level])
    yield {
        "spec": NAME,
        "problem": key,
        "quiet_s": quiet,
        "crowded_s": crowded,
        "times_quiet": crowded / quiet,
    }


def describe(row: Record) -> str:
    """Return one line on a row."""
    return (
        f"{row['spec']}, {row['problem']}: {row['crowded_s']:.2f} s, alone {row['quiet_s']:.2f} s"
    )


# ---------------------------------------------------------------------- helpers
def _seconds(key: str, repeats: int) -> float:
    """Return the seconds of the fastest solve, infinity if all were given up."""
    environment = {name: text for name, text in os.environ.items() if name not in LIMITS}
    fastest = float("inf")
    for _ in range(repeats):
        command = [sys.executable, "-m", "benchmarks.crowding", key]
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()  # loaded: the time of imports does not count
            try:
                seconds = process.communicate("solve\n", timeout=PATIENCE)[0]
            except subprocess.TimeoutExpired:
                process.kill()
                continue
        if process.returncode:
            raise RuntimeError(f"the solve of {key} {NAME} failed")
        fastest = min(fastest, float(seconds))
    return fastest


@contextmanager
def _busy(count: int) -> Iterator[None]:
    """Keep processors busy with processes that only count."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _solve(key: str) -> None:
    base, elasticities, shock = single_case(SHOCKS[0], key)
    print("loaded", flush=True)
    sys.stdin.readline()
    start = time.perf_counter()
    ge.solve(base, elasticities, shock)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    _solve(sys.argv[1])
