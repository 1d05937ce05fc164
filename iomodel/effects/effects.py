"""Effects of one run: labelled results, with everything needed to repeat them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xarray as xr
from numpy.typing import ArrayLike

import iomodel.effects.files as files
import iomodel.effects.tables as tables
from iomodel.effects.build import ScenarioLike, build_dataset
from iomodel.effects.variables import BY_DRAW, DRAW_SUFFIX, base_of, new_of, variable
from iomodel.errors import LabelError

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.report.figures.effects import EffectsPlots
    from iomodel.table.mrio import MRIOTable

__all__ = ["Effects"]


# Variables that weight others when regions or sectors are added together.
WEIGHTS = ("output_base", "value_added_base", "gdp_base")


class Effects:
    """The effects of one scenario on one table in one model.

    Models make one with :meth:`build`; read one back with :meth:`from_netcdf`.

    Parameters
    ----------
    dataset : xarray.Dataset
        Variables of :data:`iomodel.effects.variables.VARIABLES`. Levels end in ``_base`` and
        ``_new`` and are in the table's unit; changes end in ``_pct`` and are in percent of the base
        in their attribute ``percent_of``. Variables outside a model are absent, never zero; a
        change from a base of zero is NaN.

    Notes
    -----
    When regions or sectors are added together, levels are summed and their percentages taken
    anew; other percentages are weighted by the variable in their attribute ``weight``: base GDP
    for regions, base output for industries (:mod:`iomodel.effects.aggregates`).
    """

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset

    # ------------------------------------------------------------------ construction
    @classmethod
    def build(
        cls,
        table: MRIOTable,
        scenario: ScenarioLike,
        *,
        model: str,
        variables: Mapping[str, tuple[Sequence[str], ArrayLike]],
        closure: str = "",
        parameters: Mapping[str, Any] | None = None,
        diagnostics: Mapping[str, Any] | None = None,
        notes: Iterable[str] = (),
        coords: Mapping[str, Sequence[Any]] | None = None,
        definitions: Mapping[str, str] | None = None,
        follows_days: bool = False,
    ) -> Effects:
        """Return the labelled results of a model with their provenance.

        Parameters
        ----------
        table : MRIOTable
            The table that the model ran on; gives regions, sectors, unit and identity.
        scenario : Scenario
            Its whole text goes into the attributes.
        model : str
            Name of the model.
        variables : mapping of str to (dims, array)
            Registered names. ``stem_pct`` is worked out from ``stem_base`` and ``stem_new`` if it
            is missing. ``output_base``, ``value_added_base`` and ``gdp_base`` default to those of
            the table: they weight everything else.
        closure : str
            Closure of the variables without a ``closure`` dimension.
        parameters : mapping, optional
            Anything that JSON can hold (arrays and dataclasses too). A parameter with a source is
            ``{"value": ..., "citation": "CaliendoParro2015"}``.
        diagnostics : mapping, optional
            Solver diagnostics: method, residual, iterations, seconds.
        notes : iterable of str
            Caveats for readers of these results.
        coords : mapping, optional
            Labels of further dimensions, for example ``{"closure": ["lost", "diverted"]}``.
        definitions : mapping of str to str, optional
            How a quantity is measured, if not in the usual way:
            ``{"gdp": "chained volume at market prices"}``. Named in the labels of its variables.
        follows_days : bool
            Whether the model follows the days of dated shocks. Else the effect is that while in
            force, and attributes ``in_force_days`` and ``share_of_year`` say for how much of the
            year from the first day of the policy.

        Returns
        -------
        Effects

        Raises
        ------
        LabelError
            If a variable's name or definition is not registered, or one of its dimensions has no
            labels.
        IOModelError
            If the dimensions or the shape of a variable do not fit.
        """
        return cls(
            build_dataset(
                table,
                scenario,
                model=model,
                variables=variables,
                closure=closure,
                parameters=parameters or {},
                diagnostics=diagnostics or {},
                notes=notes,
                coords=coords or {},
                definitions=definitions or {},
                follows_days=follows_days,
            )
        )

    @classmethod
    def from_netcdf(cls, path: str | os.PathLike[str]) -> Effects:
        """Read effects written by :meth:`to_netcdf`.

        Parameters
        ----------
        path : path-like
            The file.

        Returns
        -------
        Effects

        Raises
        ------
        TableError
            If there is no such file, it is truncated or damaged, or it holds something else.

        Notes
        -----
        The checksum of the whole file is verified before NetCDF opens it. A file without one, from
        an earlier version or changed by another program, is read first by a process of its own
        within bounds of time and memory, which costs about a second; refused if it does not end
        there.
        """
        return cls(files.read(path))

    def asked(self, options: Mapping[str, Any]) -> Effects:
        """Return the same effects with the options of their run, as plain values of JSON."""
        text = json.dumps(options, sort_keys=True)
        return Effects(self._dataset.assign_attrs(options=text))

    def only(self, names: Iterable[str]) -> Effects:
        """Return the same effects with some variables, and the levels that add them up.

        Raises
        ------
        LabelError
            If the model says nothing about one of them.
        """
        needed = set(WEIGHTS)
        for name in names:
            needed |= {name, self[name].attrs.get("weight", ""), base_of(name), new_of(name)}
        return Effects(self._dataset[[name for name in self._dataset.data_vars if name in needed]])

    def with_draws(
        self,
        changes: Mapping[str, xr.DataArray],
        *,
        parameters: Mapping[str, Any],
        note: str,
    ) -> Effects:
        """Return the same effects with percentages by draw of an uncertain parameter.

        Parameters
        ----------
        changes : mapping of str to DataArray (draw, region)
            By the name of the percentage, such as ``gdp_pct``.
        parameters : mapping
            What the draws are, for the record ``parameters["interval"]``.
        note : str
            Sentence for readers, after the first of the model.

        Returns
        -------
        Effects
        """
        cells = {
            f"{name}{DRAW_SUFFIX}": values.transpose("draw", "region").assign_attrs(
                self[name].attrs | {"long_name": f"{self[name].attrs['long_name']}, {BY_DRAW}"}
            )
            for name, values in changes.items()
        }
        record = json.dumps(self.parameters | {"interval": dict(parameters)}, sort_keys=True)
        notes = "\n".join([*self.notes[:1], note, *self.notes[1:]])
        dataset = self._dataset.assign(cells)
        return Effects(dataset.assign_attrs(parameters=record, notes=notes))

    # ------------------------------------------------------------------ content
    @property
    def dataset(self) -> xr.Dataset:
        """The labelled effects; treat them as read-only."""
        return self._dataset

    def __contains__(self, name: object) -> bool:
        """Return whether the model gives a variable."""
        return name in self._dataset.data_vars

    def __getitem__(self, name: str) -> xr.DataArray:
        """Return one variable; LabelError if the model does not give it."""
        if name not in self:
            variable(name)
            names = ", ".join(map(str, self._dataset.data_vars))
            raise LabelError(f"model {self.model!r} says nothing about {name!r}; it gives {names}")
        return self._dataset[name]

    @property
    def model(self) -> str:
        """Name of the model."""
        return str(self._dataset.attrs["model"])

    @property
    def closure(self) -> str:
        """Closure of the variables without a ``closure`` dimension."""
        return str(self._dataset.attrs["closure"])

    @property
    def closures(self) -> list[str]:
        """All closures shown beside each other, the chosen one among them."""
        if "closure" in self._dataset.coords:
            return [str(c) for c in self._dataset["closure"].values]
        return [self.closure] if self.closure else []

    @property
    def scenario_name(self) -> str:
        """Name of the scenario; its whole text is in the attribute ``scenario``."""
        return str(self._dataset.attrs["scenario_name"])

    @property
    def scenario_title(self) -> str:
        """The scenario in a few words."""
        return str(self._dataset.attrs["scenario_title"]) or self.scenario_name

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Parameters of the model, with their citations."""
        return dict(json.loads(self._dataset.attrs["parameters"]))

    @cached_property
    def options(self) -> dict[str, Any]:
        """Options of the run, defaults included; empty if no model recorded any."""
        return dict(json.loads(self._dataset.attrs["options"]))

    @cached_property
    def versions(self) -> dict[str, str]:
        """Versions of Python, of iomodel and of the libraries below it; commit where known."""
        return dict(json.loads(self._dataset.attrs["versions"]))

    @cached_property
    def diagnostics(self) -> dict[str, Any]:
        """Solver diagnostics."""
        return dict(json.loads(self._dataset.attrs["diagnostics"]))

    @property
    def notes(self) -> list[str]:
        """Caveats for readers of these results."""
        return [line for line in str(self._dataset.attrs["notes"]).split("\n") if line]

    @property
    def regions(self) -> list[str]:
        """Region labels."""
        return [str(r) for r in self._dataset["region"].values]

    @property
    def sectors(self) -> list[str]:
        """Sector labels."""
        return [str(s) for s in self._dataset["sector"].values]

    def __repr__(self) -> str:
        a = self._dataset.attrs
        model = f"{self.model} ({self.closure})" if self.closure else self.model
        return f"<Effects of {self.scenario_name!r} in {model} on {a['table_name']!r}>"

    # ------------------------------------------------------------------ tables
    def by_region(self, *, world: bool = True, groups: Iterable[str] = ()) -> pd.DataFrame:
        """Return one row per region, then per group, then the world.

        Parameters
        ----------
        world : bool
            Whether to add a row ``WORLD``.
        groups : iterable of str
            Region groups to add as rows, for example ``["EU27", "ASEAN"]``.

        Returns
        -------
        pandas.DataFrame
            Index ``region``. Columns are the variables over regions and, summed over sectors,
            those over industries; variables by closure have one column per closure, such as
            ``gdp_pct_lost``, and those by sigma or by draw of elasticities the ends of their band,
            ``gdp_pct_low`` and ``gdp_pct_high`` (5 and 95 percent of draws, and their median).
            Variables with other dimensions (time, partner) are left out.

        Raises
        ------
        LabelError
            If a group is unknown or none of its members is here.
        """
        return tables.by_region(self._dataset, world=world, groups=list(groups))

    def by_sector(self, region: str | Sequence[str] = "all") -> pd.DataFrame:
        """Return one row per sector.

        Parameters
        ----------
        region : str or sequence of str
            Region labels or group names; by default the whole world.

        Returns
        -------
        pandas.DataFrame
            Index ``sector``; ``sector_name`` first, then the variables over industries.

        Raises
        ------
        LabelError
            If a region is unknown.
        """
        return tables.by_sector(self._dataset, region)

    def by_region_sector(self) -> pd.DataFrame:
        """Return one row per industry, indexed by region and sector."""
        return tables.by_region_sector(self._dataset)

    def to_dataframe(self) -> pd.DataFrame:
        """Return all variables in one long table: one row per cell.

        Returns
        -------
        pandas.DataFrame
            Columns ``variable``, the dimensions (empty if a variable lacks one), ``value``,
            ``units``.
        """
        return tables.long(self._dataset)

    # ------------------------------------------------------------------ files
    def to_netcdf(self, path: str | os.PathLike[str]) -> Path:
        """Write everything to one NetCDF file, whole or not at all.

        The same effects give the same bytes: clock times are left out of the diagnostics. A
        checksum stands behind the last byte of NetCDF, where other readers ignore it.

        Parameters
        ----------
        path : path-like
            The file; its folder is made if missing.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        return files.write(self._dataset, path)

    def to_csv(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write ``by_region.csv`` and ``by_region_sector.csv``.

        Every row ends with scenario, model, closure, elasticities and table, so that no number
        leaves without them.

        Parameters
        ----------
        folder : path-like
            Made if missing.

        Returns
        -------
        list of pathlib.Path

        Raises
        ------
        OutputError
            If a file cannot be written.
        """
        origin = {
            "scenario": self.scenario_name,
            "model": self.model,
            "closure": self.closure,
            "elasticities": self.elasticities,
            "table": str(self._dataset.attrs["table_name"]),
        }
        frames = {"by_region": self.by_region(), "by_region_sector": self.by_region_sector()}
        return [
            files.write_csv(frame.assign(**origin), Path(folder) / f"{name}.csv")
            for name, frame in frames.items()
        ]

    @property
    def elasticities(self) -> str:
        """Name of the set of trade elasticities; empty if the model uses none."""
        used = self.parameters.get("elasticities", "")
        return str(used.get("value", "")) if isinstance(used, Mapping) else str(used or "")

    @property
    def plot(self) -> EffectsPlots:
        """Figures; see :class:`iomodel.report.figures.effects.EffectsPlots`."""
        from iomodel.report.figures.effects import EffectsPlots

        return EffectsPlots(self)

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Write one HTML page that needs no other file; see :mod:`iomodel.report.html`."""
        from iomodel.report.html import write_report

        return write_report(self, path)
