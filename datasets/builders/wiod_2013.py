"""Compact archives of the World Input-Output Database, release 2013, for some of its years.

``python -m datasets.builders.wiod_2013 --raw FOLDER [--out datasets/published]``, from the root of
a checkout. Cells are whole million USD, as published, and stay integers: nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from datasets.builders.archive import write_archive
from datasets.builders.raw import raw_folder
from datasets.published import PUBLISHED, WIOD_2013, WIOD_YEARS
from iomodel.table.readers.wiod import ARRAYS


def build(raw: Path, out: Path = PUBLISHED) -> list[Path]:
    """Write one archive per year, in the layout that ``read_wiod`` reads."""
    folder = out / WIOD_2013.name
    written = []
    for year in WIOD_YEARS:
        name = f"wiod2013_{year}.npz"
        with np.load(raw / "wiod2013" / name, allow_pickle=False) as source:
            written.append(write_archive(folder / name, {key: source[key] for key in ARRAYS}))
    return written


def main(argv: Sequence[str] | None = None) -> None:
    """Write the archives and print their sizes."""
    options = raw_folder(argv, __doc__ or "", PUBLISHED)
    for path in build(options.raw, options.out):
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
