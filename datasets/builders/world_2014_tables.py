"""The built world of 2014: source, repairs, factors in single precision and duties."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from datasets.builders.duties_2014 import Duties2014, build_duties_2014
from datasets.builders.wiod_2014 import Table2014, read_table_2014
from datasets.builders.world_2014_repairs import Repairs, repaired
from iomodel.table.storage.import_flows import ImportFlows, expand_import_flows, normalised
from iomodel.typing import Float

__all__ = ["World2014", "build_world_2014", "single"]


@dataclass(frozen=True)
class World2014:
    """Inputs and results of the build of world-2014.

    Attributes
    ----------
    source, table : Table2014
        As read, and repaired.
    repairs : Repairs
    factors : ImportFlows
        In single precision, as the file holds them, with primary inputs in double.
    duties : Duties2014
    """

    source: Table2014
    table: Table2014
    repairs: Repairs
    factors: ImportFlows
    duties: Duties2014


def build_world_2014(raw: Path) -> World2014:
    """Run every step on the raw folder; nothing is written."""
    source = read_table_2014(raw)
    table, repairs = repaired(source)
    factors = _factors(table)
    Z, Y, _ = expand_import_flows(factors)
    trade = Z.sum(axis=3) + Y.sum(axis=3)
    duties = build_duties_2014(raw, table.regions, table.sectors, trade)
    return World2014(source, table, repairs, factors, duties)


def _factors(table: Table2014) -> ImportFlows:
    """Factors rounded to single precision, and primary inputs that close them exactly.

    Taxes and margins are WIOD's share of output; value added is the residual of the column. WIOD
    has no costs of the rest of the world, whose taxes are in its value added.
    """
    flows = ImportFlows(
        domestic=_rounded(table.domestic),
        imported=_rounded(table.imported),
        origin_share=normalised(_rounded(table.origin_share)),
        final=_rounded(table.final),
        primary=np.zeros((2, *table.output.shape)),
    )
    taxes = np.zeros_like(table.output)
    taxes[:-1] = table.cost_share("taxes") * flows.output[:-1]
    inputs = flows.domestic.sum(axis=1) + flows.imported.sum(axis=1)
    primary = np.stack([flows.output - inputs - taxes, taxes])
    return ImportFlows(flows.domestic, flows.imported, flows.origin_share, flows.final, primary)


def single(cells: Float) -> NDArray[np.float32]:
    """Cells in single precision, as the source has them."""
    return cells.astype(np.float32)


def _rounded(cells: Float) -> Float:
    """Cells as they come back from single precision."""
    return single(cells).astype(np.float64)
