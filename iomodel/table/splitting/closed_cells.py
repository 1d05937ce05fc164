"""Flows of the parent that no part may have: refused before balancing."""

from __future__ import annotations

from typing import Any

import numpy as np

from iomodel.errors import TableError
from iomodel.table.splitting.cells import Cells, Totals
from iomodel.table.splitting.layout import SplitLayout

__all__ = ["refuse_closed_cells"]


def refuse_closed_cells(layout: SplitLayout[Any], totals: Totals, seed: Cells) -> None:
    """Raise TableError for a flow of the parent that every part has closed."""
    table, spec = layout.table, layout.spec
    closed = (totals.rows != 0) & (seed.rows.sum(axis=1) == 0)
    if closed.any():
        r, u, j = (int(i) for i in np.argwhere(closed)[0])
        users = [s for s in table.sectors if s != spec.sector] + table.final_uses
        raise TableError(
            f"{table.regions[r]} sells {spec.sector} to {table.regions[u]}/{users[j]}, but no part "
            "may: open that use for a part, or leave it out of `use`"
        )
    closed = (totals.columns != 0) & (seed.columns.sum(axis=2) == 0)
    if closed.any():
        i, u = (int(a) for a in np.argwhere(closed)[0])
        goods = [f"{r}/{s}" for r in table.regions for s in table.sectors if s != spec.sector]
        goods += [str(p) for p in table.V["primary_input"].values]
        raise TableError(
            f"{table.regions[u]}/{spec.sector} buys from {goods[i]}, but no part may: open that "
            "input for a part, or leave it out of `inputs`"
        )
    block = (totals.block != 0) & (seed.block.sum(axis=(1, 3)) == 0)
    if block.any():
        r, u = (int(a) for a in np.argwhere(block)[0])
        raise TableError(
            f"{table.regions[r]} sells {spec.sector} to {table.regions[u]}/"
            f"{spec.sector}, but no part may sell to another; open a cell of `use` or `inputs`"
        )
