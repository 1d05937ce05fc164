"""The scenario: a list of shocks with its sources, read from files and lowered to tables."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from iomodel.fingerprint import fingerprint
from iomodel.scenario.definitions import definitions
from iomodel.scenario.fields import Dates, ScenarioFields

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.table.mrio import MRIOTable

__all__ = ["Dates", "Scenario"]


@dataclass(frozen=True)
class Scenario(ScenarioFields):
    """A policy as a list of shocks, with its name, sources and dates.

    Parameters
    ----------
    shocks : iterable of Shock
        Applied in order; one shock may stand alone.
    name : str
        Short name of letters, digits, dots, dashes and underscores; it names output folders.
    title, description : str
        One line, and the meaning of the scenario.
    theme : str
        Group of the scenario in lists.
    sources : iterable of str
        Citation keys of the package's bibliography, or text.
    dates : Dates or mapping, optional
        Announced, effective, expires.
    rates : {"", "statutory", "average", "effective", "collected"}
        Kind of duty rates in the shocks: kinds differ by exemptions and by weights.
    notes : iterable of str
        Sentences for the reader of results.
    settings : mapping of str to object
        Parameter values with which the scenario was read from its file.
    groups : OwnGroups or mapping, optional
        Names for the scenario's own lists: ``{"regions": {"friends": ["JPN", "EU27"]}, "sectors":
        {"batteries": ["C27", "C20"]}}``. A shock may name them where a region or a sector stands.

    Raises
    ------
    ScenarioError
        If a field has the wrong type.
    """

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

        return load(name_or_path, parameters, cls)

    def to_yaml(self) -> str:
        """YAML text of the scenario; reading it gives an equal scenario."""
        return self._text

    @cached_property
    def _text(self) -> str:
        from iomodel.scenario.files import dump

        return dump(self)

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the content: SHA-256 of the YAML text and of all values behind its names.

        These are the rates of its tariff layers and the members of built-in groups. The places of
        the shocks in a file do not enter.
        """
        return fingerprint(self.to_yaml(), definitions(self.shocks, self.groups))

    def lower(self, table: MRIOTable, date: dt.date | None = None) -> PolicyArrays:
        """Lower the shocks to arrays in the order of a table's labels.

        Parameters
        ----------
        table : MRIOTable
            Source of regions, sectors and tariffs.
        date : datetime.date, optional
            Only the shocks in force on that day, and tariff layers as of that day. Default: all,
            or where shocks end the first day on which most of them hold
            (:mod:`iomodel.scenario.timeline`).

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
