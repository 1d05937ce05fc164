"""Tables of effects: added over sectors, over regions of a group, over the world.

Levels are summed. A percentage with a level of its own is taken anew from the sums; any other is
the mean weighted by the variable that its attribute ``weight`` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.effects.variables import CLOSURE_SUFFIX, base_of, new_of
from iomodel.table.groups import resolve_regions
from iomodel.typing import Float

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["WORLD", "by_region", "by_region_sector", "by_sector", "long"]

WORLD = "WORLD"


def by_region(dataset: xr.Dataset, *, world: bool, groups: Sequence[str]) -> pd.DataFrame:
    """Return one row per region, group and world; see :meth:`iomodel.effects.Effects.by_region`."""
    import pandas as pd

    regions = [str(r) for r in dataset["region"].values]
    members = {g: resolve_regions(g, regions) for g in groups if g not in regions}
    members |= {WORLD: regions} if world else {}
    mask = np.array([np.isin(regions, m) for m in members.values()], dtype=np.float64)
    rows = np.vstack([np.eye(len(regions)), mask.reshape(len(members), len(regions))])
    columns: dict[str, Float] = {}
    for name, dims in _listed(dataset, (("region",), ("region", "sector"))):
        for column, cells, base in _columns(dataset, name):
            over = tuple(range(1, len(dims)))
            columns[column] = _ratio(
                rows @ cells.sum(axis=over), None if base is None else rows @ base.sum(axis=over)
            )
            if base is not None and dims == ("region",):
                # A region's own figure stands even where its weight is zero.
                columns[column][: len(regions)] = _own(dataset, name, column)
    return pd.DataFrame(columns, index=pd.Index([*regions, *members], name="region"))


def by_sector(dataset: xr.Dataset, region: str | Sequence[str]) -> pd.DataFrame:
    """Return one row per sector; see :meth:`iomodel.effects.Effects.by_sector`."""
    import pandas as pd

    regions = [str(r) for r in dataset["region"].values]
    chosen = np.isin(regions, resolve_regions(region, regions)).astype(np.float64)
    columns = {
        column: _ratio(chosen @ cells, None if base is None else chosen @ base)
        for name, _ in _listed(dataset, (("region", "sector"),))
        for column, cells, base in _columns(dataset, name)
    }
    frame = pd.DataFrame(columns, index=pd.Index(dataset["sector"].values, name="sector"))
    frame.insert(0, "sector_name", dataset["sector_name"].values)
    return frame


def by_region_sector(dataset: xr.Dataset) -> pd.DataFrame:
    """Return one row per industry with every variable over industries."""
    import pandas as pd

    regions, sectors = dataset["region"].values, dataset["sector"].values
    index = pd.MultiIndex.from_product([regions, sectors], names=["region", "sector"])
    columns = {
        column: _own(dataset, name, column).reshape(-1)
        for name, _ in _listed(dataset, (("region", "sector"),))
        for column in _names(dataset, name)
    }
    frame = pd.DataFrame(columns, index=index)
    frame.insert(0, "sector_name", np.tile(dataset["sector_name"].values, len(regions)))
    return frame


def long(dataset: xr.Dataset) -> pd.DataFrame:
    """Return one row per cell of every variable."""
    import pandas as pd

    dims = [str(d) for d in dataset.sizes]
    parts = []
    for name, data in dataset.data_vars.items():
        labels = np.meshgrid(*[dataset[d].values for d in data.dims], indexing="ij")
        columns: dict[str, object] = {"variable": name, **dict.fromkeys(dims, "")}
        columns |= {str(d): k.reshape(-1) for d, k in zip(data.dims, labels, strict=True)}
        columns |= {"value": data.values.reshape(-1), "units": data.attrs["units"]}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


# ---------------------------------------------------------------------- helpers
def _listed(
    dataset: xr.Dataset, wanted: Sequence[tuple[str, ...]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the variables with the wanted dimensions, a closure dimension aside, in that order."""
    for dims in wanted:
        for name, data in dataset.data_vars.items():
            if tuple(str(d) for d in data.dims if d != "closure") == dims:
                yield str(name), dims


def _names(dataset: xr.Dataset, name: str) -> list[str]:
    """Return the column names of a variable: one per closure where it has that dimension."""
    if "closure" not in dataset[name].dims:
        return [name]
    stem = name.removesuffix(CLOSURE_SUFFIX)
    return [f"{stem}_{closure}" for closure in dataset["closure"].values]


def _own(dataset: xr.Dataset, name: str, column: str) -> Float:
    """Return the cells that one column stands for."""
    values: Float = dataset[name].values
    if "closure" not in dataset[name].dims:
        return values
    return values[_names(dataset, name).index(column)]  # type: ignore[no-any-return]


def _columns(dataset: xr.Dataset, name: str) -> Iterator[tuple[str, Float, Float | None]]:
    """Yield column name, cells that may be summed, and what their sum is then divided by."""
    attrs: Mapping[str, str] = dataset[name].attrs
    if not attrs.get("weight"):
        yield name, dataset[name].values, None
        return
    if name.endswith("_pct") and {base_of(name), new_of(name)} <= set(dataset.data_vars):
        base, new = dataset[base_of(name)].values, dataset[new_of(name)].values
        yield name, 100.0 * (new - base), base
        return
    weight = dataset[attrs["weight"]].values
    for column in _names(dataset, name):
        cells = _own(dataset, name, column)
        # An undefined change counts only where it has weight: then the sum is undefined too.
        yield (
            column,
            np.multiply(cells, weight, out=np.zeros_like(cells), where=weight != 0),
            weight,
        )


def _ratio(total: Float, base: Float | None) -> Float:
    if base is None:
        return np.array(total)
    ratio: Float = np.full(np.shape(total), np.nan)
    return np.divide(total, base, out=ratio, where=base != 0)
