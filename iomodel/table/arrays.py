"""Layout of a table: default attributes, dimensions, labels and coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from iomodel.errors import LabelError, TableError
from iomodel.typing import Float

__all__ = [
    "DEFAULT_ATTRS",
    "NUMERIC_ATTRS",
    "VARIABLE_DIMS",
    "coordinates",
    "numbered_labels",
    "read_only",
    "unique_labels",
]


DEFAULT_ATTRS: dict[str, Any] = {
    "name": "unnamed",
    "unit": "currency",
    "year": 0,
    "source": "",
    "citation": "",
    "licence": "",
    "price_basis": "basic prices",
    "classification": "",
}
# Attributes on which numbers depend; the others are words about the table.
NUMERIC_ATTRS = ("unit", "year", "price_basis", "classification")
VARIABLE_DIMS: dict[str, tuple[str, ...]] = {
    "Z": ("region", "sector", "user_region", "user_sector"),
    "Y": ("region", "sector", "user_region", "final_use"),
    "V": ("primary_input", "region", "sector"),
    "x": ("region", "sector"),
    "tariff": ("region", "sector", "user_region"),
    "extensions": ("extension", "region", "sector"),
}


def read_only(cells: Float) -> Float:
    """View that refuses writes; the caller's array keeps its flag."""
    view = cells.view()
    view.flags.writeable = False
    return view


def unique_labels(kind: str, values: Iterable[str]) -> list[str]:
    """Labels of a dimension as text; refuses an empty list and a label given twice."""
    labels = [str(v) for v in values]
    if not labels:
        raise LabelError(f"no {kind} labels given; name at least one")
    distinct: set[str] = set()
    repeated = sorted({v for v in labels if v in distinct or distinct.add(v)})  # type: ignore[func-returns-value]
    if repeated:
        raise LabelError(
            f"duplicated {kind} label {', '.join(map(repr, repeated))}; make it unique"
        )
    return labels


def numbered_labels(kind: str, stem: str, labels: Iterable[str] | None, count: int) -> list[str]:
    """Labels of a dimension of known length: unique, by default the stem with a number."""
    if labels is None:
        return [stem] if count == 1 else [f"{stem}_{k + 1}" for k in range(count)]
    names = unique_labels(kind, labels)
    if len(names) != count:
        raise TableError(f"{len(names)} {kind} labels for {count} columns or rows of data")
    return names


def coordinates(
    labels: Mapping[str, list[str]],
    value_added_inputs: Iterable[str] | None,
    sector_names: Iterable[str] | None,
    extension_units: Mapping[str, str],
) -> dict[str, Any]:
    """Coordinates of the dataset of a table: labels, names of sectors, units of extensions."""
    primary = labels["primary_input"]
    counted = primary if value_added_inputs is None else list(value_added_inputs)
    unknown = [name for name in counted if name not in primary]
    if unknown:
        raise LabelError(f"value-added input {unknown[0]!r} is not among {', '.join(primary)}")
    coords: dict[str, Any] = {k: np.array(v, dtype=object) for k, v in labels.items()}
    coords["user_region"], coords["user_sector"] = coords["region"], coords["sector"]
    coords["counts_as_value_added"] = ("primary_input", np.array([p in counted for p in primary]))
    names = labels["sector"] if sector_names is None else [str(s) for s in sector_names]
    if len(names) != len(labels["sector"]):
        raise TableError(f"{len(names)} sector names for {len(labels['sector'])} sectors")
    coords["sector_name"] = ("sector", np.array(names, dtype=object))
    if "extension" in labels:
        units = [extension_units.get(k, "") for k in labels["extension"]]
        coords["extension_unit"] = ("extension", np.array(units, dtype=object))
    return coords
