"""Concordances from old labels to new ones: mappings, Series, frames and 0/1 matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from iomodel.errors import LabelError, unknown_label
from iomodel.typing import Index

__all__ = ["Concordance", "Grouping", "grouping"]

Concordance = Mapping[str, str | Sequence[str]] | pd.Series | pd.DataFrame
Resolver = Callable[[str], list[str]]


@dataclass(frozen=True)
class Grouping:
    """A complete assignment of old labels to new ones.

    Attributes
    ----------
    old : tuple of str
        Labels of the table, in its order.
    new : tuple of str
        New labels, in the order in which they first appear along `old`.
    position : numpy.ndarray of int, shape (len(old),)
        Index of the new label of each old one.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    position: Index

    @property
    def is_identity(self) -> bool:
        """Whether nothing changes."""
        return self.old == self.new

    @property
    def matrix(self) -> sparse.csr_array:
        """The 0/1 concordance, shape (len(new), len(old)); each column holds a single one."""
        cells = (np.ones(len(self.old)), (self.position, np.arange(len(self.old))))
        return sparse.csr_array(cells, shape=(len(self.new), len(self.old)))

    def members(self) -> dict[str, list[str]]:
        """Old labels behind each new one."""
        members: dict[str, list[str]] = {label: [] for label in self.new}
        for label, position in zip(self.old, self.position, strict=True):
            members[self.new[position]].append(label)
        return members

    def __str__(self) -> str:
        changed = {n: o for n, o in self.members().items() if o != [n]}
        return "; ".join(f"{n} = {' + '.join(o)}" for n, o in changed.items())


def grouping(
    kind: str,
    labels: Sequence[str],
    concordance: Concordance | None,
    unmapped: str,
    resolve: Resolver,
    groups: Iterable[str] = (),
) -> Grouping:
    """Assign every label of a table to a new one.

    Parameters
    ----------
    kind : str
        ``"region"`` or ``"sector"``, for messages.
    labels : sequence of str
        Labels of the table.
    concordance : mapping, pandas.Series, pandas.DataFrame or None
        ``{old: new}``, ``{new: [old or group name, ...]}``, a Series with old labels as its index,
        a frame with columns ``old`` and ``new`` (or any two columns of text in that order), or a
        0/1 frame with old labels as index and new ones as columns. None leaves the labels alone.
    unmapped : str
        ``"error"``, ``"keep"`` (a label that is not mapped stays as it is, and joins a new label
        of the same name) or the new label that takes all of them.
    resolve : callable
        Turns a label or group name into labels of the table; LabelError where it cannot.
    groups : iterable of str
        Names of groups, for messages.

    Returns
    -------
    Grouping

    Raises
    ------
    LabelError
        Lists labels that are unknown, not mapped, or mapped to two new labels.
    """
    if concordance is None:
        return Grouping(tuple(labels), tuple(labels), np.arange(len(labels)))
    pairs = _pairs(kind, concordance)
    _refuse_unknown(kind, [spec for spec, _ in pairs], labels, resolve, groups)
    target: dict[str, str] = {}
    twice: dict[str, set[str]] = {}
    for spec, new in pairs:
        for old in [spec] if spec in labels else resolve(spec):
            if target.setdefault(old, new) != new:
                twice.setdefault(old, {target[old]}).add(new)
    if twice:
        listed = "; ".join(f"{old} to {' and '.join(sorted(new))}" for old, new in twice.items())
        raise LabelError(f"{kind} mapped twice: {listed}; map each {kind} once")
    unassigned = [label for label in labels if label not in target]
    if unassigned and unmapped == "error":
        raise LabelError(
            f"{_counted(kind, unassigned)} not in the concordance: {', '.join(unassigned)}; "
            "map them, or pass unmapped='keep' or the name of a new label that takes them"
        )
    target |= {label: label if unmapped == "keep" else unmapped for label in unassigned}
    new_labels = list(dict.fromkeys(target[label] for label in labels))
    index = {label: k for k, label in enumerate(new_labels)}
    position = np.array([index[target[label]] for label in labels], dtype=np.intp)
    return Grouping(tuple(labels), tuple(new_labels), position)


# ---------------------------------------------------------------------- helpers
def _pairs(kind: str, concordance: Concordance) -> list[tuple[str, str]]:
    """Pairs of old label or group and new label; without a new label the old one is unmapped."""
    if isinstance(concordance, pd.Series):
        mapped = concordance.dropna()
        return [(str(old), str(new)) for old, new in zip(mapped.index, mapped, strict=True)]
    if isinstance(concordance, pd.DataFrame):
        return _frame_pairs(kind, concordance)
    if not isinstance(concordance, Mapping):
        raise LabelError(
            f"a {kind} concordance is a mapping, a Series or a DataFrame, "
            f"not a {type(concordance).__name__}"
        )
    pairs: list[tuple[str, str]] = []
    for key, value in concordance.items():
        if isinstance(value, str):
            pairs.append((str(key), value))
        else:
            pairs += [(str(old), str(key)) for old in value]
    return pairs


def _frame_pairs(kind: str, frame: pd.DataFrame) -> list[tuple[str, str]]:
    has_names = {"old", "new"} <= {str(c) for c in frame.columns}
    numeric = all(pd.api.types.is_numeric_dtype(dtype) for dtype in frame.dtypes)
    if has_names or (frame.shape[1] == 2 and not numeric):
        table = (frame[["old", "new"]] if has_names else frame).dropna()
        return [(str(old), str(new)) for old, new in table.itertuples(index=False)]
    if not numeric:
        raise LabelError(
            f"a {kind} concordance frame has columns 'old' and 'new', or holds 0 and 1 with old "
            f"labels as its index; this one has columns {', '.join(map(str, frame.columns))}"
        )
    cells = frame.to_numpy(dtype=np.float64)
    fractions = np.argwhere((cells != 0) & (cells != 1))
    if fractions.size:
        i, j = fractions[0]
        old, new = frame.index[i], frame.columns[j]
        raise LabelError(
            f"the {kind} concordance holds {cells[i, j]:g} at ({old}, {new}); it may hold "
            "only 0 and 1, a label cannot be spread over several"
        )
    return [(str(frame.index[i]), str(frame.columns[j])) for i, j in np.argwhere(cells == 1)]


def _refuse_unknown(
    kind: str,
    specs: Sequence[str],
    labels: Sequence[str],
    resolve: Resolver,
    groups: Iterable[str],
) -> None:
    unknown: list[str] = []
    for spec in dict.fromkeys(specs):
        if spec not in labels:
            try:
                resolve(spec)
            except LabelError:
                unknown.append(spec)
    if len(unknown) == 1:
        raise unknown_label(kind, unknown[0], labels, groups)
    if unknown:
        raise LabelError(
            f"{_counted(kind, unknown)} of the concordance unknown: {', '.join(unknown)}; "
            f"valid: {', '.join(labels)}"
        )


def _counted(kind: str, labels: Sequence[str]) -> str:
    return f"{len(labels)} {kind}{'s are' if len(labels) > 1 else ' is'}"
