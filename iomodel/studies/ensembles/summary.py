"""Summary of a variable over draws, read one case at a time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.errors import unknown_label
from iomodel.studies.draw_axis import interval

__all__ = ["summary"]


def summary(
    dataset: xr.Dataset, variable: str, regions: Sequence[str] | None, level: float
) -> pd.DataFrame:
    """Mean, median and bounds of a variable over draws; see :meth:`iomodel.Ensemble.summary`."""
    labels = [str(region) for region in dataset["region"].values]
    for region in regions or ():
        if region not in labels:
            raise unknown_label("region", region, labels)
    names = labels if regions is None else list(regions)
    places = [labels.index(region) for region in names]
    cells = dataset[variable]
    factors = [str(dim) for dim in cells.dims if dim not in ("draw", "region")]
    blocks: dict[tuple[object, ...], pd.DataFrame] = {}
    for position in product(*(range(cells.sizes[dim]) for dim in factors)):
        # Memory holds the draws of one case.
        block = cells.isel(dict(zip(factors, position, strict=True))).isel(region=places).load()
        if "draw" not in block.dims:
            block = block.expand_dims("draw")
        answered = int(block.notnull().any("region").sum())
        if not answered:
            continue
        present = block[block.notnull().any("region").values]
        low, median, high = interval(present.transpose("draw", "region"), level).values
        key = tuple(dataset[dim].values[k] for dim, k in zip(factors, position, strict=True))
        blocks[key] = pd.DataFrame(
            {
                "mean": np.nanmean(present.transpose("draw", "region").values, axis=0),
                "low": low,
                "median": median,
                "high": high,
                "draws": answered,
            },
            index=pd.Index(names, name="region"),
        )
    return pd.concat(blocks, names=factors)
