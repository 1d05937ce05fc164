"""World table of 2014 as rebuilt from WIOD 2016: 44 regions, 50 sectors, read into its factors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.concordance import DATA, indicator_matrix
from datasets.builders.raw import Wiod2014, read_wiod_2014
from iomodel.errors import TableError
from iomodel.table.storage.compact_by_user import normalised
from iomodel.typing import Float

__all__ = [
    "CLASSIFICATION",
    "COSTS",
    "MERGED",
    "Table2014",
    "read_table_2014",
    "sector_label",
    "sectors_2014",
]

CLASSIFICATION = "wiod-2016-50"
# FINAL_USES as the source names them.
RAW_FINAL_USES = ["households", "npish", "government", "gfcf", "inventories"]
# Sectors that hold several of WIOD's 56 industries; all others are one of them.
MERGED = {
    "C28_C33": ("C28", "C33"),
    "K65_K66": ("K65", "K66"),
    "M71_M73-M75": ("M71", "M73", "M74_M75"),
    "R-U": ("R_S", "T", "U"),
}
# Sums of rows of WIOD's costs (raw.COST_ROWS): inputs; taxes, adjustments and margins; value added.
COSTS = {"inputs": (0,), "taxes": (1, 2, 3, 4, 6), "value_added": (5,)}
# Imports of one product and country come from the same origins for all users, to this many million.
LARGEST_GAP = 1.0


@dataclass(frozen=True)
class Table2014:
    """Factors of the table and the costs that WIOD publishes, million USD.

    Attributes
    ----------
    regions, sectors, names : list of str
        44 regions, ROW last; codes and names of 50 sectors.
    domestic, imported : ndarray, shape (44, 50, 50)
        Region, product, using industry.
    origin_share : ndarray, shape (44, 50, 44)
        Seller, product, user region; zero on the diagonal.
    final : ndarray, shape (44, 50, 44, 5)
        Seller, product, buyer, final use.
    output : ndarray, shape (44, 50)
        Gross output of the source.
    costs : dict of str to ndarray, shape (43, 50)
        Keys of COSTS and ``output``, of every region but ROW.
    proportional_gap : float
        Largest difference between a cell of the source and origin share times imported inputs.
    """

    regions: list[str]
    sectors: list[str]
    names: list[str]
    domestic: Float
    imported: Float
    origin_share: Float
    final: Float
    output: Float
    costs: dict[str, Float]
    proportional_gap: float

    def cost_share(self, row: str) -> Float:
        """Share of a row of costs in output as WIOD publishes both, shape (43, 50)."""
        cost, output = self.costs[row], self.costs["output"]
        share: Float = np.divide(cost, output, out=np.zeros_like(cost), where=output != 0.0)
        return share


def sector_label(code: str) -> str:
    """Sector code without the comma of the source, which separates labels elsewhere."""
    return code.replace(",", "_")


def sectors_2014() -> dict[str, tuple[str, ...]]:
    """Industries of WIOD 2016 behind each of the 50 sectors, in the order of the table."""
    industries = pd.read_csv(DATA / "concordance_wiod2016.csv")["industry"]
    sector_of = {code: sector for sector, codes in MERGED.items() for code in codes}
    sectors = dict.fromkeys(sector_of.get(code, code) for code in industries)
    return {sector: MERGED.get(sector, (sector,)) for sector in sectors}


def read_table_2014(folder: Path) -> Table2014:
    """Read the rebuilt table and the costs of WIOD, and part flows into factors.

    Raises
    ------
    TableError
        If rows do not add up to output, labels differ from WIOD's or users of one product and
        country differ in their origins abroad.
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
    wiod = read_wiod_2014(folder)
    if wiod.regions != regions:
        raise TableError("wiod2014_44x50.npz and WIOD order countries differently")
    names, to_sector = _merging(sectors)
    home = np.arange(R)
    domestic = Z[home, :, home].copy()
    Z[home, :, home] = 0.0
    imported = np.ascontiguousarray(Z.sum(axis=0).transpose(1, 0, 2))
    origin_share = normalised(Z.sum(axis=3))
    by_product = imported.transpose(1, 0, 2)[None]
    proportional_gap = float(np.abs(origin_share[..., None] * by_product - Z).max())
    if proportional_gap > LARGEST_GAP:
        raise TableError(f"users differ in their origins abroad by {proportional_gap:.3g} million")
    return Table2014(
        regions=regions,
        sectors=sectors,
        names=names,
        domestic=domestic,
        imported=imported,
        origin_share=origin_share,
        final=final,
        output=output,
        costs=_costs(wiod, to_sector),
        proportional_gap=proportional_gap,
    )


# ---------------------------------------------------------------------- helpers
def _merging(sectors: list[str]) -> tuple[list[str], Float]:
    """Names of sectors and the 0/1 matrix (56, 50) from industries to sectors."""
    members = sectors_2014()
    if sectors != list(members):
        different = ", ".join(sorted(set(sectors) ^ set(members))) or "their order"
        raise TableError(f"sectors of the table of 2014 are not those expected: {different}")
    industries = pd.read_csv(DATA / "concordance_wiod2016.csv").set_index("industry")["name"]
    names = ["; ".join(industries[list(codes)]) for codes in members.values()]
    sector_of = {code: sector for sector, codes in members.items() for code in codes}
    return names, indicator_matrix([sector_of[code] for code in industries.index], sectors)


def _costs(wiod: Wiod2014, to_sector: Float) -> dict[str, Float]:
    """Rows of WIOD's costs, added up to sectors."""
    rows = {name: wiod.costs[list(members)].sum(axis=0) for name, members in COSTS.items()}
    rows["output"] = wiod.costs[7]
    return {name: row @ to_sector for name, row in rows.items()}
