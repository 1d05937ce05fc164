"""Dataset of effects from the plain arrays of a model: labels, weights and provenance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from iomodel._version import __version__
from iomodel.effects.aggregates import percent_change
from iomodel.effects.software import software
from iomodel.effects.variables import VARIABLES, EffectVariable, check_dims, stem_of, variable
from iomodel.errors import IOModelError, LabelError
from iomodel.scenario.fields import ScenarioFields
from iomodel.scenario.timeline import policy_in_force
from iomodel.typing import Float, LabelledArrays

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["ScenarioLike", "build_dataset"]

TABLE_ATTRS = (
    "name",
    "title",
    "description",
    "year",
    "unit",
    "source",
    "citation",
    "licence",
    "price_basis",
    "classification",
)
ORDER = {name: place for place, name in enumerate(VARIABLES)}


class ScenarioLike(Protocol):
    """Scenario as the effects see it: name, title and text."""

    @property
    def name(self) -> str:
        """Name of the scenario."""

    @property
    def title(self) -> str:
        """The scenario in a few words."""

    @property
    def fingerprint(self) -> str:
        """Digest of the content."""

    def to_yaml(self) -> str:
        """Return the whole text of the scenario."""


def build_dataset(
    table: MRIOTable,
    scenario: ScenarioLike,
    *,
    model: str,
    variables: Mapping[str, tuple[Sequence[str], ArrayLike]],
    closure: str,
    parameters: Mapping[str, Any],
    diagnostics: Mapping[str, Any],
    notes: Iterable[str],
    coords: Mapping[str, Sequence[Any]],
    definitions: Mapping[str, str],
    follows_days: bool,
) -> xr.Dataset:
    """Return the dataset of :meth:`iomodel.effects.Effects.build`."""
    for stem, definition in definitions.items():
        variable(f"{stem}_pct", definition)
    labels: dict[str, Any] = {
        "region": np.array(table.regions, dtype=object),
        "sector": np.array(table.sectors, dtype=object),
        **{k: _coordinate(v) for k, v in coords.items()},
    }
    if any("user_region" in dims for dims, _ in variables.values()):
        labels["user_region"] = labels["region"]
    arrays = {k: (tuple(dims), np.asarray(a)) for k, (dims, a) in variables.items()}
    for name, (dims, cells) in arrays.items():
        _check(name, dims, cells, labels)
    data = {}
    for name, (dims, cells) in sorted(_completed(arrays, table).items(), key=_registry_order):
        declared = variable(name, definitions.get(stem_of(name), ""))
        data[name] = (dims, _read_only(cells), _variable_attrs(declared, table))
    used = {d for dims, *_ in data.values() for d in dims}
    coordinates = {k: v for k, v in labels.items() if k in used}
    coordinates["sector_name"] = ("sector", table.dataset["sector_name"].values)
    attrs = _attrs(table, scenario) | {
        "model": model,
        "closure": closure,
        "parameters": json.dumps(parameters, default=_plain, sort_keys=True),
        "diagnostics": json.dumps(diagnostics, default=_plain, sort_keys=True),
        "notes": "\n".join(notes),
        "options": "{}",
        "versions": json.dumps(software(), sort_keys=True),
    }
    if not follows_days:
        attrs |= _time_in_force(scenario)
    return xr.Dataset(data, coords=coordinates, attrs=attrs)


def _coordinate(values: Sequence[Any]) -> NDArray[Any]:
    cells = np.asarray(values)
    return cells.astype(object) if cells.dtype.kind in "US" else cells


def _check(
    name: str, dims: tuple[str, ...], cells: NDArray[Any], labels: Mapping[str, Any]
) -> None:
    check_dims(name, dims, set(labels) - {"region", "sector", "user_region"})
    missing = [d for d in dims if d not in labels]
    if missing:
        raise LabelError(
            f"effects variable {name!r} has no labels for {missing[0]!r}; pass them in coords"
        )
    shape = tuple(len(labels[d]) for d in dims)
    if cells.shape != shape:
        raise IOModelError(
            f"effects variable {name!r} has shape {cells.shape}; its labels ask for {shape}"
        )


def _completed(
    arrays: Mapping[str, tuple[tuple[str, ...], NDArray[Any]]], table: MRIOTable
) -> LabelledArrays:
    """Add the weights of aggregations, and the percent changes of levels."""
    value_added = table.v1.reshape(table.shape)
    full: LabelledArrays = {
        "output_base": (("region", "sector"), table.x.values),
        "value_added_base": (("region", "sector"), value_added),
        "gdp_base": (("region",), value_added.sum(axis=1)),
        **arrays,
    }
    for name in [n for n in full if n.endswith("_new")]:
        stem = name.removesuffix("_new")
        base, change = f"{stem}_base", f"{stem}_pct"
        if base in full and change in VARIABLES and change not in full:
            dims, cells = full[name]
            full[change] = (dims, percent_change(full[base][1], cells))
    for name in full:
        weight = variable(name).weight
        if weight and weight not in full:
            raise IOModelError(f"effects variable {name!r} needs {weight!r} beside it as a weight")
    return full


def _registry_order(item: tuple[str, Any]) -> int:
    return ORDER[item[0]]


def _read_only(cells: NDArray[Any]) -> Float:
    view = np.asarray(cells, dtype=np.float64).view()
    view.flags.writeable = False
    return view


def _variable_attrs(declared: EffectVariable, table: MRIOTable) -> dict[str, str]:
    attrs = {"long_name": declared.long_name, "units": declared.unit(str(table.attrs["unit"]))}
    if declared.percent_of:
        attrs |= {"percent_of": declared.percent_of, "weight": declared.weight}
    return attrs


def _attrs(table: MRIOTable, scenario: ScenarioLike) -> dict[str, Any]:
    meta = table.attrs
    return {
        "title": f"Effects of {scenario.title or scenario.name}",
        "scenario": scenario.to_yaml(),
        "scenario_name": scenario.name,
        "scenario_title": scenario.title,
        "scenario_fingerprint": scenario.fingerprint,
        **{f"table_{key}": _text_or_number(meta.get(key, "")) for key in TABLE_ATTRS},
        "table_history": "\n".join(table.history),
        "table_fingerprint": table.fingerprint,
        "package": "iomodel",
        "package_version": __version__,
    }


def _time_in_force(scenario: ScenarioLike) -> dict[str, int | float]:
    """Return days and share of the year for which a dated policy holds; empty without steps."""
    policy = policy_in_force(scenario) if isinstance(scenario, ScenarioFields) else None
    if policy is None:
        return {}
    return {"in_force_days": policy.days, "share_of_year": policy.share_of_year}


def _text_or_number(value: object) -> str | int | float:
    plain = value.item() if isinstance(value, np.generic) else value
    return plain if isinstance(plain, str | int | float) else json.dumps(plain, default=_plain)


def _plain(value: object) -> Any:
    """Return a parameter as plain values of JSON."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value) if isinstance(value, set | frozenset) else list(value)
    return str(value)
