"""Schema of a file of effects: links, attributes, records in JSON, variables and labels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import xarray as xr

from iomodel.effects.build import TABLE_ATTRS
from iomodel.effects.variables import VARIABLES, check_dims
from iomodel.errors import IOModelError, TableError
from iomodel.fingerprint import fingerprint

__all__ = ["CONTENT", "check_schema", "content_digest", "header"]

CONTENT = "content_sha256"
"""Attribute with the digest of everything else in a file."""

RECORDS = ("parameters", "diagnostics", "options", "versions")
TEXTS = (
    "title",
    "model",
    "closure",
    "notes",
    "scenario",
    "scenario_name",
    "scenario_title",
    "scenario_fingerprint",
    "table_history",
    "table_fingerprint",
    "package",
    "package_version",
    CONTENT,
    *RECORDS,
)
LABELS = ("region", "sector", "sector_name")


def content_digest(dataset: xr.Dataset) -> str:
    """Return the digest of all variables, labels and attributes but the digest itself."""
    variables = {
        str(name): (variable.dims, variable.values, dict(variable.attrs))
        for name, variable in dataset.variables.items()
    }
    return fingerprint(variables, {k: v for k, v in dataset.attrs.items() if k != CONTENT})


def header(source: Path) -> tuple[str, str]:
    """Return the form of a file, and the first name in it that is no data of its own.

    Soft and external links, foreign storage and groups are such names: effects have none, and a
    reader would follow them to other files.
    """
    import h5py  # type: ignore[import-untyped]

    with h5py.File(source, "r") as file:
        form = str(file.attrs.get("form", ""))
        for name in file:
            if not isinstance(file.get(name, getlink=True), h5py.HardLink):
                return form, str(name)
            item = file[name]
            if not isinstance(item, h5py.Dataset) or item.external or item.is_virtual:
                return form, str(name)
    return form, ""


def check_schema(dataset: xr.Dataset, source: Path) -> None:
    """Check that a dataset has all that :class:`iomodel.effects.Effects` reads.

    Raises
    ------
    TableError
        If an attribute, a record, a label or a variable is missing or of another kind; the message
        names it.
    """
    fault = _fault(dataset)
    if fault:
        raise TableError(f"{source} is no whole file of effects: {fault}; run the scenario again")


# ---------------------------------------------------------------------- helpers
def _fault(dataset: xr.Dataset) -> str:
    """Return the first fault in words, empty if there is none."""
    return _fault_of_attributes(dataset) or _fault_of_labels(dataset) or _fault_of_data(dataset)


def _fault_of_attributes(dataset: xr.Dataset) -> str:
    for name in (*TEXTS, *(f"table_{fact}" for fact in TABLE_ATTRS)):
        kinds = (str,) if name in TEXTS else (str, int, float)
        if name not in dataset.attrs:
            return f"attribute {name!r} is missing"
        if not isinstance(dataset.attrs[name], kinds):
            return f"attribute {name!r} is {type(dataset.attrs[name]).__name__}"
    for name in RECORDS:
        try:
            record = json.loads(dataset.attrs[name])
        except (ValueError, RecursionError):
            return f"the record {name!r} is damaged"
        if not isinstance(record, dict):
            return f"the record {name!r} is no mapping"
    return ""


def _fault_of_labels(dataset: xr.Dataset) -> str:
    for name in LABELS:
        if name not in dataset.coords:
            return f"the labels {name!r} are missing"
    for key, labels in dataset.coords.items():
        name = str(key)
        dims = ("sector",) if name == "sector_name" else (name,)
        if labels.dims != dims:
            return f"the labels {name!r} have dimensions {labels.dims}"
        if labels.size == 0 or (name != "sector_name" and len(set(labels.values)) != labels.size):
            return f"the labels {name!r} are empty or repeat"
        if name in LABELS and not all(isinstance(label, str) for label in labels.values):
            return f"the labels {name!r} are no text"
    return ""


def _fault_of_data(dataset: xr.Dataset) -> str:
    extra = {str(name) for name in dataset.coords} - {*LABELS, "user_region"}
    for key, cells in dataset.data_vars.items():
        name = str(key)
        if name not in VARIABLES:
            return f"variable {name!r} is unknown"
        try:
            check_dims(name, map(str, cells.dims), extra)
        except IOModelError as error:
            return str(error).removeprefix("effects ")
        if cells.dtype != np.float64:
            return f"variable {name!r} holds {cells.dtype}"
        if not isinstance(cells.attrs.get("units"), str):
            return f"variable {name!r} has no unit"
        if VARIABLES[name].weight and not isinstance(cells.attrs.get("weight"), str):
            return f"variable {name!r} has no weight"
    return "" if len(dataset.data_vars) else "it has no variable"
