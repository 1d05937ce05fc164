"""Fields of a scenario, checked: shocks, and the words and dates that make them traceable."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, Self, TypeVar

from iomodel.errors import ScenarioError
from iomodel.scenario.checks import FieldError, day
from iomodel.scenario.own_groups import OwnGroups
from iomodel.scenario.shock import Shock
from iomodel.scenario.tariff_shocks import TariffLayer

__all__ = ["RATES", "AnyScenario", "Dates", "ScenarioFields"]

RATES = ("", "statutory", "average", "effective", "collected")

AnyScenario = TypeVar("AnyScenario", bound="ScenarioFields")
"""Class of a scenario, kept by reading and filling."""


@dataclass(frozen=True)
class Dates:
    """Dates of a policy: announcement, effect and expiry.

    Parameters
    ----------
    announced, effective, expires : datetime.date, optional
        None where unknown or not meaningful. On the day it expires a policy no longer holds.
    """

    announced: dt.date | None = None
    effective: dt.date | None = None
    expires: dt.date | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            object.__setattr__(self, item.name, day(item.name, getattr(self, item.name)))
        if self.expires is not None:
            for name in ("announced", "effective"):
                date = getattr(self, name)
                if date is not None and date >= self.expires:
                    raise FieldError("expires", f"is {self.expires}, not after {name} {date}")

    def __bool__(self) -> bool:
        """Whether any date is known."""
        return any(getattr(self, item.name) is not None for item in fields(self))


@dataclass(frozen=True)
class ScenarioFields:
    """Checked fields of a scenario; see :class:`iomodel.Scenario` for each of them."""

    shocks: tuple[Shock, ...] = ()
    name: str = "unnamed"
    title: str = ""
    description: str = ""
    sources: tuple[str, ...] = ()
    dates: Dates = field(default_factory=Dates)
    rates: Literal["", "statutory", "average", "effective", "collected"] = ""
    notes: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    groups: OwnGroups = field(default_factory=OwnGroups)
    theme: str = field(default="", kw_only=True)
    origins: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """Where each shock was read, for messages: file and line."""

    def __post_init__(self) -> None:
        shocks = (self.shocks,) if isinstance(self.shocks, Shock) else tuple(self.shocks)
        for shock in shocks:
            if not isinstance(shock, Shock):
                raise FieldError("shocks", f"holds {shock!r}; give shocks such as iom.Tariff(...)")
        object.__setattr__(self, "shocks", shocks)
        if not isinstance(self.name, str) or not re.fullmatch(r"\w[\w.-]*", self.name):
            raise FieldError(
                "name", f"is {self.name!r}; use letters, digits, dots, dashes and underscores"
            )
        for item in ("title", "theme", "description"):
            if not isinstance(getattr(self, item), str):
                raise FieldError(item, f"is {getattr(self, item)!r}; give text")
        for item in ("sources", "notes"):
            object.__setattr__(self, item, _texts(item, getattr(self, item)))
        if isinstance(self.dates, Mapping):
            object.__setattr__(self, "dates", Dates(**self.dates))
        if isinstance(self.groups, Mapping):
            object.__setattr__(self, "groups", _own_groups(self.groups))
        if self.rates not in RATES:
            raise FieldError("rates", f"is {self.rates!r}; valid: {', '.join(RATES[1:])}")
        settings = {str(k): _immutable(v) for k, v in self.settings.items()}
        object.__setattr__(self, "settings", settings)

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of policy that the shocks lower to; duties that go on unchanged are none."""
        return frozenset(
            s.lowers_to
            for s in self.shocks
            if not (isinstance(s, TariffLayer) and s.mode in ("in-force", "baseline"))
        )

    def on(self, date: dt.date) -> Self:
        """Scenario with only the shocks in force on a day.

        Parameters
        ----------
        date : datetime.date
            A shock is in force from its start to its end, both days included.

        Returns
        -------
        Scenario
        """
        in_force = [k for k, shock in enumerate(self.shocks) if shock.in_force(date)]
        origins = tuple(self.origins[k] for k in in_force) if self.origins else ()
        return replace(self, shocks=tuple(self.shocks[k] for k in in_force), origins=origins)

    def where(self, position: int) -> str:
        """Place of a shock, for messages: scenario, position, kind, file and line."""
        text = f"scenario {self.name!r}, shock {position + 1} ({self.shocks[position].kind})"
        return f"{text}, {self.origins[position]}" if self.origins else text


def _texts(name: str, values: str | Iterable[str]) -> tuple[str, ...]:
    items = (values,) if isinstance(values, str) else tuple(values)
    for item in items:
        if not isinstance(item, str):
            raise FieldError(name, f"holds {item!r}; give text")
    return items


def _own_groups(groups: Mapping[str, Any]) -> OwnGroups:
    kinds = [item.name for item in fields(OwnGroups)]
    for kind in groups:
        if kind not in kinds:
            raise FieldError("groups", f"holds {kind!r}; valid: {', '.join(kinds)}")
    return OwnGroups(**groups)


def _immutable(value: object) -> object:
    """Return a setting with tuples for lists and text for dates; refuse what no file can hold."""
    if isinstance(value, list | tuple):
        return tuple(_immutable(v) for v in value)
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str | bool | int | float):
        return value
    raise ScenarioError(f"a setting holds {value!r}; use text, numbers, dates or lists of them")
