"""Ordinary duties of the table by exporter, sector and importer.

The cube's tariffs are unweighted averages with ad-valorem equivalents, too high where a few lines
carry prohibitive rates. The rule, chosen before its results were seen:

(a) the United States levy what they collected in 2024;
(b) the other importers of WIOD the smaller, cell by cell, of the cube's rate and the trade-weighted
    one of 2014; exporters that WIOD lacks count as its rest of the world;
(c) all others the cube's rate, on food at most the 90th percentile of the food duties of (b);
(d) section 301 on goods of China is a layer of its own by sector, not part of these rates;
(e) services and own sales pay nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from datasets.builders.collected_duties import (
    EUROPEAN_UNION,
    CollectedDuties,
    read_collected_duties,
)
from datasets.builders.raw import Icio, Tariffs2014, read_tariffs_2014
from iomodel.table.groups import region_groups
from iomodel.typing import Float

__all__ = ["FOOD", "IMPORTER", "Duties", "build_duties", "extend_tariffs", "mean_duty"]

IMPORTER, FOOD = "USA", "C10T12"
FOOD_PERCENTILE = 0.9
# Sectors of the tariffs of 2014 by sector of ICIO, where the codes differ. C17_18 takes the rate of
# paper: little printed matter (C18) is traded.
SECTOR_2014 = {
    **dict.fromkeys(("B05", "B06", "B07", "B08", "B09"), "B"),
    **dict.fromkeys(("C24A", "C24B"), "C24"),
    **dict.fromkeys(("C301", "C302T309"), "C30"),
    "C10T12": "C10-C12",
    "C13T15": "C13-C15",
    "C17_18": "C17",
    "C28": "C28,C33",
    "C31T33": "C31_C32",
}


@dataclass(frozen=True)
class Duties:
    """Duties of world-2022.

    Attributes
    ----------
    tariff : ndarray, shape (R, S, R)
        Ordinary rate as a fraction: exporter, sector, importer.
    food_cap : float
        Largest duty on food of importers outside WIOD.
    by_rule : dict of str to str
        Importer to ``a``, ``b`` or ``c``.
    us : CollectedDuties
    """

    tariff: Float
    food_cap: float
    by_rule: dict[str, str]
    us: CollectedDuties


def build_duties(raw: Path, icio: Icio, sectors: list[str]) -> Duties:
    """Apply the rule to the cube's tariffs.

    Parameters
    ----------
    raw : pathlib.Path
        The folder of raw data.
    icio : Icio
        Tariffs and trade of the cube.
    sectors : list of str
        Sectors of the table, the goods of the cube first.

    Returns
    -------
    Duties
    """
    us, earlier = read_collected_duties(raw, sectors), read_tariffs_2014(raw)
    rates = extend_tariffs(icio, len(sectors))
    goods = icio.trade.shape[1] - 1
    by_rule = {
        region: "a" if region == IMPORTER else "b" if region in earlier.regions else "c"
        for region in icio.regions
    }
    importers = {rule: _positions(by_rule, rule) for rule in "abc"}
    rates[:, :goods, importers["b"]] = np.minimum(
        rates[:, :goods, importers["b"]],
        _rates_of_2014(earlier, icio, sectors[:goods], importers["b"]),
    )
    food = sectors.index(FOOD)
    duty_on_food = mean_duty(rates, icio.trade, [food])[importers["b"]]
    cap = float(np.quantile(duty_on_food, FOOD_PERCENTILE))
    rates[:, food, importers["c"]] = np.minimum(rates[:, food, importers["c"]], cap)
    home = icio.regions.index(IMPORTER)
    rates[:, :, home] = _us_rates(us, icio.regions)
    own = np.arange(len(icio.regions))
    rates[own, :, own] = 0.0
    return Duties(rates, cap, by_rule, us)


def extend_tariffs(icio: Icio, sectors: int) -> Float:
    """Tariffs on all sectors: the cube's for goods, zero for services.

    The raw cube carries a positive rate in its services column too. Customs duties are levied on
    goods, so that column is not used.
    """
    R, goods = len(icio.regions), icio.trade.shape[1] - 1
    tariff = np.zeros((R, sectors, R))
    tariff[:, :goods, :] = icio.tariff[:, :goods, :]
    return tariff


def mean_duty(rates: Float, trade: Float, sectors: list[int]) -> Float:
    """Mean rate of each importer on some sectors, weighted by its imports; zero without imports."""
    imports = trade[:, sectors].copy()
    own = np.arange(len(imports))
    imports[own, :, own] = 0.0
    revenue, total = (imports * rates[:, sectors]).sum(axis=(0, 1)), imports.sum(axis=(0, 1))
    mean: Float = np.divide(revenue, total, out=np.zeros_like(total), where=total > 0)
    return mean


def _positions(by_rule: dict[str, str], rule: str) -> list[int]:
    return [k for k, name in enumerate(by_rule.values()) if name == rule]


def _rates_of_2014(
    earlier: Tariffs2014, icio: Icio, goods: list[str], importers: list[int]
) -> Float:
    """Rates of 2014 on the cube's exporters and goods, (R, goods, importers)."""
    rest_of_world = earlier.regions.index("ROW")
    position = {region: k for k, region in enumerate(earlier.regions)}
    exporter = [position.get(region, rest_of_world) for region in icio.regions]
    sector = [earlier.sectors.index(SECTOR_2014.get(code, code)) for code in goods]
    buyer = [position[icio.regions[k]] for k in importers]
    return np.ascontiguousarray(earlier.rates[np.ix_(exporter, sector, buyer)])


def _us_rates(us: CollectedDuties, regions: list[str]) -> Float:
    """Ordinary rates of the United States (R, S); the mean of line rates for untracked partners."""
    union = region_groups()[EUROPEAN_UNION]
    rates = np.tile(us.mfn, (len(regions), 1))
    for row, region in enumerate(regions):
        partner = EUROPEAN_UNION if region in union else region
        if partner in us.ordinary.index:
            collected = us.ordinary.loc[partner].to_numpy(dtype=np.float64)
            rates[row] = np.where(np.isfinite(collected), collected, us.mfn)
    return rates
