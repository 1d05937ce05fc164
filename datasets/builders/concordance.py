"""From the 56 industries of WIOD 2016 to the 37 sectors of world-2022.

WIOD is coarser in three places: mining, basic metals and other transport equipment. The finer
sectors of such a *parent* share the parent's input column; the parent's row is split by user with
the committed seeds ``split_*.csv``, an assumption with a reason on every line. The seeds carry
only relative intensities: RAS later meets what each country absorbs of every product.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from iomodel.errors import LabelError
from iomodel.typing import Bool, Float, Index

DATA = Path(__file__).resolve().parent / "data"
FINAL_USES = ("HFCE", "GGFC", "GCF")
SPLIT_PARENTS = ("B", "C24", "C30")
CUBE_GROUPS = (
    "A", "B", "C10-12", "C13-15", "C16", "C17-18", "C19", "C20-21", "C22", "C23", "C24-25",
    "C26-27", "C28", "C29-30", "C31-32", "services",
)  # fmt: skip


@dataclass(frozen=True)
class Concordance:
    """Maps between industries, parents and sectors.

    Attributes
    ----------
    sectors, names : list of str
        Codes and names of the 37 sectors.
    is_service : ndarray of bool, shape (37,)
        Sectors out of the services aggregate.
    parents : list of str
        The 31 sectors and parents that WIOD can tell apart.
    parent_of : ndarray of int, shape (37,)
        Position of each sector's parent.
    to_parent : ndarray, shape (56, 31)
        0/1 matrix from industries to parents.
    to_cube : ndarray, shape (56, 16)
        0/1 matrix from industries to the product groups of the 2014 trade cube.
    merged_of : ndarray of int, shape (56,)
        Position of each industry among the 50 merged industries of the full table of 2014.
    row_split : ndarray, shape (37, 40)
        Share of a parent's row that goes to each of its sectors, by user (37 sectors, then the
        three final uses); 1 where nothing is split. Shares of one parent sum to one.
    """

    sectors: list[str]
    names: list[str]
    is_service: Bool
    parents: list[str]
    parent_of: Index
    to_parent: Float
    to_cube: Float
    merged_of: Index
    row_split: Float

    @property
    def goods(self) -> int:
        """Number of goods sectors; they come first."""
        return int((~self.is_service).sum())


def sector_2014_of() -> dict[str, str]:
    """Sector of the full table of 2014 that holds each of the 56 industries of WIOD 2016."""
    industries = pd.read_csv(DATA / "concordance_wiod2016.csv")
    return dict(zip(industries["industry"], industries["merged_2014"], strict=True))


def load_concordance() -> Concordance:
    """Read the committed tables and check that every industry and every user is mapped."""
    sectors = pd.read_csv(DATA / "sectors.csv")
    industries = pd.read_csv(DATA / "concordance_wiod2016.csv")
    codes = sectors["sector"].tolist()
    parents = list(dict.fromkeys(sectors["parent"]))
    parent_of = np.array([parents.index(p) for p in sectors["parent"]])
    merged = list(dict.fromkeys(industries["merged_2014"]))
    users = [*codes, *FINAL_USES]
    split = np.ones((len(codes), len(users)))
    for parent in SPLIT_PARENTS:
        children = [codes.index(c) for c in sectors.loc[sectors["parent"] == parent, "sector"]]
        split[children] = _read_split(parent, [codes[c] for c in children], users)
    return Concordance(
        sectors=codes,
        names=sectors["name"].tolist(),
        merged_of=np.array([merged.index(code) for code in industries["merged_2014"]]),
        is_service=(sectors["kind"] == "services").to_numpy(),
        parents=parents,
        parent_of=parent_of,
        to_parent=indicator_matrix(industries["parent"].tolist(), parents),
        to_cube=indicator_matrix(industries["cube_2014"].tolist(), CUBE_GROUPS),
        row_split=split,
    )


def indicator_matrix(labels: list[str], columns: list[str] | tuple[str, ...]) -> Float:
    """0/1 matrix of labels x columns; every label must be among the columns."""
    matrix = np.zeros((len(labels), len(columns)))
    for row, label in enumerate(labels):
        if label not in columns:
            raise LabelError(f"concordance line {row + 2}: {label!r} is none of {columns}")
        matrix[row, columns.index(label)] = 1.0
    return matrix


def _read_split(parent: str, children: list[str], users: list[str]) -> Float:
    """Shares (children, users) of a parent's row; unnamed users take the line ``*``."""
    frame = pd.read_csv(DATA / f"split_{parent}.csv")
    weights = frame[children].to_numpy(dtype=np.float64)
    shares = weights / weights.sum(axis=1, keepdims=True)
    line = {user: k for k, cell in enumerate(frame["users"]) for user in str(cell).split()}
    unknown = set(line) - set(users) - {"*"}
    if unknown:
        raise LabelError(f"split_{parent}.csv names unknown users: {', '.join(sorted(unknown))}")
    by_user: Float = shares[[line.get(user, line["*"]) for user in users]].T
    return by_user
