"""The machine and the clock: BLAS, peak, bandwidth, times and memory."""

from __future__ import annotations

import os
import platform
import time
import tracemalloc
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any

import numpy as np
import scipy
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]


@dataclass(frozen=True)
class Machine:
    """What the figures hang on. Rates are the best of several tries, in units per second."""

    processor: str
    cores: int
    blas: str
    core_type: str
    threads: int
    numpy: str
    scipy: str
    flops_per_second: float
    bytes_per_second: float

    def describe(self) -> str:
        """Return one line to print with every table of figures."""
        return (
            f"{self.blas}, core type {self.core_type}, {self.threads} threads on {self.cores} "
            f"cores ({self.processor}); numpy {self.numpy}, scipy {self.scipy}; measured peak "
            f"{self.flops_per_second / 1e9:.1f} GFlop/s, {self.bytes_per_second / 1e9:.1f} GB/s"
        )

    def best(self, other: Machine) -> Machine:
        """Return the machine with the higher rates of two measurements."""
        return replace(
            self,
            flops_per_second=max(self.flops_per_second, other.flops_per_second),
            bytes_per_second=max(self.bytes_per_second, other.bytes_per_second),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for a JSON file."""
        return asdict(self)


def _best(action: Callable[[], object], tries: int = 5) -> float:
    times = []
    for _ in range(tries):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def _distinct(texts: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(texts)) or "unknown"


def this_machine(smoke: bool = False) -> Machine:
    """Measure float64 matrix-product speed and the reading speed of a matrix-vector product."""
    small, large = (256, 512) if smoke else (2000, 6000)
    a, b = np.ones((small, small)), np.ones((large, large))
    x = np.ones(large)
    flops = 2 * small**3 / _best(lambda: a @ a)
    rate = b.nbytes / _best(lambda: b @ x)
    pools = [p for p in threadpool_info() if p["user_api"] == "blas"]
    return Machine(
        processor=platform.processor() or platform.machine(),
        cores=os.cpu_count() or 1,
        # NumPy and SciPy wheels bring one library each, and both are at work here.
        blas=_distinct(f"{p['internal_api']} {p['version']}" for p in pools),
        core_type=_distinct(str(p.get("architecture", "unknown")) for p in pools),
        threads=max((int(p["num_threads"]) for p in pools), default=1),
        numpy=np.__version__,
        scipy=scipy.__version__,
        flops_per_second=flops,
        bytes_per_second=rate,
    )


@dataclass(frozen=True)
class Timing:
    """Seconds and bytes of one phase."""

    median: float
    minimum: float
    repeats: int
    peak_bytes: int


@dataclass(frozen=True)
class Effort:
    """When to stop repeating: after so many seconds of runs, or so many repeats."""

    seconds: float
    repeats: int


def measure(setup: Callable[[], Any], run: Callable[[Any], object], effort: Effort) -> Timing:
    """Time `run` on a fresh `setup` each, and trace the memory of one more pass.

    There are never fewer than two passes. Memory is that of arrays allocated during `run`, above
    what `setup` holds; it is traced apart because tracing costs time. Workspace that NumPy takes
    from malloc inside ``np.linalg`` escapes the trace, so the inverse is shown lighter than it is.
    """
    times: list[float] = []
    while len(times) < 2 or (len(times) < effort.repeats and sum(times) < effort.seconds):
        state = setup()
        start = time.perf_counter()
        run(state)
        times.append(time.perf_counter() - start)
    state = setup()
    tracemalloc.start()
    run(state)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Timing(median(times), min(times), len(times), peak)
