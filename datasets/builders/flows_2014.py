"""Flows of the full table of 2014: WIOD 2016 rebuilt with imported inputs by industry.

The one reader of ``wiod2014_44x50.npz``, for world-2014 and for the technology of world-2022.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from iomodel.errors import TableError
from iomodel.table.storage.import_flows import normalised
from iomodel.typing import Float

__all__ = ["Flows2014", "read_flows_2014", "sector_label"]

# FINAL_USES as the source names them.
RAW_FINAL_USES = ["households", "npish", "government", "gfcf", "inventories"]
# Imports of one product and country come from the same origins for all users, to this many million.
LARGEST_GAP = 1.0


@dataclass(frozen=True)
class Flows2014:
    """Factors of the full table of 2014 as its source has them, million USD.

    Attributes
    ----------
    regions, sectors : list of str
        44 regions, ROW last; codes of 50 sectors.
    domestic, imported : ndarray, shape (44, 50, 50)
        Region, product, using industry; imports of all origins, at basic prices fob.
    origin_share : ndarray, shape (44, 50, 44)
        Seller, product, user region; zero on the diagonal.
    final : ndarray, shape (44, 50, 44, 5)
        Seller, product, buyer, final use.
    output : ndarray, shape (44, 50)
        Gross output of the source.
    proportional_gap : float
        Largest difference between a cell of the source and origin share times imported inputs.
    """

    regions: list[str]
    sectors: list[str]
    domestic: Float
    imported: Float
    origin_share: Float
    final: Float
    output: Float
    proportional_gap: float


def sector_label(code: str) -> str:
    """Sector code without the comma of the source, which separates labels elsewhere."""
    return code.replace(",", "_")


def read_flows_2014(folder: Path) -> Flows2014:
    """Read the full table and part its flows into factors.

    Raises
    ------
    TableError
        If rows do not add up to output, final uses differ from those expected or users of one
        product and country differ in their origins abroad.
    """
    # The codes within the archive are pickled objects; those of the list beside it are text.
    codes = pd.read_csv(folder / "wiod2014" / "sectors.csv")["Isic4"]
    sectors = [sector_label(code) for code in codes]
    with np.load(folder / "wiod2014" / "wiod2014_44x50.npz", allow_pickle=False) as file:
        regions = file["countries"].tolist()
        uses = [str(use) for use in file["final_uses"]]
        R, S = len(regions), len(sectors)
        Z = file["Z"].astype(np.float64).reshape(R, S, R, S)
        final = file["F"].astype(np.float64).reshape(R, S, R, len(uses))
        output = file["x"].reshape(R, S)
    if uses != RAW_FINAL_USES:
        raise TableError(f"wiod2014_44x50.npz has other final uses: {', '.join(uses)}")
    gap = np.abs(Z.sum(axis=(2, 3)) + final.sum(axis=(2, 3)) - output).max()
    if gap > 1e-6 * output.max():
        raise TableError(f"rows of wiod2014_44x50.npz miss output by up to {gap:.3g} million")
    home = np.arange(R)
    domestic = Z[home, :, home].copy()
    Z[home, :, home] = 0.0
    imported = np.ascontiguousarray(Z.sum(axis=0).transpose(1, 0, 2))
    origin_share = normalised(Z.sum(axis=3))
    by_product = imported.transpose(1, 0, 2)[None]
    proportional_gap = float(np.abs(origin_share[..., None] * by_product - Z).max())
    if proportional_gap > LARGEST_GAP:
        raise TableError(f"users differ in their origins abroad by {proportional_gap:.3g} million")
    return Flows2014(
        regions, sectors, domestic, imported, origin_share, final, output, proportional_gap
    )
