"""Build isic.csv: sectors of published classifications by the divisions of ISIC rev. 4.

Codes of OECD ICIO, WIOD 2016 and FIGARO are built of ISIC and NACE rev. 2 divisions, which agree at
two digits, and are read as such: ``C10T12`` is divisions 10 to 12. A section without a number
(``F``) has all its divisions. WIOD 2013 and EXIOBASE 3 follow NACE rev. 1; what each industry is
mainly made of under rev. 4 stands in ``data/wiod_2013_isic.csv`` and ``data/exiobase_3.csv``, by
Eurostat's correspondence of NACE rev. 1.1 and rev. 2, together with its smaller parts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from datasets.builders.concordance import DATA
from datasets.builders.csv_file import write_csv
from datasets.builders.elasticities import GOODS, SERVICES, WORLD_2022_SERVICES
from datasets.builders.raw import raw_folder
from datasets.builders.wiod_2014 import CLASSIFICATION, sectors_2014
from iomodel.errors import TableError

HEADER = """\
# Sectors of published classifications by ISIC rev. 4 (United Nations 2008; NACE rev. 2 agrees with
# it at two digits): divisions, and groups or classes where a classification parts a division.
# `isic` is what a sector is mainly made of, `also` its smaller parts, which no mapping follows.
# icio-28, icio-45 (2023 edition), icio-50 (2025 edition): OECD ICIO; wiod-2013, wiod-2016: WIOD;
# wiod-2016-50: its 56 industries merged to 50 (world-2014);
# nace-64: FIGARO of Eurostat; exiobase-3: industries of EXIOBASE 3. Made by builders/isic.py,
# which says how.
"""
COLUMNS = ("classification", "sector", "isic", "also")

# First and last division of each section of ISIC rev. 4.
SECTIONS: Mapping[str, tuple[int, int]] = {
    "A": (1, 3),
    "B": (5, 9),
    "C": (10, 33),
    "D": (35, 35),
    "E": (36, 39),
    "F": (41, 43),
    "G": (45, 47),
    "H": (49, 53),
    "I": (55, 56),
    "J": (58, 63),
    "K": (64, 66),
    "L": (68, 68),
    "M": (69, 75),
    "N": (77, 82),
    "O": (84, 84),
    "P": (85, 85),
    "Q": (86, 88),
    "R": (90, 93),
    "S": (94, 96),
    "T": (97, 98),
    "U": (99, 99),
}
# Parts of divisions (iron and steel with its casting, other metals with theirs; ships and others),
# and sums of divisions that do not follow one another.
PARTED: Mapping[str, str] = {
    "C24A": "241 2431",
    "C24B": "242 2432",
    "C301": "301",
    "C302T309": "302-304 309",
    "C28_C33": "28 33",
    "M71_M73-M75": "71 73-75",
    "R-U": "90-99",
}
# Sectors without divisions in their code; the last of world-2022 holds extraterritorial bodies too.
UNCODED: Mapping[str, tuple[int, int]] = {SERVICES: (35, 99), "O_T": (84, 99)}
ISIC_SPAN = re.compile(r"[A-Z](\d\d)(?:[T_-][A-Z]?(\d\d))?")

MANUFACTURING = ("C10T12", "C13T15", "C16", "C17_18", "C19", "C20", "C21", "C22", "C23")
MACHINES = ("C25", "C26", "C27", "C28", "C29")
TRADE_TO_INFORMATION = (
    *("D", "E", "F", "G", "H49", "H50", "H51", "H52", "H53", "I", "J58T60", "J61", "J62_63"),
    *"KLMNOPQRST",
)
ICIO_45 = (
    *("A01_02", "A03", "B05_06", "B07_08", "B09", *MANUFACTURING, "C24", *MACHINES, "C30"),
    *("C31T33", *TRADE_TO_INFORMATION),
)
ICIO_50 = (*GOODS, *TRADE_TO_INFORMATION)
NACE_64 = (
    *("A01", "A02", "A03", "B", "C10T12", "C13T15", "C16", "C17", "C18", "C19", "C20", "C21"),
    *("C22", "C23", "C24", *MACHINES, "C30", "C31_32", "C33", "D35", "E36", "E37T39", "F"),
    *("G45", "G46", "G47", "H49", "H50", "H51", "H52", "H53", "I", "J58", "J59_60", "J61"),
    *("J62_63", "K64", "K65", "K66", "L", "M69_70", "M71", "M72", "M73", "M74_75", "N77", "N78"),
    *("N79", "N80T82", "O84", "P85", "Q86", "Q87_88", "R90T92", "R93", "S94", "S95", "S96"),
    *("T", "U"),
)


DIVISIONS = tuple(k for low, high in SECTIONS.values() for k in range(low, high + 1))
"""Divisions of ISIC rev. 4: the numbers between sections are not used."""


def isic_of(code: str) -> str:
    """ISIC rev. 4 divisions of a sector code, as ``10-12``.

    Raises
    ------
    TableError
        If the code is not built of sections and divisions.
    """
    if code in PARTED:
        return PARTED[code]
    if code in UNCODED:
        return _spans(*UNCODED[code])
    span = ISIC_SPAN.fullmatch(code)
    if span:
        low, high = span.groups()
        return _spans(int(low), int(high or low))
    if all(section in SECTIONS for section in code.split("_")):
        ends = [SECTIONS[section] for section in code.split("_")]
        return _spans(min(low for low, _ in ends), max(high for _, high in ends))
    raise TableError(f"{code!r} is no code of ISIC sections and divisions")


def _spans(low: int, high: int) -> str:
    """Divisions from one to another, in spans without unused numbers."""
    spans: list[list[int]] = []
    for division in (k for k in DIVISIONS if low <= k <= high):
        if spans and division == spans[-1][-1] + 1:
            spans[-1].append(division)
        else:
            spans.append([division])
    return " ".join(f"{s[0]:02d}" if len(s) == 1 else f"{s[0]:02d}-{s[-1]:02d}" for s in spans)


CODED: Mapping[str, Sequence[str]] = {
    "icio-28": (*GOODS, SERVICES),
    "icio-28+services": (*GOODS, *WORLD_2022_SERVICES),
    "wiod-2016": tuple(pd.read_csv(DATA / "concordance_wiod2016.csv")["industry"]),
    CLASSIFICATION: tuple(sectors_2014()),
    "icio-45": ICIO_45,
    "icio-50": ICIO_50,
    "nace-64": NACE_64,
}
JUDGED: Mapping[str, str] = {"wiod-2013": "wiod_2013_isic.csv", "exiobase-3": "exiobase_3.csv"}
# Codes of fewer sectors come first: where a table names no classification, the first one with all
# of its codes stands in.
ORDER = (
    *("icio-28", "icio-28+services", "wiod-2013", "wiod-2016", CLASSIFICATION),
    *("icio-45", "icio-50", "nace-64", "exiobase-3"),
)


def rows() -> Iterator[list[str]]:
    """Yield classification, sector, main and smaller parts."""
    for classification in ORDER:
        if classification in CODED:
            for code in CODED[classification]:
                yield [classification, code, isic_of(code), ""]
        else:
            frame = pd.read_csv(DATA / JUDGED[classification], dtype=str, keep_default_na=False)
            for row in frame.itertuples():
                yield [classification, str(row.sector), str(row.isic), str(row.also)]


def build(out: Path) -> Path:
    """Write the file under ``out/embedded``."""
    return write_csv(out / "embedded" / "isic.csv", HEADER, COLUMNS, rows())


def main(argv: Sequence[str] | None = None) -> int:
    """Build the file from the command line."""
    print(build(raw_folder(argv, __doc__ or "").out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
