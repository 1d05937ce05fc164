"""What is known about the parts of a sector, read into arrays over the labels of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from iomodel.errors import LabelError, TableError, unknown_label
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float

__all__ = ["Shares", "SplitSpec", "read_spec"]

Shares = Mapping[str, float] | pd.Series | pd.DataFrame

# Shares that are typed in with a few digits may miss one by their rounding.
ROUNDING = 1e-6


@dataclass(frozen=True)
class SplitSpec:
    """A sector, its parts and what is known of them.

    Attributes
    ----------
    sector : str
        The parent.
    parts : tuple of str
        Labels of the P parts.
    position : int
        Index of the parent among the S sectors.
    weights : ndarray, shape (R, P)
        Shares of the parent's output; each row adds up to one.
    use : ndarray, shape (P, R, S - 1 + U + P)
        Share of each user in what the part sells to a region: other sectors, final uses, parts.
        NaN where nothing is known.
    inputs : ndarray, shape (P, R, S - 1 + p + P)
        Input per unit of the part's output: other sectors, primary inputs, parts. NaN: not known.
    trade : ndarray, shape (P, R, R)
        Share of each buying region in the part's sales. NaN: not known.
    """

    sector: str
    parts: tuple[str, ...]
    position: int
    weights: Float
    use: Float
    inputs: Float
    trade: Float


def read_spec(
    table: MRIOTable,
    sector: str,
    parts: Sequence[str],
    output: object,
    use: Mapping[str, Shares] | None,
    inputs: Mapping[str, Shares] | None,
    trade: Mapping[str, ArrayLike | pd.DataFrame] | None,
) -> SplitSpec:
    """Check labels and shares and lay them out in the order of the table.

    Raises
    ------
    LabelError
        If a sector, part, region, user or input is unknown or a part's label is taken.
    TableError
        If shares are negative, not finite, or add up to more than one.
    """
    if sector not in table.sectors:
        raise unknown_label("sector", sector, table.sectors)
    position = table.sectors.index(sector)
    others = [s for s in table.sectors if s != sector]
    labels = part_labels(parts, others)
    primary = [str(p) for p in table.V["primary_input"].values]
    users = [*others, *table.final_uses, *labels]
    suppliers = [*others, *primary, *labels]
    return SplitSpec(
        sector=sector,
        parts=labels,
        position=position,
        weights=read_weights(output, table.regions, labels),
        use=_read_shares("use", use, labels, table.regions, users),
        inputs=_read_shares("inputs", inputs, labels, table.regions, suppliers),
        trade=_read_trade(trade, labels, table.regions),
    )


def part_labels(parts: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Return the labels of the parts, unique among each other and the sectors that stay."""
    if isinstance(parts, str):
        raise LabelError(f"parts is the single text {parts!r}; give a list of labels")
    labels = tuple(str(p) for p in parts)
    if len(labels) < 2:
        raise LabelError("a sector is split into two parts or more; name them all")
    for k, label in enumerate(labels):
        if label in labels[:k] or label in others:
            raise LabelError(
                f"part {label!r} is already a label; labels of other sectors: {', '.join(others)}"
            )
    return labels


def read_weights(output: object, regions: Sequence[str], parts: Sequence[str]) -> Float:
    """Return output shares (R, P) from a mapping, a frame or an array.

    A mapping or frame may leave out one part, which takes the rest.

    Raises
    ------
    LabelError, TableError
        If labels are unknown or shares do not add up to one.
    """
    R, P = len(regions), len(parts)
    if isinstance(output, pd.Series):
        output = output.to_dict()
    if isinstance(output, pd.DataFrame):
        cells = np.full((R, P), np.nan)
        _known("region", output.index, regions)
        _known("part", output.columns, parts)
        frame = output.reindex(index=list(regions), columns=list(parts))
        cells[:] = frame.to_numpy(np.float64)
        missing = frame.columns[~frame.columns.isin(output.columns)]
        absent = [r for r in regions if r not in set(output.index)]
        if absent:
            raise LabelError(f"output has no row for region {absent[0]!r}; give every region")
        gaps = [list(parts).index(str(p)) for p in missing]
    elif isinstance(output, Mapping):
        _known("part", output, parts)
        cells = np.full((R, P), np.nan)
        for part, value in output.items():
            if isinstance(value, Mapping | pd.Series):
                by_region = dict(value.items())
                _known("region", by_region, regions)
                absent = [r for r in regions if r not in by_region]
                if absent:
                    raise LabelError(f"output of {part!r} lacks region {absent[0]!r}")
                cells[:, list(parts).index(part)] = [float(by_region[r]) for r in regions]
            else:
                cells[:, list(parts).index(part)] = np.asarray(value, dtype=np.float64)
        gaps = [k for k, part in enumerate(parts) if part not in output]
    else:
        cells = np.asarray(output, dtype=np.float64)
        if cells.shape not in ((P,), (R, P)):
            raise TableError(f"output has shape {cells.shape}; wanted ({P},) or ({R}, {P})")
        cells, gaps = np.array(np.broadcast_to(cells, (R, P))), []
    if len(gaps) > 1:
        raise LabelError(
            f"output says nothing of {', '.join(parts[k] for k in gaps)}; leave out one at most"
        )
    for k in gaps:
        cells[:, k] = 1.0 - np.delete(cells, k, axis=1).sum(axis=1)
    return _normalised_weights(cells, regions, parts)


def _normalised_weights(cells: Float, regions: Sequence[str], parts: Sequence[str]) -> Float:
    bad = ~np.isfinite(cells) | (cells < 0)
    if bad.any():
        r, p = (int(k) for k in np.argwhere(bad)[0])
        raise TableError(
            f"output weight of {parts[p]} in {regions[r]} is {cells[r, p]:.6g}; weights lie "
            "between 0 and 1 and add up to one"
        )
    total = cells.sum(axis=1)
    off = np.abs(total - 1.0) > ROUNDING
    if off.any():
        r = int(np.argmax(off))
        raise TableError(f"output weights in {regions[r]} add up to {total[r]:.6g}, not to one")
    return np.asarray(cells / total[:, None], dtype=np.float64)


def _known(kind: str, given: Iterable[object], valid: Sequence[str]) -> None:
    for label in given:
        if label not in valid:
            raise unknown_label(kind, label, valid)


def _read_shares(
    what: str,
    shares: Mapping[str, Shares] | None,
    parts: Sequence[str],
    regions: Sequence[str],
    columns: Sequence[str],
) -> Float:
    """Return shares (P, R, columns), NaN where nothing is said."""
    cells = np.full((len(parts), len(regions), len(columns)), np.nan)
    for part, given in (shares or {}).items():
        _known("part", [part], parts)
        kind = "user" if what == "use" else "input"
        block = cells[list(parts).index(part)]
        if isinstance(given, pd.DataFrame):
            _known("region", given.index, regions)
            _known(kind, given.columns, columns)
            block[:] = given.reindex(index=list(regions), columns=list(columns)).to_numpy(float)
        else:
            for label, value in given.items():
                _known(kind, [label], columns)
                block[:, list(columns).index(str(label))] = float(value)
        _check_shares(f"{what} of {part}", block, regions, columns)
    return cells


def _check_shares(what: str, block: Float, regions: Sequence[str], columns: Sequence[str]) -> None:
    # Subsidies are negative primary inputs, so an input share may be negative; a use may not.
    bad = np.isinf(block) | ((block < 0) & what.startswith("use"))
    if bad.any():
        r, c = (int(k) for k in np.argwhere(bad)[0])
        raise TableError(f"{what}: share of {columns[c]} in {regions[r]} is {block[r, c]:.6g}")
    total = np.nansum(block, axis=1)
    if (total > 1 + ROUNDING).any():
        r = int(np.argmax(total))
        raise TableError(f"{what}: shares in {regions[r]} add up to {total[r]:.6g}, above one")


def _read_trade(
    trade: Mapping[str, ArrayLike | pd.DataFrame] | None,
    parts: Sequence[str],
    regions: Sequence[str],
) -> Float:
    cells = np.full((len(parts), len(regions), len(regions)), np.nan)
    for part, given in (trade or {}).items():
        _known("part", [part], parts)
        block = cells[list(parts).index(part)]
        if isinstance(given, pd.DataFrame):
            _known("region", [*given.index, *given.columns], regions)
            block[:] = given.reindex(index=list(regions), columns=list(regions)).to_numpy(float)
        else:
            values = np.asarray(given, dtype=np.float64)
            if values.shape != block.shape:
                raise TableError(
                    f"trade of {part} has shape {values.shape}; wanted {block.shape}, sellers in "
                    "rows and buyers in columns"
                )
            block[:] = values
        _check_shares(f"use abroad (trade) of {part}", block, regions, regions)
    return cells
