"""Build tariff-layers.csv: the duties of the trade wars, dated, sourced, one row per rate.

The rates of decrees and the averages of Bown (PIIE) are typed in below; the effective rates of
November 2025 and February 2026 are read from the tables of The Budget Lab at Yale, which give
additional duties only: in them the total is the sum of the parts by legal authority (section 232,
reciprocal, fentanyl, section 122, section 301), without the ordinary duty. Section 301 on China is
taken out of them: it has layers of its own (:mod:`datasets.builders.collected_duties`). The duties
of 2025-26 by partner and sector (:mod:`datasets.builders.us_duties`) go to us-duties.csv, their
weights to published/us_imports_2024.csv. Needs pyarrow, for the US imports.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.collected_duties import (
    LAYER,
    REFERENCE_LAYER,
    read_collected_duties,
)
from datasets.builders.concordance import load_concordance
from datasets.builders.csv_file import write_csv
from datasets.builders.raw import raw_folder
from datasets.builders.us_duties import USDuties, detail_rows, percent, us_duties
from datasets.builders.us_imports import USImports
from iomodel.errors import TableError
from iomodel.scenario.duties import ADDITIONAL_DUTIES, PRIMARY_METALS

COLUMNS = (
    *("layer", "importer", "exporter", "sectors", "rate"),
    *("basis", "effective", "expires", "source", "note", "detail", "covered"),
)
LayerRow = tuple[str, str, str, str, float, str, str, str, str, str, str, str]

HEADER = """\
# Additional duties of the US-China trade wars and of the United States in 2025, as fractions.
# A rate holds from `effective` on and before `expires`. basis: statutory = as decreed, exemptions
# left out; average = trade-weighted average of its source; effective = the schedules in force,
# weighted by imports in its source, not duties collected; collected = duties paid over imports.
# Layers of different basis, and us-2025-11-effective, us-2026-02-effective or
# us-additional-2025-2026 beside any other US layer of 2025-26 on the same goods, must not be added
# together without a thought: each of the three holds all duties of its date. Section 301 on China
# is in none of them. detail: file with rates by partner and sector, of which `rate` is the mean at
# US imports of 2024. covered: last day of the source, for a state without an end.
"""

DETAIL = "us-duties"
DETAIL_HEADER = """\
# Additional duties of the United States over those of 2024, percent of the customs value, by
# partner and sector of world-2022 (goods). A line holds from `effective` to the next one of the
# partner in the layer; no line means no duty. ROW stands for regions without a line. Layer
# us-primary-metals-2025-2026 comes on top of us-additional-2025-2026. Source: Waugh2025. Section
# 301 on China is among the duties of 2024: as collected, and at reference weights. Source:
# Census2024.
"""
IMPORTS_HEADER = """\
# US imports for consumption of 2024 by partner and sector of world-2022, million USD;
# without_sector: HS chapters 98 and 99, and electricity. Census Bureau, compiled in Waugh2025.
"""
# Last day of the source's daily average.
COVERED = "2026-09-21"
NOTES = {
    ADDITIONAL_DUTIES: (
        "Increase over 2024: emergency powers, sections 122, 232, 338, section 301 on Brazil and "
        "for forced labour; section 301 on China and most of pharmaceuticals, semiconductors and "
        "trucks are not in it; USMCA by shares"
    ),
    PRIMARY_METALS: (
        "Section 232 on steel and aluminium products that us-additional-2025-2026 leaves out "
        "before 6 April 2026, less the general duty that it puts on them"
    ),
}

SECTION_301 = "Additional duty over imports of 2024"
REFERENCE = "The same duty, its tariff lines weighted by the imports of 2024 from other partners"
SECTION_301_FROM = "2020-02-14"
ANSWER_301 = (
    "Average Chinese tariff on US goods after the Phase One deal, 20.9%, less about 8% before 2018"
)
ORDERS = "Executive orders; goods exempted (electronics, drugs and others) are not left out"
CHINA = (
    "Answers to the reciprocal duties; the 10-15% on fuels and farm goods of early 2025 left out"
)

DECREED: tuple[tuple[str, str, str, str, float, str, str, str, str, str], ...] = (
    ("china-retaliation-2018-2020", "CHN", "USA", "goods", 0.129, "average", "2020-02-14", "",
     "Bown2025", ANSWER_301),
    ("us-fentanyl-2025", "USA", "CHN", "goods", 0.10, "statutory", "2025-02-04", "2025-03-04",
     "EO14195", "First fentanyl order"),
    ("us-fentanyl-2025", "USA", "CHN", "goods", 0.20, "statutory", "2025-03-04", "2025-11-10",
     "EO14228", "Second fentanyl order"),
    ("us-fentanyl-2025", "USA", "CHN", "goods", 0.10, "statutory", "2025-11-10", "2026-02-20",
     "Busan2025", "Halved after the Busan meeting; void since the ruling of 20 February 2026"),
    ("us-reciprocal-2025", "USA", "CHN", "goods", 0.10, "statutory", "2025-04-05", "2025-04-09",
     "EO14257", ORDERS),
    ("us-reciprocal-2025", "USA", "CHN", "goods", 0.84, "statutory", "2025-04-09", "2025-04-10",
     "EO14257", ORDERS),
    ("us-reciprocal-2025", "USA", "CHN", "goods", 1.25, "statutory", "2025-04-10", "2025-05-14",
     "EO14257", f"{ORDERS}. The level to which duties would have gone back had the truce lapsed"),
    ("us-reciprocal-2025", "USA", "CHN", "goods", 0.10, "statutory", "2025-05-14", "2026-02-20",
     "Geneva2025", "Geneva truce; 24 points suspended; void since the ruling of 20 February 2026"),
    ("china-2025", "CHN", "USA", "goods", 0.84, "statutory", "2025-04-10", "2025-04-12",
     "Bown2025", CHINA),
    ("china-2025", "CHN", "USA", "goods", 1.25, "statutory", "2025-04-12", "2025-05-14",
     "Bown2025", f"{CHINA}. The level to which duties would have gone back had the truce lapsed"),
    ("china-2025", "CHN", "USA", "goods", 0.10, "statutory", "2025-05-14", "",
     "Geneva2025", "Geneva truce; 24 points suspended, since Busan to 10 November 2026; no source "
     "of this file says what followed"),
)  # fmt: skip

# Layer, day of the tables, end: the ruling ended what most of the first is made of.
EFFECTIVE = (
    ("us-2025-11-effective", "2025-11-17", "2026-02-20"),
    ("us-2026-02-effective", "2026-02-25", "2026-07-24"),
)
PARTS = ["etr_232", "etr_ieepa", "etr_fentanyl", "etr_301", "etr_s122"]
PARTNERS = {
    "canada": "CAN",
    "china": "CHN",
    "eu": "EU27",
    "ftrow": "us-fta",
    "japan": "JPN",
    "mexico": "MEX",
    "row": "us-other-partners",
    "uk": "GBR",
}


def effective_rows(folder: Path, layer: str, date: str, expires: str) -> list[LayerRow]:
    """Read the effective rates by partner of one day.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of raw data.
    layer : str
        Name of the layer.
    date, expires : str
        Day of the tables, and first day on which the rates no longer hold.

    Returns
    -------
    list of tuple
        One row per partner.

    Raises
    ------
    TableError
        If partners are missing, or the partners' mean or the parts by authority do not add up to
        the overall rate.
    """
    tables = folder / "us_tariffs_2025"
    partners = pd.read_csv(tables / "etr_by_partner.csv")
    partners = partners[partners["date"] == date]
    if set(partners["partner"]) != set(PARTNERS):
        raise TableError(f"etr_by_partner.csv lists other partners than {', '.join(PARTNERS)}")
    parts = pd.read_csv(tables / "etr_by_authority.csv").set_index("date")
    summed = parts[PARTS].sum(axis=1)[date]
    mean = (partners["etr"] * partners["import_share"]).sum()
    overall = parts["etr_total"][date]
    # Six digits: the file prints sixteen, and the sums differ by rounding only.
    if not np.allclose([summed, mean], overall, rtol=1e-6, atol=0.0):
        raise TableError(f"parts {summed}, partners {mean} and total {overall} differ")
    by_partner = partners.set_index("partner")
    rates = by_partner["etr"].copy()
    rates["china"] -= parts["etr_301"][date] / by_partner["import_share"]["china"]
    notes = {partner: _effective_note(layer, partner) for partner in PARTNERS}
    return [
        (
            *(layer, "USA", PARTNERS[str(partner)], "goods", round(float(rate), 6)),
            *("effective", date, expires, "BudgetLab2025", notes[str(partner)], "", ""),
        )
        for partner, rate in rates.items()
    ]


def _effective_note(layer: str, partner: str) -> str:
    first = layer == EFFECTIVE[0][0]
    parts = "reciprocal, fentanyl" if first else "section 122"
    note = f"Additional duties but section 301 on China: section 232, {parts}"
    if partner == "china" and first:
        note += "; the source still counts the fentanyl duty at 20 points, halved on 10 November"
    elif partner in ("ftrow", "row"):
        note += f"; the source's partner {partner}"
    return note


def section_301_rows(folder: Path) -> tuple[list[LayerRow], list[tuple[str, ...]]]:
    """Section 301 on China, as collected and at reference weights: layers, and lines by sector."""
    concordance = load_concordance()
    duties = read_collected_duties(folder, concordance.sectors[: concordance.goods])
    layers: list[LayerRow] = []
    details: list[tuple[str, ...]] = []
    for name, mean, rates, note in (
        (LAYER, duties.section_301_mean, duties.section_301, SECTION_301),
        (
            REFERENCE_LAYER,
            duties.section_301_reference_mean,
            duties.section_301_reference,
            REFERENCE,
        ),
    ):
        words = (name, "USA", "CHN", "goods", round(mean, 6), "collected", SECTION_301_FROM, "")
        layers.append((*words, "Census2024", note, DETAIL, ""))
        details.append((name, SECTION_301_FROM, "CHN", *map(percent, rates * 100.0)))
    return layers, details


def dated_rows(duties: USDuties) -> list[LayerRow]:
    """One row per state of the duties by partner and sector, with its mean."""
    listed: list[LayerRow] = []
    for name, layer in (
        (ADDITIONAL_DUTIES, duties.additional),
        (PRIMARY_METALS, duties.primary_metals),
    ):
        ends = [*duties.dates[1:], ""]
        for date, expires in zip(duties.dates, ends, strict=True):
            rate = round(duties.mean(date, layer) / 100.0, 6)
            if rate > 0.0:
                words = (name, "USA", "others", "goods", rate, "effective", date, expires)
                covered = "" if expires else COVERED
                listed.append((*words, "Waugh2025", NOTES[name], DETAIL, covered))
    return listed


def import_rows(imports: USImports) -> list[list[object]]:
    """Lines of us_imports_2024.csv: partner, million USD by sector, and without a sector."""
    by_sector = imports.by_sector() / 1e6
    total = np.bincount(imports.partner, imports.value) / 1e6
    return [
        [partner, *(round(float(cell), 1) for cell in (*row, whole - row.sum()))]
        for partner, row, whole in zip(imports.partners, by_sector, total, strict=True)
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Write ``tariff-layers.csv`` and its details under ``--out`` (default: ``datasets``)."""
    options = raw_folder(argv, "Build the tariff layers.")
    duties = us_duties(options.raw)
    section_301, section_301_details = section_301_rows(options.raw)
    rows: list[LayerRow] = [*section_301, *((*row, "", "") for row in DECREED)]
    for layer, date, expires in EFFECTIVE:
        rows += effective_rows(options.raw, layer, date, expires)
    rows += dated_rows(duties)
    embedded, published = options.out / "embedded", options.out / "published"
    sectors = duties.imports.sectors
    keys = ("layer", "effective", "partner")
    write_csv(embedded / "tariff-layers.csv", HEADER, COLUMNS, rows)
    details = [*section_301_details, *detail_rows(duties)]
    write_csv(embedded / f"{DETAIL}.csv", DETAIL_HEADER, (*keys, *sectors), details)
    columns = ("partner", *sectors, "without_sector")
    imports_file = published / "us_imports_2024.csv"
    write_csv(imports_file, IMPORTS_HEADER, columns, import_rows(duties.imports))
    print(f"{len(rows)} rows of layers, {len(details)} of duties by sector under {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
