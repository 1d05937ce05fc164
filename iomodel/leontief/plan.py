"""The policy: choice of the solver, with its reason, precision and memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from iomodel._threads import blas_threads
from iomodel.errors import unknown_label
from iomodel.leontief.forms.operators import Operator

__all__ = [
    "FACTORIZING",
    "SMALL",
    "Method",
    "Plan",
    "checked_method",
    "dense_plan",
    "methods_in_turn",
    "operator_plan",
]

Method = Literal["auto", "krylov", "mixed", "lu", "sparse", "structured"]

# Methods that factorize I - A; all others iterate.
FACTORIZING = ("lu", "mixed")

# Below this a factorization takes some milliseconds, and every later question next to nothing.
SMALL = 1000
# Krylov costs some 14 products in single and 3 in double precision for each column, a
# single-precision factorization n^3 2/3 operations and then two solves and three products a column:
# equal at about this share of n (measured on 2 and 16 cores).
COLUMNS_PER_INDUSTRY = 1 / 40
# Refinement repeats the solves and products of every column: beyond this share the second half of
# the work that a double-precision factorization takes is the cheaper price.
COLUMNS_FOR_DOUBLE = 1 / 10


@dataclass(frozen=True)
class Plan:
    """How a system will solve the next question.

    Attributes
    ----------
    method : str
        Name of the solver.
    reason : str
        Reason of the choice.
    precision : str
        Precision of the work.
    memory : int
        Bytes beside the coefficients, approximately.
    """

    method: str
    reason: str
    precision: str
    memory: int

    @property
    def threads(self) -> int:
        """BLAS threads now; see :func:`iomodel._threads.blas_threads`."""
        return blas_threads()

    def __str__(self) -> str:
        return (
            f"{self.method}: {self.reason}; {self.precision}; "
            f"about {self.memory / 1e6:,.0f} MB beside the coefficients; "
            f"{self.threads} BLAS {'thread' if self.threads == 1 else 'threads'}"
        )


def checked_method(method: str) -> Method:
    """Return the method, or refuse an unknown one.

    Raises
    ------
    LabelError
        Listing the valid methods.
    """
    for valid in get_args(Method):
        if method == valid:
            checked: Method = valid
            return checked
    raise unknown_label("solver method", method, get_args(Method))


def operator_plan(operator: Operator, columns: int) -> Plan:
    """Return the plan of coefficients that are known by their products."""
    memory = operator.extra_bytes + 100 * operator.n * min(columns, 128)
    return Plan(operator.kind, operator.how, "float32 products, float64 residuals", memory)


def methods_in_turn(planned: str, requested: str, factorizable: bool) -> tuple[str, ...]:
    """Return the method of a plan and, under ``"auto"``, the one after it should it fail.

    A technology may be too ill-conditioned for iteration and for factors in single precision.
    """
    if requested != "auto" or not factorizable or planned == "lu":
        return (planned,)
    return (planned, "lu")


def describe(method: str, reason: str, n: int, columns: int = 1) -> Plan:
    """Return the plan of a method on a dense array of n industries."""
    if method == "krylov":
        memory = 4 * n**2 + 100 * n * min(columns, 128)
        return Plan(method, reason, "float32 products, float64 residuals", memory)
    if method == "mixed":
        return Plan(method, reason, "float32 factors, float64 residuals", 4 * n**2)
    return Plan(method, reason, "float64", 8 * n**2)


def dense_plan(n: int, columns: int, iterated: int, method: str, at_hand: str) -> Plan:
    """Choose the solver for coefficients in one array.

    Parameters
    ----------
    n : int
        Number of industries.
    columns : int
        Right-hand sides of this question.
    iterated : int
        Right-hand sides solved by iteration so far.
    method : str
        Method of the system: ``"auto"``, or the one asked for.
    at_hand : str
        ``"lu"`` or ``"mixed"`` if such factors exist, else empty.

    Returns
    -------
    Plan
    """
    if method in ("sparse", "structured"):
        return describe("krylov", "asked for", n, columns)
    if method != "auto":
        return describe(method, "asked for", n, columns)
    if at_hand:
        return describe(at_hand, "the factors are at hand", n, columns)
    if n <= SMALL:
        return describe("lu", f"{n:,} industries are factorized in no time", n, columns)
    if columns >= n * COLUMNS_FOR_DOUBLE:
        reason = f"{columns:,} right-hand sides of {n:,} industries cost more to refine than to"
        return describe("lu", f"{reason} factorize in float64", n, columns)
    worth_factors = n * COLUMNS_PER_INDUSTRY
    if columns >= worth_factors:
        reason = f"{columns:,} right-hand sides are worth a factorization of {n:,} industries"
        return describe("mixed", reason, n, columns)
    if iterated + columns >= worth_factors:
        reason = f"with {iterated:,} answers given before, a factorization has paid for itself"
        return describe("mixed", reason, n, columns)
    question = "one right-hand side" if columns == 1 else f"{columns:,} right-hand sides"
    reason = f"{question} of {n:,} industries: a dozen products instead of a factorization"
    return describe("krylov", reason, n, columns)
