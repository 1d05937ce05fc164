"""Shares of the parts of a split sector, read from mappings, frames and arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from iomodel.errors import LabelError, TableError, unknown_label
from iomodel.typing import Float

__all__ = ["Shares", "read_shares", "read_trade", "read_weights"]

Shares = Mapping[str, float] | pd.Series | pd.DataFrame

# Shares that are typed in with a few digits may miss one by their rounding.
ROUNDING = 1e-6


def read_weights(output: object, regions: Sequence[str], parts: Sequence[str]) -> Float:
    """Output shares (R, P) from a mapping, a frame or an array.

    A mapping or frame may leave out one part: its share is one less the others.

    Raises
    ------
    LabelError, TableError
        If labels are unknown or shares do not add up to one.
    """
    if isinstance(output, pd.Series):
        output = output.to_dict()
    if isinstance(output, pd.DataFrame):
        cells = _frame_weights(output, regions, parts)
        omitted = [k for k, part in enumerate(parts) if part not in output.columns]
    elif isinstance(output, Mapping):
        cells = _mapping_weights(output, regions, parts)
        omitted = [k for k, part in enumerate(parts) if part not in output]
    else:
        cells, omitted = _array_weights(output, regions, parts), []
    if len(omitted) > 1:
        raise LabelError(
            f"output says nothing of {', '.join(parts[k] for k in omitted)}; leave out one at most"
        )
    for k in omitted:
        cells[:, k] = 1.0 - np.delete(cells, k, axis=1).sum(axis=1)
    return _normalised_weights(cells, regions, parts)


def read_shares(
    quantity: str,
    shares: Mapping[str, Shares] | None,
    parts: Sequence[str],
    regions: Sequence[str],
    columns: Sequence[str],
) -> Float:
    """Shares of users or inputs (P, R, columns), NaN where not stated.

    Parameters
    ----------
    quantity : {"use", "inputs"}
        Side of the accounts, for messages and for the sign that a share may have.
    shares : mapping of str to mapping, Series or DataFrame, optional
        By part.
    parts, regions, columns : sequence of str
        Valid labels, in the order of the axes.

    Raises
    ------
    LabelError, TableError
        If a label is unknown, a share has no meaning, or shares exceed one in sum.
    """
    cells = np.full((len(parts), len(regions), len(columns)), np.nan)
    kind = "user" if quantity == "use" else "input"
    for part, part_shares in (shares or {}).items():
        _refuse_unknown("part", [part], parts)
        block = cells[list(parts).index(part)]
        if isinstance(part_shares, pd.DataFrame):
            _refuse_unknown("region", part_shares.index, regions)
            _refuse_unknown(kind, part_shares.columns, columns)
            block[:] = _aligned(part_shares, regions, columns)
        else:
            for label, value in part_shares.items():
                _refuse_unknown(kind, [label], columns)
                block[:, list(columns).index(str(label))] = float(value)
        _check_shares(f"{quantity} of {part}", block, regions, columns)
    return cells


def read_trade(
    trade: Mapping[str, ArrayLike | pd.DataFrame] | None,
    parts: Sequence[str],
    regions: Sequence[str],
) -> Float:
    """Shares of buying regions in the sales of each part (P, R, R), NaN where not stated."""
    cells = np.full((len(parts), len(regions), len(regions)), np.nan)
    for part, part_trade in (trade or {}).items():
        _refuse_unknown("part", [part], parts)
        block = cells[list(parts).index(part)]
        if isinstance(part_trade, pd.DataFrame):
            _refuse_unknown("region", [*part_trade.index, *part_trade.columns], regions)
            block[:] = _aligned(part_trade, regions, regions)
        else:
            values = np.asarray(part_trade, dtype=np.float64)
            if values.shape != block.shape:
                raise TableError(
                    f"trade of {part} has shape {values.shape}; wanted {block.shape}, sellers in "
                    "rows and buyers in columns"
                )
            block[:] = values
        _check_shares(f"use abroad (trade) of {part}", block, regions, regions)
    return cells


# ---------------------------------------------------------------------- helpers
def _aligned(frame: pd.DataFrame, rows: Sequence[str], columns: Sequence[str]) -> Float:
    return frame.reindex(index=list(rows), columns=list(columns)).to_numpy(np.float64)


def _frame_weights(output: pd.DataFrame, regions: Sequence[str], parts: Sequence[str]) -> Float:
    _refuse_unknown("region", output.index, regions)
    _refuse_unknown("part", output.columns, parts)
    absent = [r for r in regions if r not in set(output.index)]
    if absent:
        raise LabelError(f"output has no row for region {absent[0]!r}; give every region")
    return np.array(_aligned(output, regions, parts))


def _mapping_weights(
    output: Mapping[str, object], regions: Sequence[str], parts: Sequence[str]
) -> Float:
    _refuse_unknown("part", output, parts)
    cells = np.full((len(regions), len(parts)), np.nan)
    for part, value in output.items():
        column = cells[:, list(parts).index(part)]
        if isinstance(value, Mapping | pd.Series):
            by_region = dict(value.items())
            _refuse_unknown("region", by_region, regions)
            absent = [r for r in regions if r not in by_region]
            if absent:
                raise LabelError(f"output of {part!r} lacks region {absent[0]!r}")
            column[:] = [float(by_region[r]) for r in regions]
        else:
            column[:] = np.asarray(value, dtype=np.float64)
    return cells


def _array_weights(output: object, regions: Sequence[str], parts: Sequence[str]) -> Float:
    R, P = len(regions), len(parts)
    cells = np.asarray(output, dtype=np.float64)
    if cells.shape not in ((P,), (R, P)):
        raise TableError(f"output has shape {cells.shape}; wanted ({P},) or ({R}, {P})")
    return np.array(np.broadcast_to(cells, (R, P)))


def _normalised_weights(cells: Float, regions: Sequence[str], parts: Sequence[str]) -> Float:
    invalid = ~np.isfinite(cells) | (cells < 0)
    if invalid.any():
        r, p = (int(k) for k in np.argwhere(invalid)[0])
        raise TableError(
            f"output weight of {parts[p]} in {regions[r]} is {cells[r, p]:.6g}; weights lie "
            "between 0 and 1 and add up to one"
        )
    total = cells.sum(axis=1)
    not_one = np.abs(total - 1.0) > ROUNDING
    if not_one.any():
        r = int(np.argmax(not_one))
        raise TableError(f"output weights in {regions[r]} add up to {total[r]:.6g}, not to one")
    return np.asarray(cells / total[:, None], dtype=np.float64)


def _refuse_unknown(kind: str, labels: Iterable[object], valid: Sequence[str]) -> None:
    for label in labels:
        if label not in valid:
            raise unknown_label(kind, label, valid)


def _check_shares(
    quantity: str, block: Float, regions: Sequence[str], columns: Sequence[str]
) -> None:
    # Subsidies are negative primary inputs, so an input share may be negative; a use may not.
    invalid = np.isinf(block) | ((block < 0) & quantity.startswith("use"))
    if invalid.any():
        r, c = (int(k) for k in np.argwhere(invalid)[0])
        raise TableError(f"{quantity}: share of {columns[c]} in {regions[r]} is {block[r, c]:.6g}")
    total = np.nansum(block, axis=1)
    if (total > 1 + ROUNDING).any():
        r = int(np.argmax(total))
        raise TableError(f"{quantity}: shares in {regions[r]} add up to {total[r]:.6g}, above one")
