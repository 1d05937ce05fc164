"""National input-output tables of the two largest economies, on industries of their statistics.

United States: BEA, 2022, 71 industries, use and make tables before redefinitions at producers'
prices with the import matrix. China: NBS, 2020, 153 sectors, use of domestic and imported products
together.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.concordance import DATA
from datasets.builders.raw import check_labels
from iomodel.typing import Float

BEA_FILE = "Summary_{}_2022{}_BeforeRedef_17sch.parquet"
SOURCES = {"USA": "BEA 2022", "CHN": "NBS 2020"}
# Consumption of households and of government; capital formation with inventories.
BEA_FINAL_USES = (
    ("F010",),
    ("F06C", "F07C", "F10C"),
    (
        *("F02S", "F02E", "F02N", "F02R", "F030", "F06S", "F06E", "F06N"),
        *("F07S", "F07E", "F07N", "F10S", "F10E", "F10N"),
    ),
)
NBS_42_FINAL_USES = (("TC",), ("TC",), ("FU201", "FU202"))
NBS_FINAL_USES = (("FU101", "FU102"), ("FU103",), ("FU201", "FU202"))


@dataclass(frozen=True)
class NationalTable:
    """Use of products by industries and final uses in one country, imports included.

    Attributes
    ----------
    region, source : str
    sectors : list of str, length n
        Sectors of world-2022 that each industry is made of, separated by spaces.
    use : ndarray, shape (n, n)
        Products of industries (rows) used by industries, national unit.
    final : ndarray, shape (n, 3)
        The same by households, government and capital formation; negative stocks included.
    output : ndarray, shape (n,)
        Output less taxes on production.
    value_added : ndarray, shape (n,)
        Value added at factor cost.
    """

    region: str
    source: str
    sectors: list[str]
    use: Float
    final: Float
    output: Float
    value_added: Float


@dataclass(frozen=True)
class ImportedUse:
    """Use of imported and of domestic products by industries and final uses in one country.

    Attributes
    ----------
    region, source : str
    sectors : list of str, length n
        Sectors of world-2022 that each industry is made of, separated by spaces.
    imported, domestic : ndarray, shape (n, n + 3)
        Products of industries (rows) by user: industries, households, government, capital
        formation.
    """

    region: str
    source: str
    sectors: list[str]
    imported: Float
    domestic: Float


def read_national_tables(folder: Path) -> list[NationalTable]:
    """Read the tables of the United States and of China."""
    return [read_bea(folder), read_nbs(folder)]


def read_imported_uses(folder: Path) -> list[ImportedUse]:
    """Read imported and domestic use: BEA 2022, and NBS 2020 with 42 sectors.

    China's table does not part the consumption of households and government.
    """
    bea = _read_bea(folder)
    columns = [list(uses) for uses in NBS_42_FINAL_USES]
    frame = pd.read_parquet(folder / "national_io" / "china_2020_42.parquet").set_index("Code")
    concordance = _concordance("nbs_42")
    codes = concordance.index.tolist()
    flows = []
    for origin in ("Imports", "Domestic"):
        rows = frame[frame["Origin"] == origin]
        check_labels(f"China's table of 2020, {origin}", rows.index, codes)
        final = [rows[names].to_numpy(dtype=np.float64).sum(axis=1) for names in columns]
        flows.append(np.column_stack([rows[codes].to_numpy(dtype=np.float64), *final]))
    sectors = concordance["sectors"].tolist()
    pair = _by_user(bea.imported), _by_user(bea.domestic)
    return [
        ImportedUse("USA", SOURCES["USA"], bea.sectors, *pair),
        ImportedUse("CHN", f"{SOURCES['CHN']}, 42 sectors", sectors, *flows),
    ]


@dataclass(frozen=True)
class _Bea:
    """BEA's tables as read: flows of industries' output by code of user, and output accounts."""

    sectors: list[str]
    imported: pd.DataFrame
    domestic: pd.DataFrame
    accounts: pd.DataFrame


def _read_bea(folder: Path) -> _Bea:
    use, imports, make = (
        pd.read_parquet(folder / "bea" / BEA_FILE.format(*name))
        for name in (("Use", "_PRO"), ("Import", ""), ("Make", ""))
    )
    concordance = _concordance("bea")
    codes = concordance.index.tolist()
    check_labels("BEA's use table", use.columns[: len(codes)], codes)
    users = [*codes, *(code for codes_of_use in BEA_FINAL_USES for code in codes_of_use)]
    made = make.loc[codes, codes].to_numpy(dtype=np.float64)
    market_share = made / made.sum(axis=0)
    imported = imports.loc[codes, users].astype(np.float64)
    domestic = use.loc[codes, users].astype(np.float64) - imported
    domestic = pd.DataFrame(market_share @ domestic.to_numpy(), codes, users)
    return _Bea(concordance["sectors"].tolist(), imported, domestic, use[codes])


def _by_user(flows: pd.DataFrame) -> Float:
    """Flows by industry, then by three final uses."""
    inputs = flows[flows.index.tolist()].to_numpy(dtype=np.float64)
    return np.concatenate([inputs, _final(flows, BEA_FINAL_USES)], axis=1)


def read_bea(folder: Path) -> NationalTable:
    """Read BEA's summary tables of 2022 and turn products into output of industries.

    Domestic products come from the industries that make them, by the make table; imported ones
    count as output of the industry of the same name. Scrap, second-hand goods and non-comparable
    imports are left out.
    """
    bea = _read_bea(folder)
    flows = _by_user(bea.domestic + bea.imported)
    wages, taxes, surplus, output = (
        bea.accounts.loc[row].to_numpy(dtype=np.float64)
        for row in ("V001", "V002", "V003", "Total Industry Output")
    )
    return NationalTable(
        region="USA",
        source=SOURCES["USA"],
        sectors=bea.sectors,
        use=np.maximum(flows[:, : len(bea.sectors)], 0.0),
        final=flows[:, len(bea.sectors) :],
        output=output - taxes,
        value_added=wages + surplus,
    )


def read_nbs(folder: Path) -> NationalTable:
    """Read China's table of 2020 with 153 sectors."""
    frame = pd.read_parquet(folder / "national_io" / "china_2020_153.parquet").set_index("Code")
    concordance = _concordance("nbs")
    codes = concordance.index.tolist()
    check_labels("China's table of 2020", frame.index[: len(codes)], codes)
    flows = frame.loc[codes]
    taxes = frame.loc["VA002", codes].to_numpy(dtype=np.float64)
    return NationalTable(
        region="CHN",
        source=SOURCES["CHN"],
        sectors=concordance["sectors"].tolist(),
        use=flows[codes].to_numpy(dtype=np.float64),
        final=_final(flows, NBS_FINAL_USES),
        output=frame.loc["TI", codes].to_numpy(dtype=np.float64) - taxes,
        value_added=frame.loc["TVA", codes].to_numpy(dtype=np.float64) - taxes,
    )


def sector_groups(source: str, industries: list[str], sectors: list[str]) -> tuple[Float, Float]:
    """Group the sectors that a national table does not part.

    Parameters
    ----------
    source : str
        Name of the table, for the refusal.
    industries : list of str, length n
        Sectors of each industry, separated by spaces.
    sectors : list of str, length S

    Returns
    -------
    groups : ndarray, shape (G, S)
        Sectors of each group, 0 or 1.
    member : ndarray, shape (G, n)
        Industries of each group, 0 or 1.

    Raises
    ------
    TableError
        If the industries do not cover every sector once.
    """
    names = list(dict.fromkeys(industries))
    check_labels(f"concordance of {source}", sorted(" ".join(names).split()), sorted(sectors))
    groups = np.array([[float(s in name.split()) for s in sectors] for name in names])
    member = np.array([[float(industry == name) for industry in industries] for name in names])
    return groups, member


def _final(flows: pd.DataFrame, uses: tuple[tuple[str, ...], ...]) -> Float:
    return np.stack([flows[list(columns)].to_numpy(np.float64).sum(axis=1) for columns in uses], 1)


def _concordance(source: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"concordance_{source}.csv", dtype=str, index_col="code")
