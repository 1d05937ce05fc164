"""Raw statistics of the builders, checked on reading."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.flows_2014 import Flows2014, read_flows_2014
from iomodel.errors import TableError
from iomodel.typing import Float

RAW_VARIABLE = "IOMODEL_RAW_DATA"
DATASETS = Path(__file__).resolve().parents[1]

COST_ROWS = (
    "Total intermediate consumption",
    "taxes less subsidies on products",
    "Cif/ fob adjustments on exports",
    "Direct purchases abroad by residents",
    "Purchases on the domestic territory by non-residents ",
    "Value added at basic prices",
    "International Transport Margins",
    "Output at basic prices",
)


@dataclass(frozen=True)
class Icio:
    """OECD ICIO 2022: bilateral sales of 27 goods and one services aggregate.

    Attributes
    ----------
    regions, sectors : list of str
        81 regions and 28 sectors.
    trade : ndarray, shape (81, 28, 81)
        Exporter, sector, importer; domestic sales on the diagonal; million USD.
    tariff : ndarray, shape (81, 28, 81)
        Applied ad-valorem tariff as a fraction.
    """

    regions: list[str]
    sectors: list[str]
    trade: Float
    tariff: Float


@dataclass(frozen=True)
class Wiod2014:
    """WIOD 2016 release, year 2014, with 44 regions and 56 industries; million USD.

    Attributes
    ----------
    regions : list of str
        44 regions, ROW last.
    final : ndarray, shape (44, 56, 44, 5)
        Seller, industry, buyer, final use.
    domestic : ndarray, shape (44, 56, 56)
        Domestic intermediate blocks, seller in rows.
    costs : ndarray, shape (8, 43, 56)
        Rows of COST_ROWS for every region but ROW.
    cube : ndarray, shape (44, 44, 16)
        Total bilateral sales, exporter, importer and product group.
    flows : Flows2014
        The full table of 2014, on 50 merged industries, with imported inputs by user.
    """

    regions: list[str]
    final: Float
    domestic: Float
    costs: Float
    cube: Float
    flows: Flows2014


@dataclass(frozen=True)
class Tariffs2014:
    """Applied tariffs of 2014, averages weighted by trade.

    Attributes
    ----------
    regions, sectors : list of str
        44 regions, ROW last; the 50 sectors of the rebuilt world table of 2014.
    rates : ndarray, shape (44, 50, 44)
        Exporter, sector, importer; fractions.
    """

    regions: list[str]
    sectors: list[str]
    rates: Float


@dataclass(frozen=True)
class Macro:
    """World Bank GDP (million USD at market prices) and population, by ISO code and year."""

    gdp: pd.DataFrame
    population: pd.DataFrame


def raw_folder(
    argv: Sequence[str] | None, description: str, out: Path = DATASETS
) -> argparse.Namespace:
    """Parse ``--raw`` (default: the environment variable IOMODEL_RAW_DATA) and ``--out``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--raw", type=Path, default=os.environ.get(RAW_VARIABLE))
    parser.add_argument("--out", type=Path, default=out)
    options = parser.parse_args(argv)
    if options.raw is None:
        parser.error(f"name the folder of raw data with --raw or the variable {RAW_VARIABLE}")
    if not Path(options.raw).is_dir():
        parser.error(f"{options.raw} is no folder")
    options.raw = Path(options.raw)
    return options


def check_labels(source: str, labels: Iterable[str], expected: Sequence[str]) -> None:
    """Refuse raw data whose labels are not those that a builder knows, in their order."""
    for label, known in zip_longest(labels, expected):
        if label != known:
            raise TableError(f"{source} has {label!r} where {known!r} is expected")


def read_icio(folder: Path, year: int = 2022) -> Icio:
    """Read the ICIO cube of one year and put the importer last."""
    with np.load(folder / "icio" / f"ICIO{year}.npz", allow_pickle=False) as file:
        trade = np.ascontiguousarray(file["X"].transpose(0, 2, 1))
        tariff = np.ascontiguousarray(file["tariff"].transpose(0, 2, 1))
        regions, sectors = file["countries"].tolist(), file["sectors"].tolist()
    if not (np.isfinite(trade).all() and (trade >= 0).all() and np.isfinite(tariff).all()):
        raise TableError(f"ICIO{year}.npz holds negative or undefined cells")
    return Icio(regions, sectors, trade, tariff)


def read_wiod_2014(folder: Path) -> Wiod2014:
    """Read WIOD 2014: final demand, domestic blocks, costs, the trade cube and the full table."""
    with np.load(folder / "wiod2016" / "wiod2016_2014_partial.npz", allow_pickle=False) as file:
        rows = file["cost_rows"].tolist()
        costs = file["costs_2014"][[rows.index(name) for name in COST_ROWS]]
        regions = file["countries"].tolist()
        final, domestic = file["F"], file["Zdom"]
    with np.load(folder / "wiod2016" / "trade_cube_2014.npz", allow_pickle=False) as file:
        cube = file["X"]
        if file["countries"].tolist() != regions:
            raise TableError(
                "trade_cube_2014.npz and wiod2016_2014_partial.npz order countries differently"
            )
    flows = read_flows_2014(folder)
    if flows.regions != regions:
        raise TableError("wiod2014_44x50.npz orders countries differently from WIOD 2016")
    return Wiod2014(regions, final, domestic, costs, cube, flows)


def read_tariffs_2014(folder: Path) -> Tariffs2014:
    """Read the applied tariffs of 2014 and put the importer last."""
    with np.load(folder / "wiod2014" / "tariffs2014_44x44x50.npz", allow_pickle=False) as file:
        rates = np.ascontiguousarray(file["tariff"].transpose(0, 2, 1), dtype=np.float64)
        regions, sectors = file["countries"].tolist(), file["sectors"].tolist()
    if not (np.isfinite(rates).all() and (rates >= 0).all()):
        raise TableError("tariffs2014_44x44x50.npz holds negative or undefined rates")
    return Tariffs2014(regions, sectors, rates)


def read_macro(folder: Path) -> Macro:
    """Read GDP and population as frames of code x year."""
    gdp = pd.read_csv(folder / "macro" / "gdp_current_usd.csv")
    population = pd.read_csv(folder / "macro" / "population.csv")
    wide = {"index": "Country Code", "columns": "Year", "values": "Value"}
    return Macro(gdp.pivot(**wide) / 1e6, population.pivot(**wide))
