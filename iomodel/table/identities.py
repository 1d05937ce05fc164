"""The accounting identities of a table, each with its worst cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from iomodel.errors import TableError
from iomodel.typing import Float

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.table.mrio import MRIOTable

__all__ = ["CheckReport", "Identity", "check_table"]


# An industry's error is measured against its own output, but never against less than this share
# of the largest one: below it, float64 cannot resolve the sums that the identity compares.
SMALLEST_SCALE = 1e-12


@dataclass(frozen=True)
class Identity:
    """One identity: how far it is from closing, and where.

    Attributes
    ----------
    name : str
        What must hold.
    worst : float
        Largest violation, relative to the industry's output where that makes sense.
    where : str
        Label of the worst cell; empty where nothing is violated.
    holds : bool
        Whether `worst` is within tolerance.
    severity : {"error", "loss"}
        ``"loss"`` marks an industry whose inputs exceed its output: legal in some databases,
        refused by default.
    advice : str
        What to do about it.
    """

    name: str
    worst: float
    where: str
    holds: bool
    severity: Literal["error", "loss"]
    advice: str


@dataclass(frozen=True)
class CheckReport:
    """All identities of one table.

    Attributes
    ----------
    identities : tuple of Identity
    tolerance : float
        Largest relative error that counted as closed.
    """

    identities: tuple[Identity, ...]
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether every identity holds."""
        return all(identity.holds for identity in self.identities)

    def __bool__(self) -> bool:
        """Whether every identity holds."""
        return self.ok

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row per identity: worst relative error, where, holds."""
        import pandas as pd

        rows = [(i.name, i.worst, i.where, i.holds) for i in self.identities]
        return pd.DataFrame(rows, columns=["identity", "worst", "where", "holds"])

    def __str__(self) -> str:
        lines = [
            f"{'ok  ' if i.holds else 'FAIL'}  {i.name:<52} {i.worst:9.2e}  {i.where}"
            for i in self.identities
        ]
        return "\n".join(lines)

    def raise_if_broken(self, table: str, *, accept_losses: bool = False) -> None:
        """Raise for the first identity that does not hold.

        Parameters
        ----------
        table : str
            Name of the table, for the message.
        accept_losses : bool
            Whether an industry may spend more on inputs than its output is worth.

        Raises
        ------
        TableError
            Says which identity, by how much, in which cell, and what to do.
        """
        for identity in self.identities:
            if identity.holds or (accept_losses and identity.severity == "loss"):
                continue
            raise TableError(
                f"table {table!r}: {identity.name} fails at {identity.where} "
                f"({identity.worst:.3g}, tolerance {self.tolerance:.1g}); {identity.advice}"
            )


def check_table(table: MRIOTable, tolerance: float) -> CheckReport:
    """Check every identity in two passes over `Z`.

    Parameters
    ----------
    table : MRIOTable
        Table with n industries.
    tolerance : float
        Largest relative error that counts as closed.

    Returns
    -------
    CheckReport
        Finite cells, non-negative output, row and column identities, no inputs without output,
        column sums of A at most one, GDP by value added equal to GDP by expenditure, tariffs.
    """
    sellers = [f"{r}/{s}" for r in table.regions for s in table.sectors]
    x, rows, columns = table.x1, table.Z2.sum(axis=1), table.Z2.sum(axis=0)
    final, primary = table.Y2.sum(axis=1), table.V2.sum(axis=0)
    found = [_finite(table, sellers, rows, final)]
    if not found[0].holds:
        return CheckReport(tuple(found), tolerance)
    largest = float(x.max(initial=0.0))
    scale = np.maximum(np.abs(x), SMALLEST_SCALE * largest + np.finfo(float).tiny)

    def identity(
        name: str,
        error: Float,
        advice: str,
        severity: Literal["error", "loss"] = "error",
        labels: Sequence[str] = sellers,
    ) -> None:
        where = int(np.argmax(error))
        worst = float(error[where])
        holds = worst <= tolerance
        found.append(Identity(name, worst, labels[where] if worst else "", holds, severity, advice))

    identity("output is not negative", np.maximum(-x, 0) / scale, "correct the output of the cell")
    identity(
        "row: intermediate + final sales = output",
        np.abs(rows + final - x) / scale,
        "correct the row, leave x out to take it from the row sums, or balance the table",
    )
    identity(
        "column: intermediate + primary inputs = output",
        np.abs(columns + primary - x) / scale,
        "correct the column, leave V out to take it as the residual, or balance the table",
    )
    idle = x <= 0
    identity(
        "an industry without output has no inputs",
        np.where(idle, np.abs(columns) / max(largest, np.finfo(float).tiny), 0.0),
        "set its inputs to zero",
    )
    identity(
        "column sum of A is at most one",
        np.maximum(np.divide(columns, x, out=np.zeros_like(x), where=~idle) - 1, 0),
        "its inputs cost more than its output; correct it or pass negative_value_added='accept'",
        "loss",
    )
    total = max(float(np.abs(primary).sum()), np.finfo(float).tiny)
    identity(
        "primary inputs = final demand (world)",
        np.array([abs(float(primary.sum() - final.sum())) / total]),
        "correct V or Y",
        labels=["world"],
    )
    if "tariff" in table:
        rates = table.tariff.values.reshape(-1)
        flows = [f"{seller} -> {user}" for seller in sellers for user in table.regions]
        bad = np.where(np.isfinite(rates), np.maximum(-1 - rates, 0), np.inf)
        identity("tariffs are finite and above -100%", bad, "correct the rate", labels=flows)
    return CheckReport(tuple(found), tolerance)


def _finite(table: MRIOTable, sellers: Sequence[str], rows: Float, final: Float) -> Identity:
    """Find the first cell that is not finite; sums are enough to know that there is none."""
    sums = np.concatenate([rows, final, table.V2.sum(axis=1), table.x1])
    where = "" if np.isfinite(sums).all() else _first_not_finite(table, sellers)
    return Identity(
        name="every cell is finite",
        worst=float("inf") if where else 0.0,
        where=where,
        holds=not where,
        severity="error",
        advice="replace NaN and infinite cells",
    )


def _first_not_finite(table: MRIOTable, sellers: Sequence[str]) -> str:
    users = [f"{r}/{u}" for r in table.regions for u in table.final_uses]
    inputs = [str(p) for p in table.V["primary_input"].values]
    views: tuple[tuple[str, Float, Sequence[str], Sequence[str]], ...] = (
        ("Z", table.Z2, sellers, sellers),
        ("Y", table.Y2, sellers, users),
        ("V", table.V2, inputs, sellers),
        ("x", table.x1[:, None], sellers, ["output"]),
    )
    for name, cells, row_labels, column_labels in views:
        bad = np.argwhere(~np.isfinite(cells))
        if bad.size:
            i, j = bad[0]
            return f"{name}[{row_labels[i]}, {column_labels[j]}]"
    return "a sum that overflows"
