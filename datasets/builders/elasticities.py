"""Build elasticities.csv: sets of trade elasticities by sector, for several classifications.

Eight sets are those of the raw ICIO cube, on its 27 goods and one services aggregate. ``CP`` there
is the 99% sample of Caliendo and Parro (``CP-99`` here); what they use in their counterfactuals is
read from the supplement of the article. Boehm, Levchenko and Pandalai-Nayar have one elasticity
for all goods. The median is taken sector by sector of the cube. Sets are carried to other
classifications by the concordance below: a sector that stands for several sectors of the cube
takes their plain average, and every service takes the value of the aggregate.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from datasets.builders.csv_file import write_csv
from datasets.builders.raw import raw_folder
from iomodel.errors import TableError
from iomodel.models.elasticities import SETS, SOURCES

# Names of sets in the cube, and here.
CUBE_SETS: Mapping[str, str] = {"CP": "CP-99"} | {
    name: name for name in ("FGO", "Shap", "GYY", "BSY", "LL", "IS", "U4")
}
SERVICES = "Services (aggregate)"
TRANSPORT = ("C29", "C301", "C302T309")
# Lines of the article's T.txt: motor vehicles and other transport equipment.
TRANSPORT_LINES = (17, 18)
# Elasticity of the sectors that are not traded in the program of Caliendo and Parro (2015); it
# moves nothing there.
NOT_TRADED = 8.22
# Boehm, Levchenko and Pandalai-Nayar (2023), abstract: elasticity of trade values before duty with
# respect to the duty in the long run.
BOEHM_RANGE = (1.75, 2.25)

HEADER = """\
# Trade elasticities theta = sigma - 1 by sector, as compiled with the OECD ICIO cube; one column
# per set. `classification` and `sector` are those of a table, `from` the sectors of the cube whose
# plain average is taken. median: of CP, FGO, Shap, GYY, BSY, LL and Boehm, by sector of the cube;
# CP: Caliendo and Parro (2015) as in their counterfactuals; CP-99: their 99% sample; FGO: Fontagne,
# Guimbard and Orefice (2022); Shap: Shapiro (2016); GYY: Giri, Yi and Yilmazkuday (2021); BSY:
# Bagwell, Staiger and Yurukoglu (2021); LL: Lashkaripour and Lugovskyy (2023); Boehm: Boehm,
# Levchenko and Pandalai-Nayar (2023), long run, one value for all goods, taken for services too;
# IS: estimated by the compiler in the sample itself; U4: four everywhere.
"""

GOODS = (
    *("A01", "A02", "A03", "B05", "B06", "B07", "B08", "B09"),
    *("C10T12", "C13T15", "C16", "C17_18", "C19", "C20", "C21", "C22", "C23"),
    *("C24A", "C24B", "C25", "C26", "C27", "C28", "C29", "C301", "C302T309", "C31T33"),
)
WORLD_2022_SERVICES = ("D_E", "F", "G", "H", "I", "J", "K", "L", "M_N", "O_T")
WIOD_2013_GOODS: Mapping[str, tuple[str, ...]] = {
    "c1": ("A01", "A02", "A03"),
    "c2": ("B05", "B06", "B07", "B08", "B09"),
    "c3": ("C10T12",),
    "c4": ("C13T15",),
    "c5": ("C13T15",),
    "c6": ("C16",),
    "c7": ("C17_18",),
    "c8": ("C19",),
    "c9": ("C20", "C21"),
    "c10": ("C22",),
    "c11": ("C23",),
    "c12": ("C24A", "C24B", "C25"),
    "c13": ("C28",),
    "c14": ("C26", "C27"),
    "c15": ("C29", "C301", "C302T309"),
    "c16": ("C31T33",),
}
CONCORDANCES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "icio-28": {k: (k,) for k in (*GOODS, SERVICES)},
    "icio-28+services": {k: (k,) for k in GOODS} | dict.fromkeys(WORLD_2022_SERVICES, (SERVICES,)),
    "wiod-2013": {**WIOD_2013_GOODS, **{f"c{k}": (SERVICES,) for k in range(17, 36)}},
}


def read_sets(folder: Path, year: int = 2022) -> dict[str, dict[str, float]]:
    """Elasticity of every sector of the cube, by set."""
    with np.load(folder / "icio" / f"ICIO{year}.npz", allow_pickle=False) as file:
        sectors = file["sectors"].tolist()
        cube = {name: file[f"eps_{label}"].tolist() for label, name in CUBE_SETS.items()}
    if sectors != [*GOODS, SERVICES]:
        raise TableError(f"ICIO{year}.npz has other sectors than this builder knows")
    sets = {name: dict(zip(sectors, values, strict=True)) for name, values in cube.items()}
    sets["CP"] = sets["CP-99"] | _as_in_counterfactuals(folder)
    # Values before duty fall by sigma = theta + 1.
    sets["Boehm"] = dict.fromkeys(sectors, float(np.mean(BOEHM_RANGE)) - 1.0)
    sets["median"] = {k: float(np.median([sets[name][k] for name in SOURCES])) for k in sectors}
    return sets


def _as_in_counterfactuals(folder: Path) -> dict[str, float]:
    """Elasticities of Caliendo and Parro where their counterfactuals leave the 99% sample."""
    theta = np.loadtxt(folder / "caliendo_parro" / "T.txt")
    transport = float(theta[list(TRANSPORT_LINES)].mean())
    return dict.fromkeys(TRANSPORT, transport) | {SERVICES: NOT_TRADED}


def rows(folder: Path) -> list[list[str]]:
    """Rows of the file: classification, sector, origin and one value per set."""
    sets = read_sets(folder)
    table = []
    for classification, concordance in CONCORDANCES.items():
        for sector, origin in concordance.items():
            values = [repr(float(np.mean([sets[name][k] for k in origin]))) for name in SETS]
            table.append([classification, sector, "+".join(origin), *values])
    return table


def build(raw: Path, out: Path) -> Path:
    """Write the file under ``out/embedded``; the same raw data give the same bytes."""
    columns = ["classification", "sector", "from", *SETS]
    return write_csv(out / "embedded" / "elasticities.csv", HEADER, columns, rows(raw))


def main(argv: Sequence[str] | None = None) -> int:
    """Build the file from the command line."""
    options = raw_folder(argv, __doc__ or "")
    print(build(options.raw, options.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
