"""Embedded survey of input criticality and months of cover [PichlerEtAl2022]_."""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import TYPE_CHECKING

from iomodel.table.storage.embedded import embedded

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "SURVEY",
    "classification_of",
    "family_of",
    "months_of_cover",
    "rated_pairs",
    "rated_sectors",
]

# Key of its citation.
SURVEY = "PichlerEtAl2022"


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


def _rows(name: str) -> list[dict[str, str]]:
    with embedded(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


@lru_cache(maxsize=1)
def _cover() -> dict[str, dict[str, str]]:
    cover: dict[str, dict[str, str]] = {}
    for row in _rows("inventory-cover.csv"):
        cover.setdefault(row["classification"], {})[row["sector"]] = row["months"]
    return cover
