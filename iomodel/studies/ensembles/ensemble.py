"""Results of many runs: labelled effects over cases and draws, with the provenance of each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.effects import Effects, files
from iomodel.effects.regions import SIDES, named_regions, standing_regions
from iomodel.effects.tables import WORLD
from iomodel.effects.variables import BAND_SUFFIX, CLOSURE_SUFFIX, DRAW_SUFFIX, variable
from iomodel.errors import InfeasibleError, IOModelError, LabelError
from iomodel.studies.case import Case
from iomodel.studies.ensembles.rows import ENDS, MEASURES, NO_DRAW, band_words, coordinates, rows_of
from iomodel.studies.ensembles.selection import checked_selection, matches
from iomodel.studies.ensembles.stack import Stack
from iomodel.studies.ensembles.stored_effects import StoredEffects
from iomodel.studies.ensembles.summary import summary
from iomodel.studies.journal.answers import PlainEffects, plain_effects

if TYPE_CHECKING:
    from iomodel.report.figures.comparison import EnsemblePlots
    from iomodel.studies.ensembles.results import StoredResults

__all__ = ["Ensemble"]

FORM = "ensemble-1"
# Tables of so many regions or fewer are shown whole.
FEW_REGIONS = 12
# Tables of single cases that are kept.
MOST_TABLES = 1000


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Effects of many cases on one table.

    Attributes
    ----------
    cases : tuple of Case
        The questions, in order.
    effects : mapping of str to Effects
        Answers by the key of the case.
    errors : mapping of str to IOModelError
        Refusals by the key of the case.
    left_out : mapping of str to str
        Models that were not asked, with the reason.
    unbanded : mapping of str to str
        Cases without a band, by their key, with the reason in half a sentence.
    results : StoredResults, optional
        Results on disk, from which :attr:`dataset` reads.
    """

    cases: tuple[Case, ...]
    effects: Mapping[str, Effects]
    errors: Mapping[str, IOModelError] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    unbanded: Mapping[str, str] = field(default_factory=dict)
    results: StoredResults | None = None

    # ------------------------------------------------------------------ reading
    @property
    def refusals(self) -> dict[str, str]:
        """Sentences of the models that refused a case, by its key."""
        return {key: str(error) for key, error in self.errors.items()}

    @property
    def first(self) -> Effects:
        """Effects of the first case with an answer; InfeasibleError where none has one."""
        if not self.effects:
            reasons = "; ".join(f"{k}: {v}" for k, v in self.refusals.items())
            raise InfeasibleError(f"no model has an answer to this scenario ({reasons})")
        return next(iter(self.effects.values()))

    @property
    def answered(self) -> list[Case]:
        """Cases with an answer, in order."""
        return [case for case in self.cases if case.key in self.effects]

    def __getitem__(self, key: str) -> Effects:
        """Return the effects of one case.

        Raises
        ------
        LabelError
            If there is no such case, or its model refused.
        """
        if key in self.effects:
            return self.effects[key]
        if key in self.errors:
            raise LabelError(f"case {key!r} has no answer: {self.errors[key]}")
        raise LabelError(f"no case is called {key!r}; valid: {', '.join(self.effects)}")

    @property
    def measures(self) -> dict[str, str]:
        """Headline variables that at least one case speaks about, with their meaning."""
        return {
            name: meaning
            for name, meaning in MEASURES.items()
            if any(name in effects for effects in self.effects.values())
        }

    @property
    def elasticities(self) -> list[str]:
        """The sets of elasticities used, as words for a caption."""
        used = dict.fromkeys(e.elasticities for e in self.effects.values() if e.elasticities)
        return [f"elasticities {', '.join(used)}"] if used else []

    @cached_property
    def rows(self) -> list[str]:
        """World, the sides, the scenario's own regions, and the large economies of the table."""
        if not self.effects:
            return []
        regions, standing = self.first.regions, standing_regions(self.first.regions)
        sides = [name for name in standing if name in SIDES]
        rows = list(dict.fromkeys([WORLD, *sides, *named_regions(self.first), *standing]))
        if len(rows) == 1 or len(regions) <= FEW_REGIONS:
            return list(dict.fromkeys([*rows, *regions]))
        return rows

    def outside_range(self, variable: str) -> list[str]:
        """Columns that are no end of a bracket: in `leontief`, diverted, a duty is a stimulus."""
        return [
            label
            for label, case, closure in self.columns(variable)
            if "tariff" in case.scenario.kinds
            and self.effects[case.key].model == "leontief"
            and closure == "diverted"
        ]

    def columns(self, variable: str) -> list[tuple[str, Case, str]]:
        """Return label, case and closure of every answer to a variable over regions.

        A case whose model gives several closures side by side has one label for each,
        ``label:closure``.
        """
        labels = []
        for case in self.answered:
            effects = self.effects[case.key]
            if variable not in effects:
                continue
            closures = effects.closures if variable + CLOSURE_SUFFIX in effects else []
            if len(closures) > 1:
                labels += [(f"{case.key}:{closure}", case, closure) for closure in closures]
            else:
                labels.append((case.key, case, effects.closure))
        return labels

    # ------------------------------------------------------------------ tables
    def to_dataframe(
        self, variable: str = "gdp_pct", regions: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Return one row per region and one column per case (and closure, where it has several).

        Parameters
        ----------
        variable : str
            A variable over regions; by default the change in GDP in percent.
        regions : sequence of str, optional
            Regions, groups or ``WORLD``. Default: :attr:`rows`.

        Raises
        ------
        LabelError
            If the variable or a region is unknown, or no case says anything about the variable.
        """
        rows = self.rows if regions is None else list(regions)
        columns: dict[str, pd.Series[float]] = {}
        for label, case, closure in self.columns(variable):
            several = label != case.key
            table = self._table(case, tuple(rows))
            columns[label] = table[f"{variable}_{closure}" if several else variable]
        if not columns:
            self._explain(variable)
        return pd.DataFrame(columns).rename_axis(index="region")

    def bands(
        self, variable: str = "gdp_pct", regions: Sequence[str] | None = None
    ) -> dict[str, pd.DataFrame]:
        """Return the ends of the bands of a variable, of the cases that have one.

        Parameters
        ----------
        variable : str
            A variable over regions; by default the change in GDP in percent.
        regions : sequence of str, optional
            Regions, groups or ``WORLD``. Default: :attr:`rows`.

        Returns
        -------
        dict of str to pandas.DataFrame
            By column of :meth:`to_dataframe`: one row per region, columns ``low`` and ``high``, in
            percent. Of draws of trade elasticities 5 and 95 percent, of sigmas the ends.
        """
        rows = tuple(self.rows if regions is None else regions)
        bands = {
            label: self._ends(case, variable, rows) for label, case, _ in self.columns(variable)
        }
        return {label: ends for label, ends in bands.items() if len(ends.columns)}

    def band_words(self, key: str) -> str:
        """Return what the band of a case is over; ``none`` and the reason if there is none."""
        return band_words(self[key].parameters, self.unbanded.get(key, ""))

    def is_band_alone(self, key: str) -> bool:
        """Whether the band of a case stands without a number: deliveries close within a year."""
        return bool(self[key].parameters.get("band", {}).get("alone", False))

    def _ends(self, case: Case, variable: str, rows: tuple[str, ...]) -> pd.DataFrame:
        """Return the ends of the band of one case; no columns if it has none."""
        effects = self.effects[case.key]
        if not any(f"{variable}{suffix}" in effects for suffix in (BAND_SUFFIX, DRAW_SUFFIX)):
            return pd.DataFrame(index=list(rows))
        frame = self._table(case, rows)[[f"{variable}_{end}" for end in ENDS]]
        return frame.set_axis(list(ENDS), axis=1)

    def _table(self, case: Case, rows: tuple[str, ...]) -> pd.DataFrame:
        """Return :meth:`Effects.by_region` of a case for some rows, made once."""
        if (case.key, rows) not in self._tables:
            effects = self.effects[case.key]
            groups = [name for name in rows if name not in (*effects.regions, WORLD)]
            while len(self._tables) >= MOST_TABLES:
                self._tables.pop(next(iter(self._tables)))
            self._tables[case.key, rows] = effects.by_region(groups=groups).loc[list(rows)]
        return self._tables[case.key, rows]

    @cached_property
    def _tables(self) -> dict[tuple[str, tuple[str, ...]], pd.DataFrame]:
        return {}

    def by_region(self, *, world: bool = True, groups: Sequence[str] = ()) -> pd.DataFrame:
        """Return :meth:`Effects.by_region` of every case with an answer.

        Parameters
        ----------
        world : bool
            Whether to add a row ``WORLD`` to each case.
        groups : sequence of str
            Region groups to add as rows.

        Returns
        -------
        pandas.DataFrame
            Index ``case`` and ``region``, with ``draw`` between them where cases are draws. Columns
            as there; NaN where a model does not speak about one.
        """
        return self._stacked(lambda effects: effects.by_region(world=world, groups=groups))

    def by_sector(self, region: str | Sequence[str] = "all") -> pd.DataFrame:
        """Return :meth:`Effects.by_sector` of every case with an answer.

        Parameters
        ----------
        region : str or sequence of str
            Region labels or group names; by default the whole world.

        Returns
        -------
        pandas.DataFrame
            Index ``case`` and ``sector``, with ``draw`` between them where cases are draws.
        """
        return self._stacked(lambda effects: effects.by_sector(region))

    def _stacked(self, table: Callable[[Effects], pd.DataFrame]) -> pd.DataFrame:
        """Return tables of all cases below each other, the case in front of their own index."""
        tables = {
            (case.name, NO_DRAW if case.draw is None else case.draw): table(self[case.key])
            for case in self.answered
        }
        if not tables:
            return table(self.first)
        stacked = pd.concat(tables, names=["case", "draw"])
        return stacked if any(draw != NO_DRAW for _, draw in tables) else stacked.droplevel("draw")

    def long(self, regions: Sequence[str] | None = None) -> pd.DataFrame:
        """Return one row per region, case and headline variable, with model and parameters.

        ``low`` and ``high`` are the ends of its band, ``band`` says over what, or why there is
        none. Every row ends with scenario, elasticities and table, so that no number leaves without
        them.

        Raises
        ------
        InfeasibleError
            If no case has an answer.
        LabelError
            If no case speaks about a headline variable.
        """
        answer = self.first
        rows = list(dict.fromkeys(regions or [*self.rows, *answer.regions]))
        if not self.measures:
            raise LabelError(
                f"no case says anything about {', '.join(MEASURES)}; use to_dataframe(variable) or "
                "to_netcdf()"
            )
        blocks = []
        for name in self.measures:
            frame, bands = self.to_dataframe(name, rows), self.bands(name, rows)
            for label, case, closure in self.columns(name):
                block = pd.DataFrame({"region": rows}).assign(**self._about(case, closure))
                block["variable"], block["unit"] = name, "percent"
                block["value"] = frame[label].to_numpy()
                for end in ENDS:
                    block[end] = bands[label][end].to_numpy() if label in bands else np.nan
                block["band"] = self._band_of(name, case, banded=label in bands)
                blocks.append(block)
        table = answer.dataset.attrs["table_name"]
        return pd.concat(blocks, ignore_index=True).assign(table=table)

    def _band_of(self, variable: str, case: Case, *, banded: bool) -> str:
        words = self.band_words(case.key)
        if banded or words.startswith("none"):
            return words
        return f"none: {variable} is not drawn"

    def _about(self, case: Case, closure: str) -> dict[str, Any]:
        """Return the coordinates of a case."""
        effects = self.effects[case.key]
        attrs = effects.dataset.attrs
        texts = coordinates(case, closure, attrs, effects.parameters)
        draw = NO_DRAW if case.draw is None else case.draw
        return {"case": case.name, "draw": draw, **texts}

    @cached_property
    def dataset(self) -> xr.Dataset:
        """Labelled effects over cases, regions, sectors and times.

        Over (case, ...), with draws over (case, draw, ...), a case without draws standing at draw
        -1; of a product over (scenario, model, case, draw, ...), where ``case`` is the point of the
        grid of options. All variables of at least one case, NaN where a model does not speak about
        one, ``_low`` and ``_high`` the ends of the bands of headline variables; a case whose model
        gives several closures has one row for each, ``label:closure``. Coordinates along cases say
        model, closure, horizon, elasticities and scenario; ``provenance`` holds the parameters and
        notes of each as JSON. Of a batch in a folder it is opened there, and values are read when
        they are asked for.

        Raises
        ------
        InfeasibleError
            If no case has an answer.
        LabelError
            If the cases stand on several tables.
        """
        attrs = self.first.dataset.attrs
        if len(self.tables) > 1:
            raise LabelError(
                f"the cases stand on tables {', '.join(self.tables)}; choose one: "
                f"select(table={self.tables[0]!r})"
            )
        if self.results is not None:
            stored = self.results.dataset(self.tables[0])
            return stored.assign_attrs(self._attrs(stored.attrs))
        stack, rows = Stack(), []
        for case in self.answered:
            plain = self._plain(case.key)
            rows_of_case = rows_of(case, plain, self.unbanded.get(case.key, ""))
            stack.add(rows_of_case, plain)
            rows += rows_of_case
        return stack.finish().dataset(rows, self._attrs(attrs))

    def _plain(self, key: str) -> PlainEffects:
        if isinstance(self.effects, StoredEffects):
            return self.effects.plain(key)
        return plain_effects(self.effects[key])

    @property
    def tables(self) -> list[str]:
        """Labels of the tables of the cases with an answer."""
        return list(dict.fromkeys(case.table for case in self.answered))

    def select(self, **labels: Any) -> Ensemble:
        """Return the cases with some labels, as an ensemble.

        Parameters
        ----------
        **labels
            ``table``, ``scenario``, ``model``, ``case`` (the point of the grid of options, or the
            label), ``draw``, ``family``: each a label or a list of labels.

        Raises
        ------
        LabelError
            If a key or a label is unknown.

        Examples
        --------
        >>> ensemble.select(scenario="us-china-tariff-100", draw=[0, 1])  # doctest: +SKIP
        """
        asked = checked_selection(self.cases, labels)
        cases = tuple(case for case in self.cases if matches(case, asked))
        keys = {case.key for case in cases}
        effects: Mapping[str, Effects]
        if isinstance(self.effects, StoredEffects):
            effects = self.effects.only(keys)
        else:
            effects = {key: value for key, value in self.effects.items() if key in keys}
        return Ensemble(
            cases,
            effects,
            {key: error for key, error in self.errors.items() if key in keys},
            self.left_out,
            {key: reason for key, reason in self.unbanded.items() if key in keys},
            # The store holds all cases of a table.
            self.results if set(asked) <= {"table"} else None,
        )

    def summary(
        self,
        variable: str = "gdp_pct",
        regions: Sequence[str] | None = None,
        *,
        level: float = 0.9,
    ) -> pd.DataFrame:
        """Return mean, median and bounds over draws, one case at a time.

        Parameters
        ----------
        variable : str
            A variable over regions.
        regions : sequence of str, optional
            Region labels; default: all.
        level : float
            Share of draws between the bounds.

        Returns
        -------
        pandas.DataFrame
            Index: the dimensions of the cases and ``region``; columns ``mean``, ``low``,
            ``median``, ``high`` and ``draws``, the number of draws with an answer.

        Raises
        ------
        LabelError
            If the variable or a region is unknown, or the cases stand on several tables.
        IOModelError
            If the level is no share.
        """
        if variable not in self.dataset:
            self._explain(variable)
        return summary(self.dataset, variable, regions, level)

    def _attrs(self, attrs: Mapping[str, Any]) -> dict[str, str]:
        shared = {k: v for k, v in attrs.items() if k.startswith(("table_", "package"))}
        scenarios = dict.fromkeys(c.scenario.title or c.scenario.name for c in self.answered)
        return shared | {
            "title": f"Ensemble: {'; '.join(scenarios)}",
            "refusals": json.dumps(self.refusals, sort_keys=True),
            "left_out": json.dumps(dict(self.left_out), sort_keys=True),
        }

    # ------------------------------------------------------------------ files and figures
    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write :meth:`long` for all regions and groups shown; OutputError where it cannot."""
        return files.write_csv(self.long().set_index("region"), Path(path))

    def to_netcdf(self, path: str | os.PathLike[str]) -> Path:
        """Write :attr:`dataset` to one file, whole or not at all."""
        return files.write(self.dataset, path, form=FORM)

    @property
    def plot(self) -> EnsemblePlots:
        """Figures; see :class:`iomodel.report.figures.comparison.EnsemblePlots`."""
        from iomodel.report.figures.comparison import EnsemblePlots

        return EnsemblePlots(self)

    def _explain(self, name: str) -> None:
        """Raise for a variable that no case speaks about."""
        dims = variable(name).dims
        if "region" not in dims or "sector" in dims:
            raise LabelError(
                f"{name!r} is no variable over regions; use by_region_sector() of a model"
            )
        asked = ", ".join(self.effects) or "no models"
        raise LabelError(f"none of {asked} says anything about {name!r}")
