"""Additional US duties of 2025-26 by partner and product, as decreed: the rules of each date.

A product under section 232 (metals, cars, copper, wood) pays that duty; all other products pay the
general one (emergency powers, section 122, section 301 for forced labour), unless a list exempts
them. Rates in percent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.us_duty_lists import DutyLists
from datasets.builders.us_imports import PARTNERS, USImports
from iomodel.typing import Bool, Float

__all__ = ["UNTRACKED", "DutyRules", "read_rules"]

# Regions of world-2022 without data by product, under the names of the lists of rates.
UNTRACKED = {
    "BRN": "Brunei", "CIV": "Côte d`Ivoire", "CMR": "Cameroon",
    "COD": "Democratic Republic of the Congo", "ISL": "Iceland", "JOR": "Jordan",
    "KAZ": "Kazakhstan", "LAO": "Laos", "MMR": "Myanmar (Burma)", "TUN": "Tunisia", "ROW": "",
}  # fmt: skip
# Names of the lists in capitals.
LISTED_NAMES = (
    PARTNERS
    | {"SOUTH KOREA": "KOR"}
    | {name.upper(): region for region, name in UNTRACKED.items() if name}
)

# General duty of every partner and of those with a rate of their own, from each date on. "annex-I"
# and "august" stand for the lists of country rates. Canada and Mexico: on goods outside USMCA, 35
# and 18 percent of theirs; the source raises Canada's 35 to 45 percent on 1 November 2025.
NORTH_AMERICA = {"CAN": 8.75, "MEX": 4.5}
CHINA = ("CHN", "HKG")
CHINA_AND_CANADA = {**dict.fromkeys(CHINA, 20.0), "CAN": 15.75}
GENERAL: dict[str, tuple[float, str, dict[str, float]]] = {
    "2025-02-04": (0.0, "", dict.fromkeys(CHINA, 20.0)),
    "2025-03-06": (0.0, "", {**dict.fromkeys(CHINA, 20.0), **NORTH_AMERICA}),
    "2025-04-05": (10.0, "annex-I", {**dict.fromkeys(CHINA, 54.0), **NORTH_AMERICA}),
    "2025-04-08": (10.0, "annex-I", {**dict.fromkeys(CHINA, 104.0), **NORTH_AMERICA}),
    "2025-04-09": (10.0, "", {**dict.fromkeys(CHINA, 145.0), **NORTH_AMERICA}),
    "2025-05-12": (10.0, "", {**dict.fromkeys(CHINA, 30.0), **NORTH_AMERICA}),
    "2025-08-07": (10.0, "august", {**dict.fromkeys(CHINA, 30.0), "IND": 50.0}),
    "2025-11-01": (10.0, "august", {**CHINA_AND_CANADA, "IND": 50.0}),
    "2025-11-14": (10.0, "august", {**CHINA_AND_CANADA, "IND": 50.0, "CHE": 15.0}),
    "2026-02-07": (10.0, "august", {**CHINA_AND_CANADA, "IND": 18.0, "CHE": 15.0}),
    "2026-02-20": (0.0, "", {}),
    "2026-02-24": (10.0, "", {"CAN": 0.0, "MEX": 0.0}),
    # 10 or 12.5 percent, on the partners that the source tracks: the mean of each decides.
    "2026-07-24": (10.0, "", {"CAN": 0.0, "MEX": 0.0, **dict.fromkeys(UNTRACKED, 0.0)}),
}
AUGUST = {"EU27": 15.0, "KOR": 15.0, "CAN": 12.25, "MEX": 4.5, "BRA": 10.0}
RULING = "2026-02-20"
# Brazil beside the general duty: emergency powers, then section 301.
BRAZIL = (("2025-08-07", 40.0), (RULING, 0.0), ("2026-07-22", 25.0))


@dataclass(frozen=True)
class DutyRules:
    """Decreed duties over the entries of US imports.

    Attributes
    ----------
    imports : USImports
    lists : DutyLists
    """

    imports: USImports
    lists: DutyLists

    def section_232(self, date: str) -> Float:
        """Duties on metals, cars, copper and wood, percent, (n,).

        Deals cap cars at 15 percent (European Union, Japan, Korea) or 10 (United Kingdom), the
        duty of 2024 included; in the source's means so only from the ruling on, 15 on top and
        British cars at 25 before.
        """
        rate = np.zeros(len(self.imports.value))
        if date >= "2025-10-14":
            rate[self.lists.softwood] = 10.0
            rate[self.lists.furniture] = self._capped(25.0, 15.0, 10.0)[self.lists.furniture]
        if date >= "2025-08-07":
            rate[self.lists.copper] = 50.0
        for products, duty, british_duty in self._metals(date):
            rate[products] = np.where(self._british, british_duty, duty)[products]
        if date >= "2025-04-03":
            cap = 15.0 if date >= "2025-08-07" else 25.0
            on_cars = np.where(self._with_deal, cap, 25.0)
            if date >= RULING:
                on_cars = self._capped(25.0, cap, 10.0)
            on_cars = np.where(self._north_american, 15.0, on_cars)
            rate[self.lists.cars] = on_cars[self.lists.cars]
        return rate

    def primary_metals(self, date: str) -> Float:
        """Duties on steel and aluminium beyond the source's lists, percent, (n,).

        From 6 April 2026 the source has them (Annex I-A).
        """
        if not "2025-03-12" <= date < "2026-04-06":
            return np.zeros(len(self.imports.value))
        duty = np.where(self._british, 25.0, 50.0 if date >= "2025-06-03" else 25.0)
        return np.where(self.lists.primary_metals, duty, 0.0)

    def covered(self, date: str) -> Float:
        """Share of the general duty that each entry pays: 0 under section 232 or exempt, (n,)."""
        exempt = self._exempt(date)
        share = np.where(exempt, 0.0, 1.0)
        if date < RULING:
            # Goods that Annex II exempts pay the fentanyl part, China's only.
            chinese = self.imports.from_partners(*CHINA)
            fentanyl = 10.0 if date >= "2025-11-01" else 20.0
            rate = self.general_rate(date)["CHN"]
            share = np.where(exempt & chinese, fentanyl / rate, share)
        return np.where(self.section_232(date) > 0.0, 0.0, share)

    def general_rate(self, date: str) -> dict[str, float]:
        """General duty by region, untracked ones included, percent."""
        begins = max(day for day in GENERAL if day <= date)
        default, listed, special = GENERAL[begins]
        regions = [*self.imports.partners, *UNTRACKED]
        rates = dict.fromkeys(regions, default)
        if listed:
            rates |= {r: x for r, x in self._listed_rates(listed).items() if r in rates}
        if listed == "august":
            rates |= AUGUST
        return rates | special

    def partner_specific(self, date: str) -> Float:
        """Duties on one partner beside the general one: Brazil, Canada (338), percent, (n,)."""
        begun = [rate for day, rate in BRAZIL if day <= date]
        exempt = (
            self.lists.mask("brazil-301-exemptions")
            if date >= RULING
            else self._mask_of_2025_brazil(date)
        )
        brazil = self.imports.from_partners("BRA") & ~exempt
        rate = np.where(brazil, begun[-1] if begun else 0.0, 0.0)
        if date >= "2026-08-19":
            rate = np.where(self._canada_338, 50.0, rate)
        return np.where(self.section_232(date) > 0.0, 0.0, rate)

    # ------------------------------------------------------------------ products
    def _metals(self, date: str) -> list[tuple[Bool, float, float]]:
        """Products, duty and duty on British goods; a later entry replaces an earlier one."""
        if date < "2025-03-12":
            return []
        if date < "2025-06-03":
            return [(self.lists.metals, 25.0, 25.0)]
        if date < "2026-04-06":
            return [(self.lists.metals, 50.0, 25.0)]
        return [
            (self.lists.copper, 0.0, 0.0),
            (self.lists.mask("metals-annex-III-temporary"), 15.0, 15.0),
            (self.lists.mask("metals-annex-IB"), 25.0, 15.0),
            (self.lists.mask("metals-annex-IA"), 50.0, 25.0),
        ]

    def _exempt(self, date: str) -> Bool:
        lists = self.lists
        if date >= "2026-07-24":
            return lists.mask("section122-product-exemptions")
        if date >= "2026-02-24":
            aircraft = lists.mask("section122-aircraft-exemptions") & lists.chapter("88")
            return lists.mask("section122-product-exemptions") | aircraft
        if date < "2025-04-05":
            return np.zeros(len(self.imports.value), dtype=bool)
        files = ["annex-II-exemptions"]
        files += ["consumer_electronics_EO14257_apr11"] if date >= "2025-04-11" else []
        exempt = lists.mask(*files)
        if date < "2025-05-12":
            # Energy is exempt; the list has some of its lines, which the source's later means need.
            exempt |= lists.chapter("27")
        if date >= "2025-11-14":
            exempt |= lists.mask("annex-II-exemptions-nov14")
        # The fentanyl orders on Canada and Mexico have no Annex II; the source gives them one.
        return exempt if date >= "2025-05-12" else exempt & ~self._north_american

    def _mask_of_2025_brazil(self, date: str) -> Bool:
        files = ["brazil-airplane-exemptions", "brazil-non-airplane-exemptions"]
        files += ["annex-II-exemptions-nov14"] if date >= "2025-11-14" else []
        return self.lists.mask(*files)

    @cached_property
    def _canada_338(self) -> Bool:
        files = ("canada-338-alcohol", "canada-338-dairy", "canada-338-autos")
        canadian = self.imports.from_partners("CAN")
        return canadian & self.lists.mask(*files) & ~self.lists.mask("canada-338-aircraft-exempt")

    # ------------------------------------------------------------------ partners
    @property
    def _british(self) -> Bool:
        return self.imports.from_partners("GBR")

    @property
    def _with_deal(self) -> Bool:
        return self.imports.from_partners("EU27", "JPN", "KOR")

    @property
    def _north_american(self) -> Bool:
        return self.imports.from_partners("CAN", "MEX")

    def _capped(self, duty: float, cap: float, british_cap: float) -> Float:
        """Duty, or the distance of the duty of 2024 to the cap of a partner with a deal."""
        caps = np.full(len(self.imports.value), np.inf)
        caps[self._with_deal] = cap
        caps[self._british] = british_cap
        ordinary = 100.0 * self.imports.paid_rate
        # A cap of the size of the duty is none: the duty comes on top of the ordinary one.
        return np.where(caps < duty, np.clip(caps - ordinary, 0.0, duty), duty)

    def _listed_rates(self, listed: str) -> dict[str, float]:
        file = {"annex-I": "reciprocal-tariffs-annex-I", "august": "clean-august-7-tariffs"}[listed]
        frame = pd.read_csv(self.lists.folder / f"{file}.csv")
        rates = dict(zip(frame.iloc[:, 0].str.upper(), frame.iloc[:, 1].astype(float), strict=True))
        return {region: rates[name] for name, region in LISTED_NAMES.items() if name in rates}


def read_rules(folder: Path, imports: USImports) -> DutyRules:
    """Rules over imports, with the lists in the folder of raw data."""
    return DutyRules(imports, DutyLists(folder / "us_tariffs_2026" / "lists", imports))
