"""Checks of the fields of a shock: one function per kind of value.

Every function returns the value in its normal form (tuples for lists, floats for numbers) or raises
a :class:`FieldError`, which carries the name of the field so that a scenario file can say its line.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from iomodel.errors import ScenarioError

__all__ = ["FieldError", "ProductShare", "day", "flag", "fraction", "labels", "number", "shares"]

ProductShare = float | Mapping[str, float] | tuple[tuple[str, float], ...]


class FieldError(ScenarioError):
    """A field of a shock or scenario that holds a value of the wrong type or size.

    Parameters
    ----------
    field : str
        Name of the field.
    problem : str
        The problem, to be read after the name.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field


def labels(field: str, value: object) -> str | tuple[str, ...]:
    """Label specification in normal form: a name, or a tuple of names for a list.

    A list inside a list is joined to it, so that a file may write ``[USA, $allies]`` whatever the
    parameter holds.
    """
    if isinstance(value, str) and value:
        return str(value)
    value = _listed(value)
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        names = [name for item in value for name in _flat(item)]
        invalid = [name for name in names if not isinstance(name, str) or not name]
        if not invalid:
            return tuple(str(name) for name in names)
        raise FieldError(field, f"holds {invalid[0]!r}; give labels or group names as text")
    raise FieldError(field, f"is {value!r}; give a label, a group name or a list of them")


def number(
    field: str,
    value: object,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    above: float = -math.inf,
) -> float:
    """Finite float within ``low <= value <= high`` and ``value > above``."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        raise FieldError(field, f"is {value!r}; give a number")
    if isinstance(value, np.complexfloating):
        raise FieldError(field, f"is {value!r}; give a real number")
    cell = float(value)
    if not math.isfinite(cell):
        raise FieldError(field, f"is {cell}; give a finite number")
    if cell < low or cell > high or cell <= above:
        lower = f"above {above:g}" if above > low else f"at least {low:g}"
        ends = [lower] if max(above, low) > -math.inf else []
        ends += [f"at most {high:g}"] if high < math.inf else []
        raise FieldError(field, f"is {cell:g}; it must be {' and '.join(ends)}")
    return cell


def fraction(field: str, value: object, low: float, usual: float, extreme: bool) -> float:
    """Relative size as a fraction; above what is usual it may be a percentage, and needs a word.

    Parameters
    ----------
    field : str
    value : object
    low : float
        Smallest value.
    usual : float
        Largest value without the word.
    extreme : bool
        The word of the user: a value above `usual` is meant.
    """
    if value is None:
        raise FieldError(field, "is missing; give a fraction, as 0.25 for 25 percent")
    cell = number(field, value, low)
    if cell > usual and not extreme:
        raise FieldError(
            field,
            f"is {cell:g}, a fraction: {100 * cell:,.0f} percent; for {cell:g} percent give "
            f"{cell / 100:g}, or add extreme=True (extreme: true in a file) if it is meant",
        )
    return cell


def shares(field: str, value: object) -> float | tuple[tuple[str, float], ...]:
    """Share in [0, 1], or pairs of a sector name and its share for a mapping."""
    if isinstance(value, Mapping):
        pairs = tuple(value.items())
    elif isinstance(value, tuple):
        pairs = value
    else:
        return number(field, value, 0.0, 1.0)
    if not pairs or any(not isinstance(p, tuple) or len(p) != 2 for p in pairs):
        raise FieldError(field, f"is {value!r}; give a number, or one number per sector")
    for name, _ in pairs:
        labels(field, name)
    return tuple((str(name), number(f"{field}", cell, 0.0, 1.0)) for name, cell in pairs)


def flag(field: str, value: object) -> bool:
    """Truth value, and nothing that merely counts as one."""
    if not isinstance(value, bool):
        raise FieldError(field, f"is {value!r}; give true or false")
    return value


def day(field: str, value: object) -> dt.date | None:
    """Date; None stands for an open end."""
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        try:
            return dt.datetime.fromisoformat(value).date()
        except ValueError:
            raise FieldError(field, f"is {value!r}; give a date as YYYY-MM-DD") from None
    raise FieldError(field, f"is {value!r}; give a date as YYYY-MM-DD")


def _listed(value: object) -> object:
    """Return labels in a pandas Index or Series, or in an array, as a list."""
    if isinstance(value, pd.Index | pd.Series | np.ndarray) and value.ndim == 1:
        return list(value)
    return value


def _flat(item: object) -> Iterator[object]:
    item = _listed(item)
    if isinstance(item, list | tuple) and item:
        for part in item:
            yield from _flat(part)
    else:
        yield item
