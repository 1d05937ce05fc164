"""Embedded survey of input criticality and months of cover; ratings from a user's file."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from iomodel.errors import LabelError
from iomodel.table.catalogue import embedded

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "SURVEY",
    "classification_of",
    "family_of",
    "is_rated",
    "months_of_cover",
    "rated_pairs",
    "rated_sectors",
    "read_ratings",
]

# Key of its citation.
SURVEY = "PichlerEtAl2022"


def is_rated(table: MRIOTable) -> bool:
    """Return whether the survey covers most sectors of a table."""
    return classification_of(table) is not None


def classification_of(table: MRIOTable) -> str | None:
    """Return the surveyed classification with most of the table's codes; None below half."""
    classification, rated = str(table.attrs["classification"]), rated_sectors()
    if classification in rated:
        return classification
    # A table with a sector carved out keeps most codes of its parent.
    common = {name: len(set(table.sectors) & set(codes)) for name, codes in rated.items()}
    nearest = max(common, key=lambda name: common[name])
    return nearest if 2 * common[nearest] > len(table.sectors) else None


def family_of(table: MRIOTable) -> dict[str, str]:
    """Return the parent of each sector that the table was split to hold."""
    return {str(k): str(v) for k, v in dict(table.attrs.get("parent_sector", {})).items()}


def rated_sectors() -> dict[str, list[str]]:
    """Return the sectors in the survey, by classification."""
    return {c: list(cover) for c, cover in _cover().items()}


@lru_cache(maxsize=1)
def rated_pairs() -> dict[str, dict[tuple[str, str], tuple[float, float]]]:
    """Return classification -> (input, user) -> critical and important share."""
    ratings: dict[str, dict[tuple[str, str], tuple[float, float]]] = {}
    for row in _rows("criticality.csv"):
        shares = float(row["critical"]), float(row["important"])
        ratings.setdefault(row["classification"], {})[row["input"], row["user"]] = shares
    return ratings


def months_of_cover() -> dict[str, dict[str, float]]:
    """Return classification -> sector -> months of cover, for sectors with data."""
    return {c: {s: float(m) for s, m in cover.items() if m} for c, cover in _cover().items()}


def read_ratings(path: str | Path) -> dict[tuple[str, str], float]:
    """Read criticalities from a CSV file with the columns input, user and criticality.

    Parameters
    ----------
    path : str or pathlib.Path
        Labels or groups, one pair per line; later lines replace earlier ones, and lines that begin
        with ``#`` are skipped.

    Returns
    -------
    dict of (input, user) to float

    Raises
    ------
    LabelError
        If the file or a column is missing, or a value is no number.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise LabelError(f"criticality cannot be read from {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LabelError(
            f"criticality cannot be read from {path}: it is no text in UTF-8; save it as UTF-8"
        ) from error
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    ratings: dict[tuple[str, str], float] = {}
    for row in csv.DictReader(lines):
        try:
            ratings[row["input"].strip(), row["user"].strip()] = float(row["criticality"])
        except (AttributeError, KeyError, TypeError, ValueError):
            raise LabelError(
                f"{path} has a line {dict(row)}; give the columns input, user and criticality, "
                "with a number in [0, 1]"
            ) from None
    return ratings


def _rows(name: str) -> list[dict[str, str]]:
    with embedded(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


@lru_cache(maxsize=1)
def _cover() -> dict[str, dict[str, str]]:
    cover: dict[str, dict[str, str]] = {}
    for row in _rows("inventory-cover.csv"):
        cover.setdefault(row["classification"], {})[row["sector"]] = row["months"]
    return cover
