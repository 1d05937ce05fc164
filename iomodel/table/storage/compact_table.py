"""Tables expanded from compact files of every kind."""

from __future__ import annotations

import os
from typing import NamedTuple

import xarray as xr

from iomodel.table.labelled import LabelledTable
from iomodel.table.storage.compact import (
    COMPACT_VARIABLES,
    expand,
    factors_of,
    read_compact_dataset,
    require_variables,
)
from iomodel.table.storage.compact_split import check_split, expand_split, read_split_factors
from iomodel.table.storage.import_flows import (
    IMPORT_FLOW_VARIABLES,
    expand_import_flows,
    read_import_flows,
)
from iomodel.typing import Float

__all__ = ["read_compact"]


def read_compact(path: str | os.PathLike[str]) -> LabelledTable:
    """Read a compact file and expand it into a table.

    The identities are checked on the factors, which is exact and takes milliseconds; the expanded
    table is not checked a second time.

    Parameters
    ----------
    path : path-like
        File written by a builder of the embedded data.

    Returns
    -------
    LabelledTable
        With ``tariff`` where the file has it.

    Raises
    ------
    TableError
        If the file cannot be read or its identities are broken by more than 1e-9.
    """
    dataset = read_compact_dataset(path)
    expanded = _expanded(dataset, path)
    sectors = dataset["sector"].values.tolist()
    inputs = dataset["primary_input"].values.tolist()
    counts = dataset["counts_as_value_added"].values.astype(bool)
    attrs = {str(key): value for key, value in dataset.attrs.items()}
    history = str(attrs.pop("history", "")).splitlines()
    return LabelledTable.from_arrays(
        expanded.Z,
        expanded.Y,
        dataset["primary_inputs"].values,
        expanded.x,
        regions=dataset["region"].values.tolist(),
        sectors=sectors,
        final_uses=expanded.final_uses,
        primary_inputs=inputs,
        value_added_inputs=[k for k, c in zip(inputs, counts, strict=True) if c],
        sector_names=dataset["sector_name"].values.tolist(),
        history=history,
        validate=False,
        unusual_tariffs="accept",
        tariff=expanded.tariff,
        **attrs,
    )


class _Expanded(NamedTuple):
    """Arrays of a table expanded from factors."""

    Z: Float
    Y: Float
    x: Float
    tariff: Float | None
    final_uses: list[str]


def _expanded(dataset: xr.Dataset, path: str | os.PathLike[str]) -> _Expanded:
    """Arrays from the factors of the kind that the file holds, once these are checked."""
    tariff = dataset["tariff"].values if "tariff" in dataset else None
    if "origin_share" in dataset:
        require_variables(dataset, path, IMPORT_FLOW_VARIABLES)
        import_flows = read_import_flows(dataset)
        import_flows.check()
        uses = dataset["final_use"].values.tolist()
        return _Expanded(*expand_import_flows(import_flows), tariff, uses)
    require_variables(dataset, path, COMPACT_VARIABLES)
    uses = dataset["user"].values.tolist()[dataset.sizes["sector"] :]
    if "part_sales" in dataset:
        split_factors = read_split_factors(dataset)
        check_split(split_factors)
        by_sector = None if tariff is None else tariff[:, split_factors.product]
        return _Expanded(*expand_split(split_factors), by_sector, uses)
    factors = factors_of(dataset)
    factors.check()
    return _Expanded(*expand(factors), factors.trade.sum(axis=2), tariff, uses)
