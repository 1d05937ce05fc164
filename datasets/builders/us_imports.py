"""US imports of 2024 by partner and product, with the sector of every product.

Products are lines of ten digits of the Harmonized System; the Global Trade Analysis Project (GTAP)
stands between them and the sectors of ``world-2022``. Chapters 98 and 99 (returned goods, low
values) have no sector.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.concordance import load_concordance
from iomodel.errors import TableError
from iomodel.typing import Bool, Float, Index

__all__ = ["MEMBER", "NO_SECTOR", "PARTNERS", "USImports", "read_us_imports"]

NO_SECTOR = -1

# Partners of the source to regions. Slovakia stands beside the European Union and inside it: its
# goods are read once.
UNION, MEMBER = "EUROPEAN UNION", "SLOVAKIA"
PARTNERS = {
    UNION: "EU27", MEMBER: "EU27", "CANADA": "CAN", "MEXICO": "MEX",
    "GUATEMALA": "GTM", "EL SALVADOR": "SLV", "HONDURAS": "HND", "NICARAGUA": "NIC",
    "COSTA RICA": "CRI", "DOMINICAN REPUBLIC": "DOM", "TRINIDAD AND TOBAGO": "TTO",
    "COLOMBIA": "COL", "VENEZUELA": "VEN", "ECUADOR": "ECU", "PERU": "PER", "CHILE": "CHL",
    "BRAZIL": "BRA", "ARGENTINA": "ARG", "NORWAY": "NOR", "UNITED KINGDOM": "GBR",
    "SWITZERLAND": "CHE", "RUSSIA": "RUS", "TURKEY": "TUR", "IRAQ": "IRQ", "ISRAEL": "ISR",
    "KUWAIT": "KWT", "SAUDI ARABIA": "SAU", "UNITED ARAB EMIRATES": "ARE", "INDIA": "IND",
    "PAKISTAN": "PAK", "BANGLADESH": "BGD", "SRI LANKA": "LKA", "THAILAND": "THA",
    "VIETNAM": "VNM", "CAMBODIA": "KHM", "MALAYSIA": "MYS", "SINGAPORE": "SGP",
    "INDONESIA": "IDN", "PHILIPPINES": "PHL", "CHINA": "CHN", "KOREA, SOUTH": "KOR",
    "HONG KONG": "HKG", "TAIWAN": "TWN", "JAPAN": "JPN", "AUSTRALIA": "AUS",
    "NEW ZEALAND": "NZL", "ALGERIA": "DZA", "EGYPT": "EGY", "NIGERIA": "NGA", "ANGOLA": "AGO",
    "SOUTH AFRICA": "ZAF",
}  # fmt: skip

# GTAP sectors to sectors of the table; the two that chapters of the HS divide are below.
CROPS = "PDR", "WHT", "GRO", "V_F", "OSD", "C_B", "PFB", "OCR"
ANIMALS = "CTL", "OAP", "RMK", "WOL"
FOOD = "CMT", "OMT", "VOL", "MIL", "PCR", "SGR", "OFD", "B_T"
SECTOR_OF_GTAP = {
    **dict.fromkeys(CROPS + ANIMALS, "A01"), **dict.fromkeys(FOOD, "C10T12"),
    **dict.fromkeys(("TEX", "WAP", "LEA"), "C13T15"),
    "FRS": "A02", "FSH": "A03", "COA": "B05", "OIL": "B06", "GAS": "B06", "OXT": "B08",
    "LUM": "C16", "PPP": "C17_18", "P_C": "C19", "CHM": "C20", "BPH": "C21", "RPP": "C22",
    "NMM": "C23", "I_S": "C24A", "NFM": "C24B", "FMP": "C25", "ELE": "C26", "EEQ": "C27",
    "OME": "C28", "MVH": "C29", "OTN": "C302T309", "OMF": "C31T33",
}  # fmt: skip
ORES, SHIPS = "26", "89"


@dataclass(frozen=True)
class USImports:
    """US imports for consumption, one entry per partner and product.

    Attributes
    ----------
    partners : list of str
        Regions that the source tracks; the European Union is one.
    sectors : list of str
        The 27 goods sectors of ``world-2022``.
    partner, sector : ndarray of int, shape (n,)
        Position of each entry's partner and sector (``NO_SECTOR`` for chapters 98 and 99).
    product : pandas.Series of str, length n
        HS code of ten digits.
    value : ndarray, shape (n,)
        Customs value, USD.
    paid_rate : ndarray, shape (n,)
        Duty collected in 2024 over value, as a fraction.
    """

    partners: list[str]
    sectors: list[str]
    partner: Index
    sector: Index
    product: pd.Series
    value: Float
    paid_rate: Float

    def from_partners(self, *names: str) -> Bool:
        """Entries of some partners, (n,)."""
        return np.isin(self.partner, [self.partners.index(name) for name in names])

    def by_sector(self, rates: Float | None = None) -> Float:
        """Value by partner and sector, each entry times its rate, (partners, sectors)."""
        weights = self.value if rates is None else self.value * rates
        cells = self.partner * (len(self.sectors) + 1) + self.sector % (len(self.sectors) + 1)
        size = len(self.partners) * (len(self.sectors) + 1)
        summed: Float = np.bincount(cells, weights, size).astype(np.float64)
        # The last column takes entries without a sector: -1 modulo the number of columns.
        return summed.reshape(len(self.partners), -1)[:, :-1]


def read_us_imports(folder: Path) -> USImports:
    """Read the imports of 2024 and give every product its sector.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of raw data.

    Returns
    -------
    USImports

    Raises
    ------
    TableError
        If products beyond chapters 98 and 99 and electricity have no sector, a partner is new, or
        a member's goods are not inside the imports from the European Union.
    """
    names = pd.read_csv(folder / "us_imports_2024" / "countries.csv", dtype=str)
    region_of = {
        code: PARTNERS[name] for code, name in names.itertuples(index=False) if name in PARTNERS
    }
    frame = pd.read_parquet(folder / "us_imports_2024" / "us_imports_2024_hs10_country.parquet")
    unknown = set(frame["cty"]) - set(region_of)
    if unknown:
        raise TableError(f"US imports of unknown partners: {', '.join(sorted(unknown))}")
    code_of = {name: code for code, name in names.itertuples(index=False)}
    frame = _once(frame, code_of[UNION], code_of[MEMBER])
    concordance = load_concordance()
    sectors = concordance.sectors[: concordance.goods]
    partners = list(dict.fromkeys(region_of.values()))
    product = frame["HS10"].astype(str)
    value = frame["imports"].to_numpy(dtype=np.float64)
    duty = frame["duty"].to_numpy(dtype=np.float64)
    return USImports(
        partners=partners,
        sectors=sectors,
        partner=frame["cty"].map(region_of).map(partners.index).to_numpy(dtype=np.intp),
        sector=_sector_positions(product, sectors, folder),
        product=product,
        value=value,
        paid_rate=np.divide(duty, value, out=np.zeros_like(value), where=value > 0),
    )


def _once(frame: pd.DataFrame, union: str, member: str) -> pd.DataFrame:
    """Return the imports without a member's rows, which those of its union contain."""
    is_member = frame["cty"] == member
    goods = frame[is_member].set_index("HS10")["imports"]
    inside = frame[frame["cty"] == union].set_index("HS10")["imports"].reindex(goods.index)
    if not (goods <= inside).all():
        raise TableError("goods of a member are not inside the imports from the European Union")
    return frame[~is_member].reset_index(drop=True)


def _sector_positions(product: pd.Series, sectors: list[str], folder: Path) -> Index:
    crosswalk = pd.read_csv(folder / "bea" / "hs6_gtap_crosswalk.csv", dtype=str)
    gtap_of = dict(
        zip(crosswalk["hs6_code"].str.zfill(6), crosswalk["gtap_code"].str.upper(), strict=True)
    )
    gtap, chapter = product.str[:6].map(gtap_of), product.str[:2]
    code = gtap.map(SECTOR_OF_GTAP)
    code = code.mask((gtap == "OXT") & (chapter == ORES), "B07")
    code = code.mask((gtap == "OTN") & (chapter == SHIPS), "C301")
    without = code.isna() & ~chapter.isin(["98", "99"]) & (gtap != "ELY")
    if without.any():
        listed = ", ".join(sorted(set(product[without]))[:5])
        raise TableError(f"products without a sector: {listed}; extend SECTOR_OF_GTAP")
    position = {name: k for k, name in enumerate(sectors)}
    positions: Index = code.map(position).fillna(NO_SECTOR).to_numpy().astype(np.intp)
    return positions
