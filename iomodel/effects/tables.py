"""Tables of effects: by region with groups and the world, by sector, by industry, and long.

A band over sigma is shown as its lowest and its highest value, one over draws as its 5 and 95
percent, of the row after it has been added up: the low of the world is that of one sigma, not the
sum of the lows of regions. Levels are summed. A percentage with a level of its own is taken anew
from the sums; any other is the mean weighted by the variable in its attribute ``weight``
(:mod:`iomodel.effects.aggregates`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.effects.aggregates import Aggregate
from iomodel.effects.regions import own_groups
from iomodel.effects.variables import base_of, new_of, without_suffix
from iomodel.table.groups import resolve_regions
from iomodel.typing import Float

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["WORLD", "by_region", "by_region_sector", "by_sector", "long"]

# Dimensions with one column each of a variable, and what their columns are called.
MEMBERS: Mapping[str, str] = {
    "closure": "{}_{}",
    "sigma": "{}_sigma_{}",
    "draw": "{}_draw_{}",
}
# Columns of the bands over their members, as quantiles.
BANDS: Mapping[str, Mapping[str, float]] = {
    "sigma": {"low": 0.0, "high": 1.0},
    "draw": {"low": 0.05, "median": 0.5, "high": 0.95},
}

WORLD = "WORLD"
"""Label of the row that adds up all regions."""


def by_region(dataset: xr.Dataset, *, world: bool, groups: Sequence[str]) -> pd.DataFrame:
    """Return one row per region, group and world; see :meth:`iomodel.effects.Effects.by_region`."""
    import pandas as pd

    regions = [str(r) for r in dataset["region"].values]
    scenario_groups = own_groups(dataset)
    members = {g: resolve_regions(g, regions, scenario_groups) for g in groups if g not in regions}
    members |= {WORLD: regions} if world else {}
    mask = np.array([np.isin(regions, m) for m in members.values()], dtype=np.float64)
    rows = np.vstack([np.eye(len(regions)), mask.reshape(len(members), len(regions))])
    columns: dict[str, Float] = {}
    for name, dims in _with_dims(dataset, (("region",), ("region", "sector"))):
        for column, cells in _aggregates(dataset, name):
            columns[column] = cells.over_sectors().over_regions(rows).value
            if cells.weight is not None and dims == ("region",):
                # A region's own figure stands even where its weight is zero.
                columns[column][: len(regions)] = _cells(dataset, name, column)
    columns = _with_bands(dataset, columns)
    return pd.DataFrame(columns, index=pd.Index([*regions, *members], name="region"))


def by_sector(dataset: xr.Dataset, region: str | Sequence[str]) -> pd.DataFrame:
    """Return one row per sector; see :meth:`iomodel.effects.Effects.by_sector`."""
    import pandas as pd

    regions = [str(r) for r in dataset["region"].values]
    labels = resolve_regions(region, regions, own_groups(dataset))
    members = np.isin(regions, labels).astype(np.float64)
    columns = {
        column: cells.over_regions(members).value
        for name, _ in _with_dims(dataset, (("region", "sector"),))
        for column, cells in _aggregates(dataset, name)
    }
    columns = _with_bands(dataset, columns)
    frame = pd.DataFrame(columns, index=pd.Index(dataset["sector"].values, name="sector"))
    frame.insert(0, "sector_name", dataset["sector_name"].values)
    return frame


def by_region_sector(dataset: xr.Dataset) -> pd.DataFrame:
    """Return one row per industry with every variable over industries."""
    import pandas as pd

    regions, sectors = dataset["region"].values, dataset["sector"].values
    index = pd.MultiIndex.from_product([regions, sectors], names=["region", "sector"])
    columns = {
        column: _cells(dataset, name, column).reshape(-1)
        for name, _ in _with_dims(dataset, (("region", "sector"),))
        for column in _column_names(dataset, name)
    }
    frame = pd.DataFrame(_with_bands(dataset, columns), index=index)
    frame.insert(0, "sector_name", np.tile(dataset["sector_name"].values, len(regions)))
    return frame


def long(dataset: xr.Dataset) -> pd.DataFrame:
    """Return one row per cell of every variable."""
    import pandas as pd

    dims = [str(d) for d in dataset.sizes]
    frames = []
    for name, data in dataset.data_vars.items():
        labels = np.meshgrid(*[dataset[d].values for d in data.dims], indexing="ij")
        columns: dict[str, object] = {"variable": name, **dict.fromkeys(dims, "")}
        columns |= {str(d): k.reshape(-1) for d, k in zip(data.dims, labels, strict=True)}
        columns |= {"value": data.values.reshape(-1), "units": data.attrs["units"]}
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


# ---------------------------------------------------------------------- helpers
def _with_dims(
    dataset: xr.Dataset, choices: Sequence[tuple[str, ...]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield variables by their dimensions, those of members aside, in the order of `choices`."""
    for dims in choices:
        for name, data in dataset.data_vars.items():
            if tuple(str(d) for d in data.dims if d not in MEMBERS) == dims:
                yield str(name), dims


def _column_names(dataset: xr.Dataset, name: str) -> list[str]:
    """Return the column names of a variable: one, or one for each closure or sigma."""
    for dim, words in MEMBERS.items():
        if dim in dataset[name].dims:
            stem = without_suffix(name)
            return [words.format(stem, member) for member in dataset[dim].values]
    return [name]


def _with_bands(dataset: xr.Dataset, columns: dict[str, Float]) -> dict[str, Float]:
    """Replace the columns by sigma and by draw by the ends of the band of each row."""
    merged = dict(columns)
    for name, data in dataset.data_vars.items():
        members = _column_names(dataset, str(name))
        dim = next((dim for dim in BANDS if dim in data.dims), "")
        if dim and members[0] in merged:
            cells, stem = np.stack([merged.pop(c) for c in members]), without_suffix(str(name))
            quantiles = np.quantile(cells, list(BANDS[dim].values()), axis=0)
            merged |= {f"{stem}_{end}": q for end, q in zip(BANDS[dim], quantiles, strict=True)}
    return merged


def _cells(dataset: xr.Dataset, name: str, column: str) -> Float:
    """Return the values of one column of a variable."""
    values: Float = dataset[name].values
    if not set(dataset[name].dims) & set(MEMBERS):
        return values
    return values[_column_names(dataset, name).index(column)]  # type: ignore[no-any-return]


def _aggregates(dataset: xr.Dataset, name: str) -> Iterator[tuple[str, Aggregate]]:
    """Yield the columns of a variable, ready to be added up over regions and sectors."""
    attrs: Mapping[str, str] = dataset[name].attrs
    if not attrs.get("weight"):
        yield name, Aggregate(dataset[name].values)
    elif name.endswith("_pct") and {base_of(name), new_of(name)} <= set(dataset.data_vars):
        yield name, Aggregate.of_levels(dataset[base_of(name)].values, dataset[new_of(name)].values)
    else:
        weights = dataset[attrs["weight"]].values
        for column in _column_names(dataset, name):
            yield column, Aggregate.of_changes(_cells(dataset, name, column), weights)
