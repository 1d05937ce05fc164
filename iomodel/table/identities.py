"""The accounting identities of a table, each with its worst cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from iomodel.errors import TableError
from iomodel.typing import Float

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["CheckReport", "Identity", "check_dataset"]


Severity = Literal["error", "loss"]

# An industry's error is measured against its own output, but never against less than this share
# of the largest one: below it, float64 cannot resolve the sums that the identity compares.
SMALLEST_SCALE = 1e-12


@dataclass(frozen=True)
class Identity:
    """Largest violation of one accounting identity, and its cell.

    Attributes
    ----------
    name : str
        The identity in words.
    worst : float
        Largest violation, relative to the industry's output where that makes sense.
    where : str
        Label of the worst cell; empty where nothing is violated.
    holds : bool
        Whether `worst` is within tolerance.
    severity : {"error", "loss"}
        ``"loss"`` marks an industry with inputs above its output: legal in some databases,
        refused by default.
    advice : str
        How to mend the table.
    """

    name: str
    worst: float
    where: str
    holds: bool
    severity: Severity
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
        """One row per identity: worst relative error, where, holds."""
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
        """Raise TableError for the first identity that does not hold.

        Parameters
        ----------
        table : str
            Name of the table, for the message.
        accept_losses : bool
            Whether the inputs of an industry may cost more than its output.

        Raises
        ------
        TableError
            Names the identity, its error, its cell and a remedy.
        """
        for identity in self.identities:
            if identity.holds or (accept_losses and identity.severity == "loss"):
                continue
            raise TableError(
                f"table {table!r}: {identity.name} fails at {identity.where} "
                f"({identity.worst:.3g}, tolerance {self.tolerance:.1g}); {identity.advice}"
            )


# A cell or a sum that overflows is no matter for a warning: it fails a comparison below.
@np.errstate(over="ignore", invalid="ignore")
def check_dataset(dataset: xr.Dataset, tolerance: float) -> CheckReport:
    """Check every identity in two passes over `Z`.

    Parameters
    ----------
    dataset : xarray.Dataset
        Arrays of a table with n industries.
    tolerance : float
        Largest relative error that counts as closed.

    Returns
    -------
    CheckReport
        Finite cells, non-negative output, row and column identities, no inputs without output,
        column sums of A at most one, GDP by value added equal to GDP by expenditure, tariffs.
    """
    flows = _Flows.of(dataset)
    finite = _finite(flows)
    if not finite.holds:
        return CheckReport((finite,), tolerance)
    identities = [
        finite,
        *(
            _identity(name, error, labels, tolerance, advice, severity)
            for name, error, labels, advice, severity in _errors(flows)
        ),
    ]
    if "tariff" in dataset:
        rates = dataset["tariff"].values.reshape(-1)
        labels = [f"{seller} -> {user}" for seller in flows.sellers for user in flows.regions]
        error = np.where(np.isfinite(rates), np.maximum(-1 - rates, 0), np.inf)
        name = "tariffs are finite and above -100%"
        identities.append(_identity(name, error, labels, tolerance, "correct the rate"))
    return CheckReport(tuple(identities), tolerance)


# ---------------------------------------------------------------------- helpers
@dataclass(frozen=True)
class _Flows:
    """Two-dimensional views of a table, their sums, and the labels of rows and columns."""

    Z: Float
    Y: Float
    V: Float
    x: Float
    sold: Float
    bought: Float
    final: Float
    primary: Float
    regions: list[str]
    sellers: list[str]
    users: list[str]
    inputs: list[str]

    @classmethod
    def of(cls, dataset: xr.Dataset) -> _Flows:
        regions, sectors, final_uses, inputs = (
            [str(label) for label in dataset[dim].values]
            for dim in ("region", "sector", "final_use", "primary_input")
        )
        n = len(regions) * len(sectors)
        Z, Y = dataset["Z"].values.reshape(n, n), dataset["Y"].values.reshape(n, -1)
        V, x = dataset["V"].values.reshape(-1, n), dataset["x"].values.reshape(n)
        return cls(
            Z=Z,
            Y=Y,
            V=V,
            x=x,
            sold=Z.sum(axis=1),
            bought=Z.sum(axis=0),
            final=Y.sum(axis=1),
            primary=V.sum(axis=0),
            regions=regions,
            sellers=[f"{r}/{s}" for r in regions for s in sectors],
            users=[f"{r}/{u}" for r in regions for u in final_uses],
            inputs=inputs,
        )


def _errors(flows: _Flows) -> Iterator[tuple[str, Float, Sequence[str], str, Severity]]:
    """Yield name, error of every cell, labels of the cells, advice and severity."""
    x, bought, sellers = flows.x, flows.bought, flows.sellers
    largest = float(x.max(initial=0.0))
    tiny = np.finfo(float).tiny
    scale = np.maximum(np.abs(x), SMALLEST_SCALE * largest + tiny)
    idle = x <= 0
    yield (
        "output is not negative",
        np.maximum(-x, 0) / scale,
        sellers,
        "correct the output of the cell",
        "error",
    )
    yield (
        "row: intermediate + final sales = output",
        np.abs(flows.sold + flows.final - x) / scale,
        sellers,
        "correct the row, leave x out to take it from the row sums, or balance the table",
        "error",
    )
    yield (
        "column: intermediate + primary inputs = output",
        np.abs(bought + flows.primary - x) / scale,
        sellers,
        "correct the column, leave V out to take it as the residual, or balance the table",
        "error",
    )
    yield (
        "an industry without output has no inputs",
        np.where(idle, np.abs(bought) / max(largest, tiny), 0.0),
        sellers,
        "set its inputs to zero",
        "error",
    )
    yield (
        "column sum of A is at most one",
        np.maximum(np.divide(bought, x, out=np.zeros_like(x), where=~idle) - 1, 0),
        sellers,
        "its inputs cost more than its output; correct it or pass negative_value_added='accept'",
        "loss",
    )
    total = max(float(np.abs(flows.primary).sum()), tiny)
    yield (
        "primary inputs = final demand (world)",
        np.array([abs(float(flows.primary.sum() - flows.final.sum())) / total]),
        ["world"],
        "correct V or Y",
        "error",
    )


def _identity(
    name: str,
    error: Float,
    labels: Sequence[str],
    tolerance: float,
    advice: str,
    severity: Severity = "error",
) -> Identity:
    position = int(np.argmax(error))
    worst = float(error[position])
    label = labels[position] if worst else ""
    return Identity(name, worst, label, worst <= tolerance, severity, advice)


def _finite(flows: _Flows) -> Identity:
    """Find the first cell that is not finite; sums are enough to know that there is none."""
    sums = np.concatenate([flows.sold, flows.final, flows.V.sum(axis=1), flows.x])
    cell = "" if np.isfinite(np.abs(sums).sum()) else _first_not_finite(flows)
    return Identity(
        name="every cell is finite",
        worst=float("inf") if cell else 0.0,
        where=cell,
        holds=not cell,
        severity="error",
        advice="replace NaN and infinite cells",
    )


def _first_not_finite(flows: _Flows) -> str:
    views: tuple[tuple[str, Float, Sequence[str], Sequence[str]], ...] = (
        ("Z", flows.Z, flows.sellers, flows.sellers),
        ("Y", flows.Y, flows.sellers, flows.users),
        ("V", flows.V, flows.inputs, flows.sellers),
        ("x", flows.x[:, None], flows.sellers, ["output"]),
    )
    for name, cells, row_labels, column_labels in views:
        not_finite = np.argwhere(~np.isfinite(cells))
        if not_finite.size:
            i, j = not_finite[0]
            return f"{name}[{row_labels[i]}, {column_labels[j]}]"
    return "a sum that overflows"
