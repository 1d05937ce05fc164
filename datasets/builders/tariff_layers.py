"""Build tariff-layers.csv: the duties of the trade wars, dated, sourced, one row per rate.

The rates of decrees and the averages of Bown (PIIE) are typed in below; the effective rates of
November 2025 are read from the tables of The Budget Lab at Yale, which give additional duties only:
in them the total is the sum of the parts by legal authority (section 232, reciprocal, fentanyl,
section 301), without the ordinary duty.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.csv_file import write_csv
from datasets.builders.raw import raw_folder
from iomodel.errors import TableError

COLUMNS = (
    *("layer", "importer", "exporter", "sectors", "rate"),
    *("basis", "effective", "expires", "source", "note"),
)
LayerRow = tuple[str, str, str, str, float, str, str, str, str, str]

HEADER = """\
# Additional duties of the US-China trade wars and of the United States in 2025, as fractions.
# A rate holds from `effective` on and before `expires`. basis: statutory = as decreed, exemptions
# left out; average = trade-weighted average of its source; effective = the schedules in force,
# weighted by imports in its source, not duties collected. Layers of different basis, and
# us-2025-11-effective beside any other US layer on the same goods, must not be added together
# without a thought: the last one holds section 301 and the fentanyl and reciprocal duties.
"""

SECTION_301 = (
    "Average US tariff on Chinese goods after the Phase One deal, 19.3%, less 3.1% before 2018"
)
ANSWER_301 = (
    "Average Chinese tariff on US goods after the Phase One deal, 20.9%, less about 8% before 2018"
)
ORDERS = "Executive orders; goods exempted (electronics, drugs and others) are not left out"
CHINA = (
    "Answers to the reciprocal duties; the 10-15% on fuels and farm goods of early 2025 left out"
)

DECREED: tuple[LayerRow, ...] = (
    ("us-section-301-2018-2020", "USA", "CHN", "goods", 0.162, "average", "2020-02-14", "",
     "Bown2025", SECTION_301),
    ("china-retaliation-2018-2020", "CHN", "USA", "goods", 0.129, "average", "2020-02-14", "",
     "Bown2025", ANSWER_301),
    ("us-fentanyl-2025", "USA", "CHN", "goods", 0.10, "statutory", "2025-02-04", "2025-03-04",
     "EO14195", "First fentanyl order"),
    ("us-fentanyl-2025", "USA", "CHN", "goods", 0.20, "statutory", "2025-03-04", "2025-11-10",
     "EO14228", "Second fentanyl order"),
    ("us-fentanyl-2025", "USA", "CHN", "goods", 0.10, "statutory", "2025-11-10", "",
     "Busan2025", "Halved after the Busan meeting"),
    ("us-reciprocal-2025", "USA", "CHN", "goods", 0.10, "statutory", "2025-04-05", "2025-04-09",
     "EO14257", ORDERS),
    ("us-reciprocal-2025", "USA", "CHN", "goods", 0.84, "statutory", "2025-04-09", "2025-04-10",
     "EO14257", ORDERS),
    ("us-reciprocal-2025", "USA", "CHN", "goods", 1.25, "statutory", "2025-04-10", "2025-05-14",
     "EO14257", f"{ORDERS}. The level to which duties would have gone back had the truce lapsed"),
    ("us-reciprocal-2025", "USA", "CHN", "goods", 0.10, "statutory", "2025-05-14", "",
     "Geneva2025", "Geneva truce; 24 points suspended, since Busan to 10 November 2026"),
    ("china-2025", "CHN", "USA", "goods", 0.84, "statutory", "2025-04-10", "2025-04-12",
     "Bown2025", CHINA),
    ("china-2025", "CHN", "USA", "goods", 1.25, "statutory", "2025-04-12", "2025-05-14",
     "Bown2025", f"{CHINA}. The level to which duties would have gone back had the truce lapsed"),
    ("china-2025", "CHN", "USA", "goods", 0.10, "statutory", "2025-05-14", "",
     "Geneva2025", "Geneva truce; 24 points suspended, since Busan to 10 November 2026"),
)  # fmt: skip

EFFECTIVE_LAYER = "us-2025-11-effective"
EFFECTIVE_DATE = "2025-11-17"
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


def effective_rows(folder: Path) -> list[LayerRow]:
    """Read the effective rates by partner of 17 November 2025.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of raw data.

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
    partners = partners[partners["date"] == EFFECTIVE_DATE]
    if set(partners["partner"]) != set(PARTNERS):
        raise TableError(f"etr_by_partner.csv lists other partners than {', '.join(PARTNERS)}")
    parts = pd.read_csv(tables / "etr_by_authority.csv").set_index("date")
    summed = parts[["etr_232", "etr_ieepa", "etr_fentanyl", "etr_301"]].sum(axis=1)[EFFECTIVE_DATE]
    mean = (partners["etr"] * partners["import_share"]).sum()
    overall = parts["etr_total"][EFFECTIVE_DATE]
    # Six digits: the file prints sixteen, and the sums differ by rounding only.
    if not np.allclose([summed, mean], overall, rtol=1e-6, atol=0.0):
        raise TableError(f"parts {summed}, partners {mean} and total {overall} differ")
    return [_effective_row(str(p), float(r)) for p, r in partners[["partner", "etr"]].to_numpy()]


def _effective_row(partner: str, rate: float) -> LayerRow:
    note = "All additional duties: section 232, reciprocal, fentanyl, section 301"
    if partner == "china":
        note += "; the source still counts the fentanyl duty at 20 points, halved on 10 November"
    elif partner in ("ftrow", "row"):
        note += f"; the source's partner {partner}"
    return (
        *(EFFECTIVE_LAYER, "USA", PARTNERS[partner], "goods", round(rate, 6)),
        *("effective", EFFECTIVE_DATE, "", "BudgetLab2025", note),
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Write ``embedded/tariff-layers.csv`` under ``--out`` (default: the folder ``datasets``)."""
    options = raw_folder(argv, "Build the tariff layers.")
    rows = [*DECREED, *effective_rows(options.raw)]
    target = options.out / "embedded" / "tariff-layers.csv"
    write_csv(target, HEADER, COLUMNS, rows)
    print(f"{target}: {len(rows)} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
