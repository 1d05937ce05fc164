"""Specification of a sector split: parent, parts and their known shares, in a table's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from numpy.typing import ArrayLike

from iomodel.errors import LabelError, unknown_label
from iomodel.table.labelled import LabelledTable
from iomodel.table.splitting.shares import Shares, read_shares, read_trade, read_weights
from iomodel.typing import Float

__all__ = ["SplitSpec", "read_spec"]


@dataclass(frozen=True)
class SplitSpec:
    """A sector, its parts, and their known shares.

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
        NaN: not known.
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
    table: LabelledTable,
    sector: str,
    parts: Sequence[str],
    output: object,
    use: Mapping[str, Shares] | None = None,
    inputs: Mapping[str, Shares] | None = None,
    trade: Mapping[str, ArrayLike | pd.DataFrame] | None = None,
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
    other_sectors = [s for s in table.sectors if s != sector]
    labels = part_labels(parts, other_sectors)
    primary = [str(p) for p in table.V["primary_input"].values]
    users = [*other_sectors, *table.final_uses, *labels]
    suppliers = [*other_sectors, *primary, *labels]
    return SplitSpec(
        sector=sector,
        parts=labels,
        position=position,
        weights=read_weights(output, table.regions, labels),
        use=read_shares("use", use, labels, table.regions, users),
        inputs=read_shares("inputs", inputs, labels, table.regions, suppliers),
        trade=read_trade(trade, labels, table.regions),
    )


def part_labels(parts: Sequence[str], other_sectors: Sequence[str]) -> tuple[str, ...]:
    """Labels of the parts, unique among each other and the other sectors."""
    if isinstance(parts, str):
        raise LabelError(f"parts is the single text {parts!r}; give a list of labels")
    labels = tuple(str(p) for p in parts)
    if len(labels) < 2:
        raise LabelError("a sector is split into two parts or more; name them all")
    for k, label in enumerate(labels):
        if label in labels[:k] or label in other_sectors:
            raise LabelError(
                f"part {label!r} is already a label; labels of other sectors: "
                f"{', '.join(other_sectors)}"
            )
    return labels
