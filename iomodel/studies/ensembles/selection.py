"""Selection of cases by their labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from iomodel.errors import unknown_label
from iomodel.studies.case import Case

__all__ = ["checked_selection", "matches"]

LABELS: Mapping[str, Callable[[Case], Any]] = {
    "table": lambda case: case.table,
    "scenario": lambda case: case.scenario.name,
    "model": lambda case: case.model,
    "case": lambda case: case.point or case.label,
    "draw": lambda case: case.draw,
    "family": lambda case: case.family,
}


def checked_selection(cases: Sequence[Case], labels: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return lists of labels by key.

    Raises
    ------
    LabelError
        If a key is unknown, or no case has one of the labels.
    """
    asked = {}
    for key, value in labels.items():
        if key not in LABELS:
            raise unknown_label("key of cases", key, LABELS)
        asked[key] = list(value) if isinstance(value, list | tuple | range) else [value]
        present = list(dict.fromkeys(LABELS[key](case) for case in cases))
        for label in asked[key]:
            if label not in present:
                raise unknown_label(key, str(label), [str(name) for name in present])
    return asked


def matches(case: Case, asked: Mapping[str, Sequence[Any]]) -> bool:
    """Whether a case has one of the labels of every key."""
    return all(LABELS[key](case) in labels for key, labels in asked.items())
