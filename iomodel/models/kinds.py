"""Kinds of option values: types and ranges in words, and the reading of a value."""

from __future__ import annotations

import datetime as dt
import math
import numbers
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import xarray as xr

__all__ = [
    "AnyOf",
    "Array",
    "Choice",
    "Date",
    "Elasticity",
    "File",
    "Flag",
    "Kind",
    "ManyNumbers",
    "Names",
    "Number",
    "Table",
    "Text",
    "Whole",
    "docstring_type",
    "shown",
]

# Longest value that a refusal repeats.
SHOWN = 60


class Kind(Protocol):
    """Kind of value. ``read`` returns the value, or raises TypeError if it does not fit."""

    @property
    def words(self) -> str:
        """Type and range, to follow "give"."""

    def read(self, value: Any) -> Any:
        """Return the value in its plain Python form; TypeError if it is of another kind."""


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    values: tuple[str, ...]

    @property
    def words(self) -> str:
        """The words."""
        return " or ".join([", ".join(self.values[:-1]), self.values[-1]]).removeprefix(" or ")

    def read(self, value: Any) -> str:
        """Return the word."""
        if not isinstance(value, str) or value not in self.values:
            raise TypeError
        return str(value)


@dataclass(frozen=True)
class Number:
    """Finite number within bounds; `above` and `below` are strict bounds."""

    low: float = -math.inf
    high: float = math.inf
    above: float = -math.inf
    below: float = math.inf

    @property
    def words(self) -> str:
        """The bounds."""
        return "a number" + self.bounds

    @property
    def bounds(self) -> str:
        """The bounds in words, empty without any."""
        limits = (
            ("from", self.low, -math.inf),
            ("above", self.above, -math.inf),
            ("to" if self.low > -math.inf else "up to", self.high, math.inf),
            ("below", self.below, math.inf),
        )
        bounds = [f"{word} {limit:g}" for word, limit, unbounded in limits if limit != unbounded]
        return " " + " ".join(bounds) if bounds else ""

    def read(self, value: Any) -> float:
        """Return the number, NumPy's own included; booleans and text are refused."""
        if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
            raise TypeError
        number = float(value)
        within = self.low <= number <= self.high and self.above < number < self.below
        if not within or math.isinf(number):
            raise TypeError
        return number


@dataclass(frozen=True)
class Whole:
    """A whole number within bounds."""

    low: int = 0
    high: int | None = None

    @property
    def words(self) -> str:
        """The bounds."""
        upper = "" if self.high is None else f" to {self.high}"
        return f"a whole number from {self.low}{upper}"

    def read(self, value: Any) -> int:
        """Return the whole number, NumPy's own included; 3.0 is refused."""
        if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Integral):
            raise TypeError
        number = int(value)
        if number < self.low or (self.high is not None and number > self.high):
            raise TypeError
        return number


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    @property
    def words(self) -> str:
        """The two values."""
        return "true or false"

    def read(self, value: Any) -> bool:
        """Return the truth value."""
        if not isinstance(value, bool | np.bool_):
            raise TypeError
        return bool(value)


@dataclass(frozen=True)
class Date:
    """A day."""

    @property
    def words(self) -> str:
        """Way to write a day."""
        return "a date such as 2025-11-10"

    def read(self, value: Any) -> dt.date:
        """Return the day, from text in ISO format too."""
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except (TypeError, ValueError):
            raise TypeError from None


@dataclass(frozen=True)
class Text:
    """Word of a stated form; the model compares it with the table."""

    form: str
    fits: Callable[[str], bool] = bool

    @property
    def words(self) -> str:
        """The form."""
        return self.form

    def read(self, value: Any) -> str:
        """Return the word."""
        if not isinstance(value, str) or not self.fits(value):
            raise TypeError
        return str(value)


@dataclass(frozen=True)
class File:
    """Path of a file, with a stated ending if one is needed."""

    ending: str = ""

    @property
    def words(self) -> str:
        """The kind of file."""
        return f"the path of a {self.ending} file" if self.ending else "the path of a file"

    def read(self, value: Any) -> Path:
        """Return the path."""
        if not isinstance(value, str | os.PathLike) or not os.fspath(value):
            raise TypeError
        path = Path(value)
        if not path.name.endswith(self.ending):
            raise TypeError
        return path


@dataclass(frozen=True)
class Names:
    """One or several labels or groups; the model compares them with the table."""

    items: str

    @property
    def words(self) -> str:
        """The named items."""
        return f"a label or group of {self.items}, or a list of them"

    def read(self, value: Any) -> str | tuple[str, ...]:
        """Return the name, or the names as a tuple."""
        if isinstance(value, str) and value:
            return str(value)
        is_list = isinstance(value, list | tuple) and len(value) > 0
        if is_list and all(isinstance(name, str) and name for name in value):
            return tuple(value)
        raise TypeError


@dataclass(frozen=True)
class ManyNumbers:
    """A fixed count of numbers."""

    names: tuple[str, ...]
    each: Number

    @property
    def words(self) -> str:
        """Their names."""
        return f"{len(self.names)} numbers ({', '.join(self.names)})" + self.each.bounds

    def read(self, value: Any) -> tuple[float, ...]:
        """Return the numbers."""
        if not isinstance(value, list | tuple | np.ndarray) or len(value) != len(self.names):
            raise TypeError
        return tuple(self.each.read(cell) for cell in value)


@dataclass(frozen=True)
class Array:
    """DataArray over one of several sets of dimensions."""

    dims: tuple[tuple[str, ...], ...]

    @property
    def words(self) -> str:
        """The dimensions."""
        over = " or ".join(f"({', '.join(dims)})" for dims in self.dims)
        return f"a DataArray over {over}"

    def read(self, value: Any) -> xr.DataArray:
        """Return the array as it is; the model aligns it with the table's labels."""
        if not isinstance(value, xr.DataArray):
            raise TypeError
        return value


@dataclass(frozen=True)
class Table:
    """Numbers by label or by pairs of labels; the model compares them with the table."""

    keys: str
    each: Number

    @property
    def words(self) -> str:
        """Keys and numbers."""
        return f"a mapping of {self.keys} to numbers" + self.each.bounds

    def read(self, value: Any) -> dict[str | tuple[str, str], float]:
        """Return a plain dictionary."""
        if not isinstance(value, Mapping) or not value:
            raise TypeError
        return {self._key(key): self.each.read(cell) for key, cell in value.items()}

    @staticmethod
    def _key(key: Any) -> str | tuple[str, str]:
        if isinstance(key, str) and key:
            return key
        if isinstance(key, tuple) and len(key) == 2 and all(isinstance(k, str) for k in key):
            return (key[0], key[1])
        raise TypeError


@dataclass(frozen=True)
class AnyOf:
    """One of several kinds; the first that fits reads the value."""

    kinds: tuple[Kind, ...]

    @property
    def words(self) -> str:
        """All of them."""
        return ", or ".join(kind.words for kind in self.kinds)

    def read(self, value: Any) -> Any:
        """Return the reading of the first kind that fits."""
        for kind in self.kinds:
            try:
                return kind.read(value)
            except TypeError:
                continue
        raise TypeError


@dataclass(frozen=True)
class Elasticity:
    r"""Trade elasticities :math:`\theta = \sigma - 1`: a set, one number, or by sector."""

    sets: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The forms."""
        return "the name of a set, a number above -1, or a DataArray over 'sector'"

    def read(self, value: Any) -> str | float | xr.DataArray:
        """Return it; names and labels are compared with the table by the model."""
        if isinstance(value, xr.DataArray) or (isinstance(value, str) and value):
            return value
        return Number(above=-1.0).read(value)


def docstring_type(kind: Kind) -> str:
    """Return a kind as docstrings state types: choices as a set, all others in words."""
    match kind:
        case Choice(values):
            return "{" + ", ".join(map(repr, values)) + "}"
        case Flag():
            return "bool"
        case AnyOf(kinds):
            return ", or ".join(map(docstring_type, kinds))
    return kind.words


def shown(value: Any) -> str:
    """Return a value as a refusal repeats it, in one short line."""
    text = " ".join(repr(value).split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
