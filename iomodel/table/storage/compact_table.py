"""Tables expanded from compact files, with or without split sectors."""

from __future__ import annotations

import os
from typing import Any

from iomodel.table.labelled import LabelledTable
from iomodel.table.storage.compact import expand, read_factors
from iomodel.table.storage.compact_split import check_split, expand_split, read_split_factors

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
    factors, dataset = read_factors(path)
    tariff: dict[str, Any] = {}
    if "part_sales" in dataset:
        split_factors = read_split_factors(dataset)
        check_split(split_factors)
        Z, Y, x = expand_split(split_factors)
        tariff["tariff"] = dataset["tariff"].values[:, split_factors.product]
    else:
        factors.check()
        Z, Y = expand(factors)
        x = factors.trade.sum(axis=2)
        if "tariff" in dataset:
            tariff["tariff"] = dataset["tariff"].values
    sectors = dataset["sector"].values.tolist()
    inputs = dataset["primary_input"].values.tolist()
    counts = dataset["counts_as_value_added"].values.astype(bool)
    attrs = {str(key): value for key, value in dataset.attrs.items()}
    history = str(attrs.pop("history", "")).splitlines()
    return LabelledTable.from_arrays(
        Z,
        Y,
        factors.primary,
        x,
        regions=dataset["region"].values.tolist(),
        sectors=sectors,
        final_uses=dataset["user"].values.tolist()[len(sectors) :],
        primary_inputs=inputs,
        value_added_inputs=[k for k, c in zip(inputs, counts, strict=True) if c],
        sector_names=dataset["sector_name"].values.tolist(),
        history=history,
        validate=False,
        unusual_tariffs="accept",
        **tariff,
        **attrs,
    )
