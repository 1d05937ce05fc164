"""Additional US duties of 2025-26 by date, partner and sector, at the means of their source.

The duties that decrees put on each product (:mod:`datasets.builders.us_duty_rules`) are scaled so
that the mean of every partner, at imports of 2024, is that of the source:

- section 232: by the mean of 20 February 2026, when no other duty was in force, from that day until
  the metals were rearranged on 6 April 2026; unscaled before and after;
- the general duty: by the remainder; where a partner has none, section 232 takes the whole mean.

From 5 April to 11 May 2025 the decreed rates stand: the source leaves out the exemptions of Annex
II (oil, drugs, copper) until 11 April and the rate of South Africa, and has 125 points on China for
145.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.us_duty_rules import UNTRACKED, DutyRules, read_rules
from datasets.builders.us_imports import MEMBER, PARTNERS, USImports, read_us_imports
from iomodel.scenario.duties import ADDITIONAL_DUTIES, PRIMARY_METALS
from iomodel.typing import Float

__all__ = [
    "ADDITIONAL_DUTIES",
    "PRIMARY_METALS",
    "USDuties",
    "detail_rows",
    "percent",
    "source_means",
    "us_duties",
]

AS_DECREED = ("2025-04-05", "2025-04-08", "2025-04-09", "2025-04-11")
ALONE_ON = "2026-02-20"
# Partners with rates of their own on cars, metals or all goods.
WITH_DEALS = ("EU27", "JPN", "KOR", "GBR", "CAN", "MEX", "CHN", "HKG")
# First day of other lists of metals.
REARRANGED = "2026-04-06"


@dataclass(frozen=True)
class USDuties:
    """Duties by date, with the imports that weigh them.

    Attributes
    ----------
    imports : USImports
    dates : list of str
    additional, primary_metals : dict of str to dict of str to ndarray, shape (27,)
        Percent by date, region and sector. `primary_metals` comes on top of `additional`.
    """

    imports: USImports
    dates: list[str]
    additional: dict[str, dict[str, Float]]
    primary_metals: dict[str, dict[str, Float]]

    def mean(self, date: str, layer: dict[str, dict[str, Float]]) -> float:
        """Mean over tracked partners at all imports of 2024, percent."""
        weights = self.imports.by_sector()
        totals = np.bincount(self.imports.partner, self.imports.value)
        rates = np.array([layer[date][partner] for partner in self.imports.partners])
        by_partner = (rates * weights).sum(axis=1) / weights.sum(axis=1)
        return float(np.average(by_partner, weights=totals))


def us_duties(folder: Path) -> USDuties:
    """Build the duties of every date of the source.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of raw data.

    Returns
    -------
    USDuties
    """
    imports = read_us_imports(folder)
    rules = read_rules(folder, imports)
    means = source_means(folder, imports.partners)
    scale_232 = _scale_232(rules, means[ALONE_ON])
    dates = list(means.columns)
    return USDuties(
        imports=imports,
        dates=dates,
        additional={date: _additional(rules, date, means[date], scale_232) for date in dates},
        primary_metals={date: _primary_metals(rules, date) for date in dates},
    )


def source_means(folder: Path, partners: list[str]) -> pd.DataFrame:
    """Mean increase of US duties over 2024 in the source, percent: partner by date.

    The European Union is the source's aggregate, which contains Slovakia's goods; its row for
    Slovakia alone is left out.
    """
    file = folder / "us_tariffs_2026" / "effective_tariff_by_country_and_date.csv"
    frame = pd.read_csv(file)
    frame = frame[frame["country_name"] != MEMBER]
    frame["partner"] = frame["country_name"].map(PARTNERS)
    wide = frame.pivot(index="partner", columns="date", values="effective tariff")
    return wide.loc[partners]


def _scale_232(rules: DutyRules, mean: pd.Series) -> Float:
    decreed = _partner_mean(rules.imports, rules.section_232(ALONE_ON))
    scale: Float = mean.to_numpy() / np.where(decreed > 0.0, decreed, np.inf)
    return scale


def _additional(rules: DutyRules, date: str, mean: pd.Series, scale_232: Float) -> dict[str, Float]:
    imports = rules.imports
    rate = rules.general_rate(date)
    by_partner = np.array([rate[partner] for partner in imports.partners])
    section_232, covered = rules.section_232(date), rules.covered(date)
    general = covered * by_partner[imports.partner] + rules.partner_specific(date)
    untracked = _untracked(imports, section_232, covered, rate)
    if date not in AS_DECREED:
        if ALONE_ON <= date < REARRANGED:
            section_232 = section_232 * scale_232[imports.partner]
        general, section_232 = _at_mean(imports, general, section_232, mean.to_numpy())
    rates = _sector_mean(imports, section_232 + general)
    return dict(zip(imports.partners, rates, strict=True)) | untracked


def _at_mean(
    imports: USImports, general: Float, section_232: Float, mean: Float
) -> tuple[Float, Float]:
    """Scale the general duty to a partner's mean, or section 232 where it exceeds it alone."""
    mean_232, mean_general = (_partner_mean(imports, each) for each in (section_232, general))
    remainder = mean - mean_232
    has_general = (mean_general > 0.0) & (remainder >= 0.0)
    on_general = np.divide(remainder, mean_general, out=np.zeros_like(mean), where=has_general)
    alone = ~has_general & (mean_232 > 0.0)
    on_232 = np.divide(mean, mean_232, out=np.ones_like(mean), where=alone)
    return general * on_general[imports.partner], section_232 * on_232[imports.partner]


def _untracked(
    imports: USImports, section_232: Float, covered: Float, rate: dict[str, float]
) -> dict[str, Float]:
    """Decreed duties of regions without data by product, at the products of partners like them."""
    alike = (~imports.from_partners(*WITH_DEALS)).astype(np.float64)
    weights = imports.by_sector(alike).sum(axis=0)

    def sector_mean(rates: Float) -> Float:
        weighted = imports.by_sector(rates * alike).sum(axis=0)
        means: Float = weighted / np.where(weights > 0.0, weights, np.inf)
        return means

    on_232, share = sector_mean(section_232), sector_mean(covered)
    return {region: on_232 + rate[region] * share for region in UNTRACKED}


def _primary_metals(rules: DutyRules, date: str) -> dict[str, Float]:
    """Duties on primary metals, less the general duty that the source puts on them."""
    imports, rate = rules.imports, rules.general_rate(date)
    by_partner = np.array([rate[partner] for partner in imports.partners])
    duty, covered = rules.primary_metals(date), rules.covered(date)
    general = covered * by_partner[imports.partner] + rules.partner_specific(date)
    on_metals = duty > 0.0
    rates = _sector_mean(imports, np.where(on_metals, np.clip(duty - general, 0.0, None), 0.0))
    elsewhere = _untracked(imports, duty, np.where(on_metals, -covered, 0.0), rate)
    return dict(zip(imports.partners, rates, strict=True)) | {
        region: np.clip(rates, 0.0, None) for region, rates in elsewhere.items()
    }


def _sector_mean(imports: USImports, rates: Float) -> Float:
    """Mean by partner and sector; the partner's mean where it sells nothing of a sector."""
    weights, weighted = imports.by_sector(), imports.by_sector(rates)
    total = weighted.sum(axis=0) / np.maximum(weights.sum(axis=0), 1.0)
    return np.where(weights > 0.0, weighted / np.where(weights > 0.0, weights, 1.0), total)


def _partner_mean(imports: USImports, rates: Float) -> Float:
    """Mean by partner over goods with a sector: chapters 98 and 99 are taken to pay the mean."""
    mean: Float = imports.by_sector(rates).sum(axis=1) / imports.by_sector().sum(axis=1)
    return mean


def percent(rate: float) -> str:
    """Text of a percentage in two digits, without closing zeros."""
    return f"{rate:.2f}".rstrip("0").rstrip(".")


def detail_rows(duties: USDuties) -> Iterator[tuple[str, ...]]:
    """Lines of us-duties.csv: layer, date, region, percent by sector in two digits.

    A region has a line on the dates on which a rate changes.
    """
    for name, layer in (
        (ADDITIONAL_DUTIES, duties.additional),
        (PRIMARY_METALS, duties.primary_metals),
    ):
        last: dict[str, tuple[str, ...]] = {}
        for date in duties.dates:
            for region, rates in layer[date].items():
                cells = tuple(map(percent, rates))
                if cells != last.get(region, ("0",) * len(cells)):
                    yield (name, date, region, *cells)
                last[region] = cells
