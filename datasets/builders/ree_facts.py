"""Figures of the rare-earth chain: known, recalled, judged and assumed ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from iomodel.table.groups import resolve_regions
from iomodel.typing import Float

DATA = Path(__file__).resolve().parent / "data"
ORE, OXIDE, METAL, MAGNET = "B07_REE", "C20_REE", "C24A_REE", "C27_REE"
PARTS = (ORE, OXIDE, METAL, MAGNET)
MILLION = 1e6


@dataclass(frozen=True)
class Facts:
    """Committed figures as frames.

    Attributes
    ----------
    values : dict of str to float
        Single figures by key.
    facts, output, trade, use, costs : pandas.DataFrame
        The files ``ree_*.csv``, each line with its status, source and note.
    """

    values: dict[str, float]
    facts: pd.DataFrame
    output: pd.DataFrame
    trade: pd.DataFrame
    use: pd.DataFrame
    costs: pd.DataFrame

    @property
    def ore_price(self) -> float:
        """Value of concentrate, USD per kg of oxide content (million USD per thousand tonnes)."""
        v = self.values
        return v["concentrate_value"] * MILLION / v["concentrate_tonnes"] / 1e3

    @property
    def world_oxides(self) -> float:
        """World output of separated rare earths, t."""
        return self.values["china_separation"] / self.values["china_separation_share"]

    @property
    def magnet_oxide_value(self) -> float:
        """Oxides that go into magnets, million USD."""
        v = self.values
        tonnes = v["world_mine"] * v["magnet_tonnage_share"]
        return tonnes * v["ndpr_oxide_price"] * 1e3 / MILLION

    @property
    def oxide_value(self) -> float:
        """World output of separated rare earths, million USD."""
        return self.magnet_oxide_value / self.values["magnet_value_share"]

    @property
    def magnet_tonnes(self) -> float:
        """World output of magnets, t."""
        v = self.values
        oxide = v["world_mine"] * v["magnet_tonnage_share"]
        return oxide / (v["rare_earth_in_magnet"] * v["oxide_per_metal"])

    @property
    def magnet_value(self) -> float:
        """World output of magnets, million USD."""
        return self.magnet_tonnes * self.values["magnet_price"] * 1e3 / MILLION

    @property
    def metal_share(self) -> float:
        """Cost of metals and alloys per unit of magnet output."""
        metals = self.magnet_oxide_value / self.values["oxide_cost_in_metal"]
        return metals / self.magnet_value


def read_facts(folder: Path = DATA) -> Facts:
    """Read the committed figures."""
    names = ("facts", "output", "trade", "use", "costs")
    frames = {n: pd.read_csv(folder / f"ree_{n}.csv", keep_default_na=False) for n in names}
    facts = frames["facts"]
    return Facts(dict(zip(facts["key"], facts["value"].astype(float), strict=True)), **frames)


def stated_output(facts: Facts, regions: list[str]) -> Float:
    """Output (P, R) by the facts, million USD; zero for metals, which follow from magnets."""
    output = np.zeros((len(PARTS), len(regions)))
    for row in facts.output.itertuples():
        part, region = PARTS.index(str(row.part)), regions.index(str(row.region))
        value = float(str(row.value) or 0.0)
        if row.part == ORE:
            output[part, region] = value * facts.ore_price * 1e3 / MILLION
        elif row.part == OXIDE:
            output[part, region] = value * facts.oxide_value / facts.world_oxides
        else:
            output[part, region] = value * facts.magnet_value
    oxide = PARTS.index(OXIDE)
    output[oxide, regions.index("MYS")] = facts.oxide_value - output[oxide].sum()
    return output


def stated_trade(facts: Facts, regions: list[str], parent: Float, output: Float) -> Float:
    """Sales (P, R, R) by the facts; output without a stated buyer stays at home.

    Parameters
    ----------
    facts : Facts
    regions : list of str
    parent : ndarray, shape (P, R, R)
        Sales of the parents, over which groups and rests are shared.
    output : ndarray, shape (P, R)
    """
    sales = np.zeros_like(parent)
    for row in facts.trade.itertuples():
        p, i = PARTS.index(str(row.part)), regions.index(str(row.seller))
        value = _million(facts, str(row.unit), str(row.value))
        pattern = parent[p, i].copy()
        if row.buyer == "*":
            base = str(row.unit).removeprefix("rest of ")
            value = facts.values[base] - (sales[p, i].sum() - sales[p, i, i])
            pattern[i] = 0.0
            pattern[sales[p, i] > 0] = 0.0
        else:
            buyers = resolve_regions(str(row.buyer), regions)
            pattern[[k for k, r in enumerate(regions) if r not in buyers]] = 0.0
        sales[p, i] += value * pattern / pattern.sum()
    _magnets_made_elsewhere(facts, regions, parent, output, sales)
    _metals(facts, regions, parent, output, sales)
    home = np.arange(len(regions))
    at_home = np.maximum(output - sales.sum(axis=2) + sales[:, home, home], 0.0)
    at_home[at_home < 1e-9 * output] = 0.0
    sales[:, home, home] = np.where(sales[:, home, home] > 0, sales[:, home, home], at_home)
    return sales


def _million(facts: Facts, unit: str, value: str) -> float:
    """Value of a line in million USD; zero for a remainder."""
    if value == "":
        return 0.0
    if unit == "t REO":
        return float(value) * facts.ore_price * 1e3 / MILLION
    if unit.startswith("share of "):
        return float(value) * facts.values[unit.removeprefix("share of ")]
    return float(value)


def _magnets_made_elsewhere(
    facts: Facts, regions: list[str], parent: Float, output: Float, sales: Float
) -> None:
    """Spread the magnets of other makers over buyers, within the EU's imports beside China's."""
    home = facts.values["magnet_home_share"]
    p, china = PARTS.index(MAGNET), regions.index("CHN")
    makers = [r for r in np.flatnonzero(output[p]) if r != china]
    europe = [regions.index(r) for r in resolve_regions("EU27", regions)]
    for i in makers:
        abroad = parent[p, i].copy()
        abroad[[i, china]] = 0.0
        sales[p, i] = output[p, i] * (1 - home) * abroad / abroad.sum()
    share = facts.values["eu_magnets_from_china"]
    cap = sales[p, china, europe].sum() * (1 - share) / share
    imports = sum(sales[p, i, europe].sum() for i in makers)
    if imports > cap:
        sales[p][np.ix_(np.array(makers), np.array(europe))] *= cap / imports


def _metals(facts: Facts, regions: list[str], parent: Float, output: Float, sales: Float) -> None:
    """Fill output and sales of metals: China's exports by need, all else where it is used."""
    p, china = PARTS.index(METAL), regions.index("CHN")
    need = facts.metal_share * output[PARTS.index(MAGNET)]
    abroad = need.copy()
    abroad[china] = 0.0
    exports = facts.values["china_powder_exports"] + facts.values["china_sheet_exports"]
    sales[p, china] = exports * abroad / abroad.sum()
    output[p] = need - sales[p, china]
    output[p, china] = need[china] + exports
