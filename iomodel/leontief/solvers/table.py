"""The solvers of one technology, by the method of a plan."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Literal

import numpy as np

from iomodel.leontief.forms.choice import operator_of
from iomodel.leontief.forms.operators import Operator
from iomodel.leontief.solvers.dense_lu import NO_ROWS, DenseLU, identity_minus
from iomodel.leontief.solvers.direct import Direct
from iomodel.leontief.solvers.interface import LinearSolver
from iomodel.leontief.solvers.iterative import Iterative
from iomodel.leontief.solvers.mixed import Mixed
from iomodel.leontief.solvers.preconditioners import Preconditioner, national_blocks
from iomodel.leontief.technology import Technology
from iomodel.typing import Float, Index

__all__ = ["SolverTable"]


class TableLock:
    """Lock that may be taken again by its thread; a copy and a pickle of it is a new one."""

    def __init__(self) -> None:
        self._lock = RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_error: object) -> None:
        self._lock.release()

    def __reduce__(self) -> tuple[type[TableLock], tuple[()]]:
        return TableLock, ()


class SolverTable:
    """Solvers of one technology over factors that are made at first use and kept.

    All state that solving a technology adds to it is here and nowhere else, under one lock: threads
    may share a table, and the second one that asks for factors waits for those of the first. The
    solvers themselves hold no state and work without the lock.

    Parameters
    ----------
    technology : Technology
        Checked coefficients.
    method : str
        Method of the system; decides the form of A for products.

    Attributes
    ----------
    double, single : DenseLU or None
        Factors of I - A in float64 and float32.
    operator : Operator or None
        Form of A for products.
    preconditioner : Preconditioner or None
        Approximate inverse for iteration. Default: the national blocks.
    iterated : int
        Right-hand sides that iteration has answered.
    """

    def __init__(self, technology: Technology, method: str) -> None:
        self.technology, self.method = technology, method
        self.double: DenseLU | None = None
        self.single: DenseLU | None = None
        self.operator: Operator | None = None
        if not isinstance(technology.coefficients, np.ndarray):
            self.operator = technology.coefficients
        self.preconditioner: Preconditioner | None = None
        self.iterated = 0
        self._lock = TableLock()

    def solver(self, method: str) -> LinearSolver:
        """Return the solver of a method: ``"lu"``, ``"mixed"``, or a kind of iteration."""
        build: dict[str, Callable[[], LinearSolver]] = {"lu": self.direct, "mixed": self.mixed}
        return build.get(method, self.iterative)()

    @property
    def factorized(self) -> Literal["lu", "mixed", ""]:
        """Method with factors at hand, or an empty string."""
        with self._lock:
            if self.double is not None:
                return "lu"
            return "mixed" if self.single is not None else ""

    # ------------------------------------------------------------------ solvers
    def direct(self) -> Direct:
        """Return the solver by factors in double precision."""
        return Direct(self.technology, self.double_factors())

    def mixed(self) -> Mixed:
        """Return the solver by factors in single precision."""
        return Mixed(self.single_factors(), self.form(), self.technology.coefficient_norms)

    def iterative(self) -> Iterative:
        """Return the solver by products."""
        technology, operator = self.technology, self.form()
        with self._lock:
            if self.preconditioner is None:
                self.preconditioner = national_blocks(operator, technology.industries.shape[1])
            preconditioner = self.preconditioner
        return Iterative(
            operator,
            technology.row_sums,
            technology.column_sums,
            technology.coefficient_norms,
            preconditioner,
            method=operator.kind,
        )

    # ------------------------------------------------------------------ factors and form
    def double_factors(self, last: Index = NO_ROWS) -> DenseLU:
        """Return the factors in float64; rows `last` are eliminated last if they are made now."""
        with self._lock:
            if self.double is None:
                self.double = DenseLU.overwrite(identity_minus(self.technology.A), last=last)
            return self.double

    def single_factors(self) -> DenseLU:
        """Return the factors in float32."""
        with self._lock:
            if self.single is None:
                self.single = DenseLU.overwrite(identity_minus(self.technology.A, np.float32))
            return self.single

    def cheapest_factors(self) -> DenseLU:
        """Return the factors in float32 if they exist, else those in float64."""
        with self._lock:
            return self.double_factors() if self.single is None else self.single

    def form(self) -> Operator:
        """Return the form of A for products."""
        technology = self.technology
        with self._lock:
            if self.operator is None:
                self.operator = operator_of(technology.A, technology.industries.shape, self.method)
            return self.operator

    def count_iterated(self, columns: int) -> None:
        """Add right-hand sides that iteration has answered."""
        with self._lock:
            self.iterated += columns

    def discard(self, method: str) -> None:
        """Forget the factors of a method that has failed."""
        with self._lock:
            if method == "mixed":
                self.single = None

    def inverse(self) -> Float:
        """Return the Leontief inverse, unchecked; factors that exist serve and stay."""
        inverse: Float
        double = self.double
        if double is not None:
            inverse = double.inverse()
        else:
            inverse = DenseLU.overwrite(identity_minus(self.technology.A)).into_inverse()
        return inverse
