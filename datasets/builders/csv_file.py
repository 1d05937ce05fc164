"""CSV files of the embedded data, byte for byte the same on every run."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from iomodel._io import atomic_path

__all__ = ["write_csv"]


def write_csv(
    path: Path, comments: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> Path:
    """Write comment lines, a line of columns and rows, all or nothing.

    Parameters
    ----------
    path : pathlib.Path
    comments : str
        Lines that begin with ``#``, each with its line break.
    columns : sequence of str
    rows : iterable of sequence

    Returns
    -------
    pathlib.Path
        The file.
    """
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        file.write(comments)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path
