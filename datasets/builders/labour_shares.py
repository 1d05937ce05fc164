"""Build labour-shares.csv: labour in the income of labour and capital, by country, 2014.

From the socio-economic accounts of WIOD's 2016 release. A share that is no share (compensation of
capital is negative in Taiwan's) is left out.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from datasets.builders.csv_file import write_csv
from datasets.builders.raw import raw_folder
from iomodel.errors import TableError

HEADER = """\
# Labour compensation (employees and self-employed) over labour and capital compensation, and value
# added in million USD, all industries, 2014. Source: World Input-Output Database, release 2016,
# socio-economic accounts (CC BY 4.0; Timmer et al. 2015). Taiwan is left out: its compensation of
# capital is negative there.
"""
LABOUR, CAPITAL = "Labour compensation at basic prices", "Capital compensation at basic prices"
VALUE_ADDED = "Value added at basic prices"
# The source has more digits than it knows.
DIGITS = 4


def rows(folder: Path) -> list[list[str]]:
    """Rows of the file: country, labour share and value added."""
    path = folder / "wiod2016" / "wiod2016_2014_partial.npz"
    with np.load(path, allow_pickle=False) as file:
        costs, names = file["costs_2014"].sum(axis=2), file["cost_rows"].tolist()
        countries = file["countries"].tolist()
    if not {LABOUR, CAPITAL, VALUE_ADDED} <= set(names):
        raise TableError(f"{path.name} has other rows of costs than this builder knows")
    labour, capital, added = (costs[names.index(name)] for name in (LABOUR, CAPITAL, VALUE_ADDED))
    return [
        [country, f"{labour[k] / (labour[k] + capital[k]):.{DIGITS}f}", f"{added[k]:.0f}"]
        for k, country in enumerate(countries[: len(labour)])
        if labour[k] > 0.0 and capital[k] > 0.0
    ]


def build(raw: Path, out: Path) -> Path:
    """Write the file under ``out/embedded``; the same raw data give the same bytes."""
    path = out / "embedded" / "labour-shares.csv"
    return write_csv(path, HEADER, ["region", "labour_share", "value_added"], rows(raw))


def main(argv: Sequence[str] | None = None) -> int:
    """Build the file from the command line."""
    options = raw_folder(argv, __doc__ or "")
    print(build(options.raw, options.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
