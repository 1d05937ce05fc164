"""The solvers of one technology, by the method of a plan."""

from __future__ import annotations

from collections.abc import Callable
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


class SolverTable:
    """Solvers of one technology over factors that are made at first use and kept.

    All state that solving a technology adds to it is here and nowhere else, so that one lock could
    guard it. The solvers themselves hold none.

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

    def solver(self, method: str) -> LinearSolver:
        """Return the solver of a method: ``"lu"``, ``"mixed"``, or a kind of iteration."""
        build: dict[str, Callable[[], LinearSolver]] = {"lu": self.direct, "mixed": self.mixed}
        return build.get(method, self.iterative)()

    @property
    def factorized(self) -> Literal["lu", "mixed", ""]:
        """Method with factors at hand, or an empty string."""
        if self.double is not None:
            return "lu"
        return "mixed" if self.single is not None else ""

    # ------------------------------------------------------------------ solvers
    def direct(self) -> Direct:
        """Return the solver by factors in double precision."""
        return Direct(self.technology, self.double_factors())

    def mixed(self) -> Mixed:
        """Return the solver by factors in single precision."""
        return Mixed(self.single_factors(), self.form(), self.technology.norms)

    def iterative(self) -> Iterative:
        """Return the solver by products."""
        technology, operator = self.technology, self.form()
        if self.preconditioner is None:
            self.preconditioner = national_blocks(operator, technology.industries.shape[1])
        return Iterative(
            operator,
            technology.row_sums,
            technology.column_sums,
            technology.norms,
            self.preconditioner,
            method=operator.kind,
        )

    # ------------------------------------------------------------------ factors and form
    def double_factors(self, last: Index = NO_ROWS) -> DenseLU:
        """Return the factors in float64; rows `last` are eliminated last if they are made now."""
        if self.double is None:
            self.double = DenseLU.overwrite(identity_minus(self.technology.A), last=last)
        return self.double

    def single_factors(self) -> DenseLU:
        """Return the factors in float32."""
        if self.single is None:
            self.single = DenseLU.overwrite(identity_minus(self.technology.A, np.float32))
        return self.single

    def cheapest_factors(self) -> DenseLU:
        """Return the factors in float32 if they exist, else those in float64."""
        return self.double_factors() if self.single is None else self.single

    def form(self) -> Operator:
        """Return the form of A for products."""
        if self.operator is None:
            technology = self.technology
            self.operator = operator_of(technology.A, technology.industries.shape, self.method)
        return self.operator

    def discard(self, method: str) -> None:
        """Forget the factors of a method that has failed."""
        if method == "mixed":
            self.single = None

    def inverse(self) -> Float:
        """Return the Leontief inverse, unchecked; factors that exist serve and stay."""
        inverse: Float
        if self.double is not None:
            inverse = self.double.inverse()
        else:
            inverse = DenseLU.overwrite(identity_minus(self.technology.A)).into_inverse()
        return inverse
