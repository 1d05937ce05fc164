"""A scenario: a list of shocks with what a reader must know about it."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from iomodel.errors import ScenarioError
from iomodel.fingerprint import fingerprint
from iomodel.scenario.checks import FieldError, day
from iomodel.scenario.definitions import definitions
from iomodel.scenario.shocks import Shock, TariffLayer

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.table.mrio import MRIOTable

__all__ = ["RATES", "Dates", "Scenario"]

RATES = ("", "statutory", "average", "effective")


@dataclass(frozen=True)
class Dates:
    """When a policy was announced, took or would take effect, and expires.

    Parameters
    ----------
    announced, effective, expires : datetime.date, optional
        None where unknown or not meaningful.
    """

    announced: dt.date | None = None
    effective: dt.date | None = None
    expires: dt.date | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            object.__setattr__(self, item.name, day(item.name, getattr(self, item.name)))
        if self.expires is not None:
            for earlier in ("announced", "effective"):
                date = getattr(self, earlier)
                if date is not None and date >= self.expires:
                    raise FieldError("expires", f"is {self.expires}, not after {earlier} {date}")

    def __bool__(self) -> bool:
        """Tell whether any date is known."""
        return any(getattr(self, item.name) is not None for item in fields(self))


@dataclass(frozen=True)
class Scenario:
    """What happens: shocks, and the words that make them traceable.

    Parameters
    ----------
    shocks : iterable of Shock
        Applied in order; one shock may stand alone.
    name : str
        Short name of letters, digits, dots, dashes and underscores; it names output folders.
    title, description : str
        One line, and what the scenario stands for.
    sources : iterable of str
        Citation keys of the package's bibliography, or text.
    dates : Dates or mapping, optional
        Announced, effective, expires.
    rates : {"", "statutory", "average", "effective"}
        Which kind of duty rates the shocks use: they differ by the exemptions and by the weights.
    notes : iterable of str
        What a reader of results must know.
    settings : mapping of str to object
        Values of the file's parameters with which the scenario was read.

    Raises
    ------
    ScenarioError
        If a field has the wrong type.
    """

    shocks: tuple[Shock, ...] = ()
    name: str = "unnamed"
    title: str = ""
    description: str = ""
    sources: tuple[str, ...] = ()
    dates: Dates = field(default_factory=Dates)
    rates: Literal["", "statutory", "average", "effective"] = ""
    notes: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
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
        for item in ("title", "description"):
            if not isinstance(getattr(self, item), str):
                raise FieldError(item, f"is {getattr(self, item)!r}; give text")
        for item in ("sources", "notes"):
            object.__setattr__(self, item, _texts(item, getattr(self, item)))
        if isinstance(self.dates, Mapping):
            object.__setattr__(self, "dates", Dates(**self.dates))
        if self.rates not in RATES:
            raise FieldError("rates", f"is {self.rates!r}; valid: {', '.join(RATES[1:])}")
        settings = {str(k): _hard(v) for k, v in self.settings.items()}
        object.__setattr__(self, "settings", settings)

    # ------------------------------------------------------------------ reading and writing
    @classmethod
    def load(cls, name_or_path: str | os.PathLike[str], /, **parameters: Any) -> Scenario:
        """Read a scenario of the library or a YAML file.

        Parameters
        ----------
        name_or_path : str or path-like
            A name that :func:`iomodel.scenarios` lists, or a path that ends in ``.yaml``.
        **parameters
            Values for the parameters that the file declares.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            If the name is unknown, or the file has an error: the message names file and line.
        """
        from iomodel.scenario.catalogue import load

        return load(name_or_path, parameters)

    def to_yaml(self) -> str:
        """Return the scenario as the text of a file; reading it gives an equal scenario."""
        from iomodel.scenario.files import dump

        return dump(self)

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the content: SHA-256 of the YAML text and of all values behind its names.

        These are the rates of its tariff layers and the members of its groups. The places of the
        shocks in a file do not enter.
        """
        return fingerprint(self.to_yaml(), definitions(self.shocks))

    # ------------------------------------------------------------------ use
    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of policy that the shocks lower to; duties that go on unchanged are none."""
        return frozenset(
            s.lowers_to
            for s in self.shocks
            if not (isinstance(s, TariffLayer) and s.mode in ("in-force", "baseline"))
        )

    def on(self, date: dt.date) -> Scenario:
        """Return the scenario with only the shocks that are in force on a day.

        Parameters
        ----------
        date : datetime.date
            A shock is in force from its start on and before its end.

        Returns
        -------
        Scenario
        """
        kept = [k for k, shock in enumerate(self.shocks) if shock.in_force(date)]
        origins = tuple(self.origins[k] for k in kept) if self.origins else ()
        return replace(self, shocks=tuple(self.shocks[k] for k in kept), origins=origins)

    def lower(self, table: MRIOTable, date: dt.date | None = None) -> PolicyArrays:
        """Turn the shocks into arrays with the labels of a table.

        Parameters
        ----------
        table : MRIOTable
            The table whose regions, sectors and tariffs are used.
        date : datetime.date, optional
            Only the shocks in force on that day, and tariff layers as of that day. Default: all,
            or the mean over a year where shocks end (:mod:`iomodel.scenario.timeline`).

        Returns
        -------
        PolicyArrays

        Raises
        ------
        LabelError, ScenarioError
            If a label is not in the table or the shocks make no sense together.
        """
        from iomodel.scenario.lowering import lower

        return lower(self, table, date)

    def where(self, position: int) -> str:
        """Say which shock of the scenario stands at a position, for messages."""
        text = f"scenario {self.name!r}, shock {position + 1} ({self.shocks[position].kind})"
        return f"{text}, {self.origins[position]}" if self.origins else text


def _texts(name: str, values: str | Iterable[str]) -> tuple[str, ...]:
    items = (values,) if isinstance(values, str) else tuple(values)
    for item in items:
        if not isinstance(item, str):
            raise FieldError(name, f"holds {item!r}; give text")
    return items


def _hard(value: object) -> object:
    """Return lists as tuples and refuse what a file cannot hold."""
    if isinstance(value, list | tuple):
        return tuple(_hard(v) for v in value)
    if isinstance(value, str | bool | int | float | dt.date):
        return value
    raise ScenarioError(f"a setting holds {value!r}; use text, numbers, dates or lists of them")
