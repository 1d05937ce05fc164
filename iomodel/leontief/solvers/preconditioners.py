"""What GMRES takes as near to the inverse: national blocks, or the factors of a technology nearby.

The factors of a baseline are the better of the two where a scenario changes many cells a little:
(I - A - dA)(I - A)^-1 = I - dA (I - A)^-1 is near to the identity where the change is small,
however ill-conditioned the technology itself may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from iomodel.leontief.solvers.dense_lu import DenseLU
from iomodel.typing import AnyFloat

__all__ = ["BaselineFactors", "Preconditioner"]


class Preconditioner(Protocol):
    """Something near to (I - A)^-1."""

    def apply(self, x: AnyFloat, *, transposed: bool = False) -> AnyFloat:
        """Return it, or its transpose, times each row of x, shape (k, n), in the precision of x."""
        ...


@dataclass(frozen=True, eq=False)
class BaselineFactors:
    """The factors of I - A for another technology A.

    Attributes
    ----------
    factors : DenseLU
        In either precision.
    """

    factors: DenseLU

    def apply(self, x: AnyFloat, *, transposed: bool = False) -> AnyFloat:
        """Return the inverse, or its transpose, times each row of x."""
        answer: AnyFloat = self.factors.solve(x.T, transposed=transposed).T
        return answer.astype(x.dtype, copy=False)
