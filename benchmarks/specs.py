"""The named specs: what is timed, on which problems, and what the machine would allow at best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy.linalg import lu_factor, lu_solve

from benchmarks.synthetic import final_demand, technology
from iomodel.leontief import LeontiefSystem, LowRankUpdate, Method, RowScenarios, SharedImports
from iomodel.table.catalogue import embedded, load
from iomodel.table.mrio import MRIOTable
from iomodel.table.storage.compact import read_factors
from iomodel.typing import Float

WORLD = "world-2022"
# Regions x sectors of WIOD 2016 (n = 2,464), EXIOBASE by industry and by product (7,987 and 9,800).
WIOD, INDUSTRIES, PRODUCTS = "44x56", "49x163", "49x200"
LARGE = (INDUSTRIES, PRODUCTS)
USUAL = (WORLD, WIOD)
FULL = (*USUAL, *LARGE)
SMOKE = ("5x12",)
CUT_ROWS = 10
MANY_ROWS = 1000


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

    def system(self, method: Method = "auto") -> LeontiefSystem:
        """Return a new system, so that no pass profits from the one before."""
        if self.key == WORLD:
            system = LeontiefSystem(self.table, method=method)
        else:
            system = LeontiefSystem.from_coefficients(self.A, method=method)
        return system

    @cached_property
    def factorized(self) -> LeontiefSystem:
        """A system with its factors, made once: for specs that only read them."""
        return _factorize(self.system())

    @cached_property
    def shared(self) -> SharedImports:
        """The embedded table as shares of origins and national needs."""
        return SharedImports.from_factors(read_factors(embedded(self.key))[0])


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
    problems : tuple of str
        Keys of the problems of a full run; a usual run takes those of them that are not large, a
        smoke run a small one in place of each synthetic one.
    repeats : int
        Passes at most, for specs that would take minutes.
    against_inverse : bool
        Whether a ratio to ``np.linalg.inv(I - A)`` on the same problem says anything.
    """

    name: str
    setup: Callable[[Problem], Any]
    run: Callable[[Any], object]
    flops: Callable[[int], float]
    bytes: Callable[[int], float]
    problems: tuple[str, ...] = FULL
    against_inverse: bool = True
    repeats: int = 20

    def at(self, level: str) -> tuple[str, ...]:
        """Return the problems of a level: smoke, usual or full."""
        if level == "full":
            return self.problems
        if level == "usual":
            return tuple(key for key in self.problems if key in USUAL)
        if self.problems == (WORLD,):
            return self.problems
        return SMOKE


def _factorize(system: LeontiefSystem) -> LeontiefSystem:
    _ = system.factors
    return system


def numpy_inverse(state: tuple[Float, Float]) -> Float:
    """The route of every other tool: a dense inverse, and a product with it."""
    A, f = state
    inverse = np.linalg.inv(np.eye(A.shape[0]) - A).astype(np.float64, copy=False)
    answer: Float = inverse @ f
    return answer


def _scipy_lu(state: tuple[Float, Float]) -> object:
    A, f = state
    return lu_solve(lu_factor(np.eye(A.shape[0]) - A), f)


def _pymrio(state: tuple[Float, Float]) -> object:
    import pymrio  # type: ignore[import-not-found,import-untyped,unused-ignore]

    A, f = state
    return pymrio.calc_L(A) @ f


def _warm(system: LeontiefSystem) -> LeontiefSystem:
    system.solve(np.ones(system.n))
    return system


def _loop(state: tuple[LeontiefSystem, Float]) -> None:
    system, f = state
    for column in f.T:
        system.solve(column)


def _many_cuts(state: tuple[LeontiefSystem, Float]) -> Float:
    system, f = state
    rows = np.linspace(0, system.n - 1, min(MANY_ROWS, system.n)).astype(int)
    answer: Float = RowScenarios(system, rows, 0.5).solve(f)
    return answer


def _aggregate(table: MRIOTable) -> object:
    half = {f"group {k}": table.regions[k::2] for k in range(2)}
    return table.aggregate(regions=half)


def _cut(state: tuple[LeontiefSystem, Float]) -> Float:
    system, f = state
    rows = np.arange(CUT_ROWS)
    return LowRankUpdate.from_rows(system, rows, -0.5 * system.A[rows]).solve(f)


def _solve_spec(name: str, columns: int, run: Callable[[Any], object]) -> Spec:
    # Read the factors once and A once for the check; each is a product per column.
    return Spec(
        name,
        setup=lambda p: (p.factorized, p.f(columns)),
        run=run,
        flops=lambda n: 4.0 * n**2 * columns,
        bytes=lambda n: 16.0 * n**2,
    )


def _answer_spec(columns: int) -> Spec:
    # A system that has answered nothing yet: copies and factors are part of the time.
    return Spec(
        f"answer {columns:,}",
        setup=lambda p: (p.system(), p.f(columns)),
        run=lambda s: s[0].solve(s[1]),
        flops=lambda n: 2.0 * n**2 * columns,
        bytes=lambda n: 8.0 * n**2,
        repeats=20 if columns < 100 else 5,
    )


SPECS: tuple[Spec, ...] = (
    Spec(
        "load",
        setup=lambda p: p.key,
        run=load,
        flops=lambda n: 0.0,
        bytes=lambda n: 8.0 * n**2,
        problems=(WORLD,),
        against_inverse=False,
    ),
    Spec(
        "check table",
        setup=lambda p: p.table,
        run=lambda table: table.check(),
        flops=lambda n: 0.0,
        bytes=lambda n: 8.0 * n**2,
        problems=(WORLD,),
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
        "aggregate",
        setup=lambda p: p.table,
        run=_aggregate,
        flops=lambda n: 0.0,
        bytes=lambda n: 8.0 * n**2,
        problems=(WORLD,),
        against_inverse=False,
    ),
    Spec(
        "dense product",
        setup=lambda p: (p.A, p.f(1)),
        run=lambda s: s[0] @ s[1],
        flops=lambda n: 2.0 * n**2,
        bytes=lambda n: 8.0 * n**2,
        problems=(WORLD,),
        against_inverse=False,
    ),
    Spec(
        "structured product",
        setup=lambda p: (p.shared, p.f(1)[None]),
        run=lambda s: s[0].times(s[1]),
        flops=lambda n: 2.0 * n * (37 + 81),
        bytes=lambda n: 8.0 * n * (37 + 81),
        problems=(WORLD,),
        against_inverse=False,
    ),
    Spec(
        "numpy inverse",
        setup=lambda p: (p.A, p.f(1)),
        run=numpy_inverse,
        flops=lambda n: 2.0 * n**3,
        bytes=lambda n: 16.0 * n**2,
        repeats=3,
    ),
    Spec(
        "scipy LU",
        setup=lambda p: (p.A, p.f(1)),
        run=_scipy_lu,
        flops=lambda n: 2 / 3 * n**3,
        bytes=lambda n: 16.0 * n**2,
        repeats=3,
    ),
    *(
        [
            Spec(
                "pymrio",
                setup=lambda p: (p.A, p.f(1)),
                run=_pymrio,
                flops=lambda n: 2.0 * n**3,
                bytes=lambda n: 16.0 * n**2,
                problems=(WIOD, *LARGE),
                repeats=3,
            )
        ]
        if find_spec("pymrio")
        else []
    ),
    Spec(
        "inverse",
        setup=lambda p: p.system(),
        run=lambda system: system.inverse(),
        flops=lambda n: 2.0 * n**3,
        bytes=lambda n: 16.0 * n**2,
        repeats=3,
    ),
    Spec(
        "factorize",
        setup=lambda p: p.system(),
        run=_factorize,
        flops=lambda n: 2 / 3 * n**3,
        bytes=lambda n: 16.0 * n**2,
        repeats=5,
    ),
    Spec(
        "first answer",
        setup=lambda p: (p, p.A, p.f(1)),
        # Checks of the coefficients and of productivity are part of the time.
        run=lambda s: s[0].system().solve(s[2]),
        flops=lambda n: 2.0 * n**2,
        bytes=lambda n: 8.0 * n**2,
    ),
    *(_answer_spec(columns) for columns in (1, 10, 100, 1000)),
    Spec(
        "block of 100",
        setup=lambda p: (_warm(p.system(method="krylov")), p.f(100)),
        run=lambda s: s[0].solve(s[1]),
        flops=lambda n: 200.0 * n**2,
        bytes=lambda n: 8.0 * n**2,
        problems=(WIOD, *LARGE),
        repeats=5,
    ),
    Spec(
        "loop over 100",
        setup=lambda p: (_warm(p.system(method="krylov")), p.f(100)),
        run=_loop,
        flops=lambda n: 200.0 * n**2,
        bytes=lambda n: 800.0 * n**2,
        problems=(WIOD, *LARGE),
        repeats=3,
    ),
    _solve_spec("solve 1", 1, lambda s: s[0].solve(s[1])),
    _solve_spec("solve 100", 100, lambda s: s[0].solve(s[1])),
    _solve_spec("prices 1", 1, lambda s: s[0].solve_prices(s[1])),
    Spec(
        f"cut {CUT_ROWS} rows",
        setup=lambda p: (p.factorized, p.f(1)),
        run=_cut,
        # The rows' columns of the inverse with their check, and one solve with its check.
        flops=lambda n: 4.0 * n**2 * (CUT_ROWS + 1),
        bytes=lambda n: 32.0 * n**2,
    ),
    Spec(
        f"{MANY_ROWS:,} row cuts",
        setup=lambda p: (p.factorized, p.f(1)),
        run=_many_cuts,
        # Of the first triangular solve a third, as the rows are spread over all industries.
        flops=lambda n: 4 / 3 * n**2 * min(MANY_ROWS, n),
        bytes=lambda n: 32.0 * n**2,
        repeats=5,
    ),
    Spec(
        f"factorize and {MANY_ROWS:,} row cuts",
        setup=lambda p: (p.system(), p.f(1)),
        run=_many_cuts,
        # Of the first triangular solve next to nothing, as these rows are eliminated last.
        flops=lambda n: 2 / 3 * n**3 + 1.0 * n**2 * min(MANY_ROWS, n),
        bytes=lambda n: 32.0 * n**2,
        repeats=5,
    ),
)
