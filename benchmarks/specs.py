"""The named specs: what is timed, on which problems, and what the machine would allow at best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from benchmarks.synthetic import Float, final_demand, technology
from iomodel.leontief import LeontiefSystem, LowRankUpdate
from iomodel.table.catalogue import load
from iomodel.table.mrio import MRIOTable

WORLD = "world-2022"
# Regions x sectors after WIOD 2016 (n = 2,464), and half-way to EXIOBASE (n = 4,900).
FULL = (WORLD, "44x56", "49x100")
SMOKE = ("5x12",)
CUT_ROWS = 10


@dataclass(frozen=True)
class Problem:
    """One technology that specs share: the embedded table, or ``"RxS"`` synthetic."""

    key: str

    @cached_property
    def table(self) -> MRIOTable:
        """The embedded table."""
        return load(self.key)

    @cached_property
    def A(self) -> Float:
        """Input coefficients, shape (n, n)."""
        if self.key == WORLD:
            return self.table.A2
        regions, sectors = (int(part) for part in self.key.split("x"))
        return technology(regions, sectors)

    @property
    def n(self) -> int:
        """Number of industries."""
        return int(self.A.shape[0])

    def f(self, columns: int) -> Float:
        """Right-hand sides, shape (n,) or (n, columns)."""
        demand = final_demand(self.n, columns)
        return demand[:, 0] if columns == 1 else demand

    def system(self, factorized: bool = False) -> LeontiefSystem:
        """Return a new system, so that no pass profits from the one before."""
        system = LeontiefSystem.from_coefficients(self.A)
        return system if not factorized else _factorize(system)


@dataclass(frozen=True)
class Spec:
    """One thing to time.

    Attributes
    ----------
    name : str
        Unique.
    setup : callable
        Takes a Problem, returns the state of one pass; not timed.
    run : callable
        Takes that state; timed.
    flops, bytes : callable
        Operations and memory traffic that no implementation could do without, from n.
    problems, smoke_problems : tuple of str
        Keys of problems, in full and in smoke runs.
    against_inverse : bool
        Whether a ratio to ``np.linalg.inv(I - A)`` on the same problem says anything.
    """

    name: str
    setup: Callable[[Problem], Any]
    run: Callable[[Any], object]
    flops: Callable[[int], float]
    bytes: Callable[[int], float]
    problems: tuple[str, ...] = FULL
    smoke_problems: tuple[str, ...] = SMOKE
    against_inverse: bool = True


def _factorize(system: LeontiefSystem) -> LeontiefSystem:
    _ = system.factors
    return system


def numpy_inverse(A: Float) -> Float:
    """The route of every other tool: a dense inverse."""
    return np.linalg.inv(np.eye(A.shape[0]) - A).astype(np.float64, copy=False)


def _cut(state: tuple[LeontiefSystem, Float]) -> Float:
    system, f = state
    rows = np.arange(CUT_ROWS)
    return LowRankUpdate.from_rows(system, rows, -0.5 * system.A[rows]).solve(f)


def _solve_spec(name: str, columns: int, run: Callable[[Any], object]) -> Spec:
    # Read the factors once and A once for the check; each is a product per column.
    return Spec(
        name,
        setup=lambda p: (p.system(factorized=True), p.f(columns)),
        run=run,
        flops=lambda n: 4.0 * n**2 * columns,
        bytes=lambda n: 16.0 * n**2,
    )


SPECS: tuple[Spec, ...] = (
    Spec(
        "load",
        setup=lambda p: p.key,
        run=load,
        flops=lambda n: 0.0,
        bytes=lambda n: 8.0 * n**2,
        problems=(WORLD,),
        smoke_problems=(WORLD,),
        against_inverse=False,
    ),
    Spec(
        "check table",
        setup=lambda p: p.table,
        run=lambda table: table.check(),
        flops=lambda n: 0.0,
        bytes=lambda n: 8.0 * n**2,
        problems=(WORLD,),
        smoke_problems=(WORLD,),
        against_inverse=False,
    ),
    Spec(
        "check productive",
        setup=lambda p: p.A,
        run=LeontiefSystem.from_coefficients,
        flops=lambda n: 0.0,
        bytes=lambda n: 8.0 * n**2,
    ),
    Spec(
        "numpy inverse",
        setup=lambda p: p.A,
        run=numpy_inverse,
        flops=lambda n: 2.0 * n**3,
        bytes=lambda n: 16.0 * n**2,
    ),
    Spec(
        "inverse",
        setup=lambda p: p.system(),
        run=lambda system: system.inverse(),
        flops=lambda n: 2.0 * n**3,
        bytes=lambda n: 16.0 * n**2,
    ),
    Spec(
        "factorize",
        setup=lambda p: p.system(),
        run=_factorize,
        flops=lambda n: 2 / 3 * n**3,
        bytes=lambda n: 16.0 * n**2,
    ),
    Spec(
        "first answer",
        setup=lambda p: (p.A, p.f(1)),
        run=lambda s: LeontiefSystem.from_coefficients(s[0]).solve(s[1]),
        flops=lambda n: 2 / 3 * n**3,
        bytes=lambda n: 16.0 * n**2,
    ),
    _solve_spec("solve 1", 1, lambda s: s[0].solve(s[1])),
    _solve_spec("solve 100", 100, lambda s: s[0].solve(s[1])),
    _solve_spec("prices 1", 1, lambda s: s[0].solve_prices(s[1])),
    Spec(
        f"cut {CUT_ROWS} rows",
        setup=lambda p: (p.system(factorized=True), p.f(1)),
        run=_cut,
        # The rows' columns of the inverse with their check, and one solve with its check.
        flops=lambda n: 4.0 * n**2 * (CUT_ROWS + 1),
        bytes=lambda n: 32.0 * n**2,
    ),
)
