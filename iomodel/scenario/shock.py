"""Base of every shock: dates, and fields checked when it is made."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from iomodel.scenario.checks import FieldError, day, labels
from iomodel.typing import Labels

__all__ = ["Shock", "names_in", "refuse_two_others"]


@dataclass(frozen=True)
class Shock:
    """Base of every shock.

    Parameters
    ----------
    start, end : datetime.date, optional
        First and last day in force, both included. Default: without a beginning, without an end.

    Raises
    ------
    ScenarioError
        If a value has the wrong type or lies outside its range, or the dates are not in order.
    """

    kind: ClassVar[str] = ""
    """Name of the shock in scenario files."""
    lowers_to: ClassVar[str] = ""
    """Kind of policy that a model sees."""

    start: dt.date | None = field(default=None, kw_only=True)
    end: dt.date | None = field(default=None, kw_only=True)

    def __init_subclass__(cls) -> None:
        """Add the dates, which every shock has, to the parameters in its docstring."""
        super().__init_subclass__()
        cls.__doc__ = _with_dates(cls.__doc__)

    def __post_init__(self) -> None:
        self._set("start", day("start", self.start))
        self._set("end", day("end", self.end))
        if self.start is not None and self.end is not None and self.end < self.start:
            raise FieldError("end", f"is {self.end}, before start {self.start}; swap the dates")
        self._validate()

    def _validate(self) -> None:
        """Bring the fields of a kind of shock into normal form."""

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _labels(self, *names: str) -> None:
        for name in names:
            self._set(name, labels(name, getattr(self, name)))

    def in_force(self, date: dt.date) -> bool:
        """Whether the shock is in force on a day: ``start <= date <= end``."""
        has_begun = self.start is None or self.start <= date
        return has_begun and (self.end is None or date <= self.end)

    def awaits_licences(self, date: dt.date) -> bool:
        """Whether the shock withholds all on a day because no licence has arrived yet."""
        return False

    @property
    def changes(self) -> tuple[dt.date, ...]:
        """Days on which something about the shock changes, in order."""
        days = [] if self.start is None else [self.start]
        if self.end is not None and self.end < dt.date.max:
            days.append(self.end + dt.timedelta(days=1))
        return tuple(days)

    def to_dict(self) -> dict[str, Any]:
        """Fields that differ from their defaults, lists as lists."""
        pairs = ((f, getattr(self, f.name)) for f in fields(self))
        return {f.name: _plain(f.name, v) for f, v in pairs if v != f.default}


# ---------------------------------------------------------------------- helpers
def _with_dates(docstring: str | None) -> str | None:
    """Add the dates of :class:`Shock` to the section ``Parameters`` of a docstring."""
    heading = "\n\nParameters\n----------\n"
    # Indented up to Python 3.12 only; None under ``python -OO``.
    text, shared = inspect.cleandoc(docstring or ""), inspect.cleandoc(Shock.__doc__ or "")
    head, _, section = text.partition(heading)
    if not section:
        return docstring
    entries, gap, tail = section.partition("\n\n")
    dates = shared.partition(heading)[2].partition("\n\n")[0]
    return f"{head}{heading}{entries}\n{dates}{gap}{tail}"


def names_in(spec: Labels | None) -> Iterator[str]:
    """Names of a specification; none for None."""
    yield from [] if spec is None else [spec] if isinstance(spec, str) else spec


def refuse_two_others(importer: Labels | None, exporter: Labels | None, field_name: str) -> None:
    """Refuse ``"others"`` on the two sides of a flow."""
    if "others" in names_in(importer) and "others" in names_in(exporter):
        raise FieldError(field_name, "is 'others', as the other side is; name one of the two sides")


def _plain(name: str, value: object) -> object:
    """Field as a file holds it: mappings for product shares, lists for tuples."""
    if name == "product_share" and isinstance(value, tuple):
        return dict(value)
    if isinstance(value, tuple):
        return [_plain("", v) for v in value]
    return value
