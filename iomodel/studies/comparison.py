"""The bracket over models: one scenario, every model that can speak about it, side by side."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.effects import Effects, files
from iomodel.effects.regions import named_regions, present
from iomodel.effects.tables import WORLD
from iomodel.effects.variables import CLOSURE_SUFFIX, variable
from iomodel.errors import InfeasibleError, IOModelError, LabelError

if TYPE_CHECKING:
    from iomodel.report.figures.comparison import ComparisonPlots
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["Comparison", "compare"]

MEASURES = {
    "gdp_pct": "Change in GDP, percent",
    "real_income_pct": "Change in real income, percent",
    "consumer_price_pct": "Change in consumer prices, percent",
}
STANDING = ("USA", "CHN", "EU27", "ASEAN", "JPN", "KOR")
FEW_REGIONS = 12


@dataclass(frozen=True)
class Comparison:
    """What several models say about one scenario.

    Attributes
    ----------
    effects : mapping of str to Effects
        By model, in the order in which they ran.
    refusals : mapping of str to str
        Models that found the scenario infeasible, with their sentence.
    """

    effects: Mapping[str, Effects]
    refusals: Mapping[str, str] = field(default_factory=dict)

    @property
    def measures(self) -> dict[str, str]:
        """Variables that at least one model speaks about, with what they are."""
        return {
            name: what
            for name, what in MEASURES.items()
            if any(name in effects for effects in self.effects.values())
        }

    @property
    def elasticities(self) -> list[str]:
        """The elasticity sets used, as words."""
        used = dict.fromkeys(e.elasticities for e in self.effects.values() if e.elasticities)
        return [f"elasticities {', '.join(used)}"] if used else []

    @cached_property
    def rows(self) -> list[str]:
        """World, the scenario's own regions, and the standing ones that the table has."""
        if not self.effects:
            return []
        first = next(iter(self.effects.values()))
        standing = [name for name in STANDING if present(name, first.regions)]
        rows = list(dict.fromkeys([WORLD, *standing[:2], *named_regions(first), *standing[2:]]))
        if len(rows) == 1 or len(first.regions) <= FEW_REGIONS:
            return list(dict.fromkeys([*rows, *first.regions]))
        return rows

    def to_dataframe(
        self, variable: str = "gdp_pct", regions: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Return one row per region and one column per model and closure.

        Parameters
        ----------
        variable : str
            A variable over regions; by default the change in GDP in percent.
        regions : sequence of str, optional
            Regions, groups or ``WORLD``. Default: :attr:`rows`.

        Returns
        -------
        pandas.DataFrame
            Columns ``model:closure``, or ``model`` where a model has one closure only. A model
            that says nothing about the variable has no column.

        Raises
        ------
        LabelError
            If the variable or a region is unknown, or no model says anything about the variable.
        """
        wanted = self.rows if regions is None else list(regions)
        columns: dict[str, pd.Series[float]] = {}
        for model, effects in self.effects.items():
            if variable in effects:
                groups = [name for name in wanted if name not in (*effects.regions, WORLD)]
                frame = effects.by_region(groups=groups).loc[wanted]
                columns |= {label: frame[c] for label, c in _columns(model, effects, variable)}
        if not columns:
            _explain(variable, self.effects)
        return pd.DataFrame(columns).rename_axis(index="region")

    def to_dataset(self) -> xr.Dataset:
        """Return the measures over (column, region), with every model's parameters."""
        regions = [*self.first.regions, WORLD]
        data = {}
        labels = list(
            dict.fromkeys(c for name in self.measures for c in self.to_dataframe(name, regions))
        )
        for name, what in self.measures.items():
            frame = self.to_dataframe(name, regions).reindex(columns=labels)
            attrs = {"units": "percent", "long_name": what, "percent_of": _percent_of(name)}
            data[name] = (("column", "region"), frame.to_numpy(dtype=np.float64).T, attrs)
        attrs = self.first.dataset.attrs
        kept = {
            k: v for k, v in attrs.items() if k.startswith(("scenario", "table_", "package"))
        } | {
            "title": f"Bracket over models: {self.first.scenario_title}",
            "models": ", ".join(self.effects),
            "parameters": json.dumps(
                {k: e.parameters for k, e in self.effects.items()}, sort_keys=True
            ),
            "refusals": json.dumps(dict(self.refusals), sort_keys=True),
        }
        coords = {
            "column": np.array(labels, dtype=object),
            "region": np.array(regions, dtype=object),
        }
        return xr.Dataset(data, coords=coords, attrs=kept)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write one row per measure, region, model and closure, for all regions and groups shown.

        Every row ends with scenario, elasticities and table, so that no number leaves without them.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        regions = list(dict.fromkeys([*self.rows, *self.first.regions]))
        parts = []
        for name in self.measures:
            frame = self.to_dataframe(name, regions)
            for label in frame.columns:
                model, _, closure = str(label).partition(":")
                part = pd.DataFrame({"region": regions, "variable": name, "model": model})
                part["closure"], part["percent"] = closure, frame[label].to_numpy()
                part["elasticities"] = self.effects[model].elasticities
                parts.append(part)
        whole = pd.concat(parts).assign(
            scenario=self.first.scenario_name, table=self.first.dataset.attrs["table_name"]
        )
        return files.write_csv(whole.set_index("region"), Path(path))

    def to_netcdf(self, path: str | os.PathLike[str]) -> Path:
        """Write :meth:`to_dataset` to one file, whole or not at all."""
        return files.write(self.to_dataset(), path, form="comparison-1")

    @property
    def plot(self) -> ComparisonPlots:
        """Figures; see :class:`iomodel.report.figures.comparison.ComparisonPlots`."""
        from iomodel.report.figures.comparison import ComparisonPlots

        return ComparisonPlots(self)

    @property
    def first(self) -> Effects:
        """The first model's effects; InfeasibleError where none has an answer."""
        if not self.effects:
            reasons = "; ".join(f"{k}: {v}" for k, v in self.refusals.items())
            raise InfeasibleError(f"no model has an answer to this scenario ({reasons})")
        return next(iter(self.effects.values()))


def compare(
    table: MRIOTable,
    scenario: Scenario,
    models: Iterable[str] | None = None,
    *,
    progress: Callable[[str], None] | None = None,
    **options: Any,
) -> Comparison:
    """Run every model that can speak about a scenario.

    Parameters
    ----------
    table : MRIOTable
    scenario : Scenario
    models : iterable of str, optional
        Names of models. Default: all that are applicable.
    progress : callable, optional
        Called with the name of each model before it runs.
    **options
        Options of models, such as ``elasticities="CP"``; each goes to the models that have it,
        and a closure, where `models` is left out, to those that know it.

    Returns
    -------
    Comparison
        Models that find the scenario infeasible are kept with their sentence; so are, where
        `models` is left out, those that lack something that others do not need.

    Raises
    ------
    LabelError
        If a model is unknown.
    IOModelError
        If none of the models has one of the options.
    NotApplicableError
        If a model that was asked for says nothing about this kind of scenario.
    """
    from iomodel.models import MODELS, applicable, run

    names = applicable(table, scenario) if models is None else list(models)
    taken = {name: _options(MODELS[name].function) for name in names if name in MODELS}
    for option in options:
        if not any(option in known for known in taken.values()):
            known = sorted({o for options_of in taken.values() for o in options_of})
            raise IOModelError(
                f"no model among {', '.join(names)} has an option {option!r}; "
                f"valid: {', '.join(known)}"
            )
    effects: dict[str, Effects] = {}
    refusals: dict[str, str] = {}
    errors: list[IOModelError] = []
    for name in names:
        if progress is not None:
            progress(name)
        own = {k: v for k, v in options.items() if k in taken.get(name, ())}
        if models is None and own.get("closure") not in (None, *MODELS[name].closures):
            del own["closure"]
        try:
            effects[name] = run(table, scenario, model=name, **own)
        except InfeasibleError as error:
            refusals[name] = str(error)
        except IOModelError as error:
            if models is not None:
                raise
            refusals[name] = str(error)
            errors.append(error)
    # What one model lacks (elasticities for these sectors, say) is no reason to hide the others;
    # what all of them refuse is an error of the question.
    if errors and not effects:
        raise errors[0]
    return Comparison(effects, refusals)


# ---------------------------------------------------------------------- helpers
def _options(function: Callable[..., Effects]) -> list[str]:
    """Return the names of a model's options: all its parameters but table and scenario."""
    return list(inspect.signature(function).parameters)[2:]


def _columns(model: str, effects: Effects, name: str) -> list[tuple[str, str]]:
    """Return label and column of ``by_region()`` for each closure of a model."""
    if name + CLOSURE_SUFFIX in effects:
        return [(f"{model}:{c}", f"{name}_{c}") for c in effects.closures]
    return [(f"{model}:{effects.closure}" if effects.closure else model, name)]


def _percent_of(name: str) -> str:
    return variable(name).percent_of


def _explain(name: str, effects: Mapping[str, Effects]) -> None:
    """Raise for a variable that no model speaks about."""
    wanted = variable(name)
    if "region" not in wanted.dims or "sector" in wanted.dims:
        raise LabelError(f"{name!r} is no variable over regions; use by_region_sector() of a model")
    raise LabelError(f"none of {', '.join(effects) or 'no models'} says anything about {name!r}")
