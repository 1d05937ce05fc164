r"""Sector classifications and the correspondences between them, through ISIC rev. 4.

The embedded file ``isic.csv`` has, for every sector of every classification, the divisions of ISIC
rev. 4 that it is mainly made of. A sector of one classification corresponds to all sectors of
another with which it shares a division. What is known by sector of the second goes to the first as
the plain mean over these, which is

exact
    where the two hold the same divisions,
mean of n
    where the sector holds parts of n,
parent
    where it is a part of one,
mainly
    where it is one but for smaller parts that go elsewhere.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from iomodel.errors import unknown_label
from iomodel.table.storage.embedded import embedded
from iomodel.typing import Float

__all__ = [
    "Correspondence",
    "classification_with",
    "classifications",
    "correspondences",
    "divisions_of",
    "mapping_text",
    "weights",
    "whole_parts",
]


@dataclass(frozen=True)
class Correspondence:
    """Sectors of a source classification behind one sector.

    Attributes
    ----------
    sources : tuple of str
        Sectors of the source, each with the same weight.
    kind : str
        ``exact``, ``mean of n``, ``parent`` or ``mainly``.
    """

    sources: tuple[str, ...]
    kind: str


def classifications() -> tuple[str, ...]:
    """Names of the classifications with a concordance to ISIC rev. 4."""
    return tuple(_divisions())


def divisions_of(classification: str) -> Mapping[str, frozenset[str]]:
    """ISIC rev. 4 divisions that each sector of a classification is mainly made of.

    Parameters
    ----------
    classification : str
        One of :func:`classifications`.

    Returns
    -------
    mapping of str to frozenset of str
        Sector to divisions; parts of divisions 24 and 30 by group or class.

    Raises
    ------
    LabelError
        If there is no such classification.
    """
    if classification not in _divisions():
        raise unknown_label("classification", classification, _divisions())
    return _divisions()[classification]


def classification_with(sectors: Iterable[str], declared: str = "") -> str | None:
    """First classification that holds all of some sectors, the declared one before others.

    Parameters
    ----------
    sectors : iterable of str
        Codes.
    declared : str
        Classification that a table states; splits behind a slash do not count.

    Returns
    -------
    str or None
        None where no classification has all of them.
    """
    codes, unsplit = set(sectors), declared.split("/")[0]
    candidates = (unsplit,) if unsplit in _divisions() else classifications()
    return next((name for name in candidates if codes <= set(_divisions()[name])), None)


@cache
def correspondences(classification: str, source: str) -> Mapping[str, Correspondence]:
    """Sectors of a source classification behind every sector of another.

    Parameters
    ----------
    classification, source : str
        Two of :func:`classifications`.

    Returns
    -------
    mapping of str to Correspondence
        By sector of `classification`, for sectors that share a division with one of `source`.

    Raises
    ------
    LabelError
        If there is no such classification.

    Examples
    --------
    >>> correspondences("wiod-2013", "icio-28")["c9"]
    Correspondence(sources=('C20', 'C21'), kind='mean of 2')
    """
    behind: dict[str, Correspondence] = {}
    sources, targets = divisions_of(source), divisions_of(classification)
    same_divisions = Counter(targets.values())
    for sector, divisions in targets.items():
        shared = tuple(code for code, members in sources.items() if members & divisions)
        if len(shared) > 1:
            behind[sector] = Correspondence(shared, f"mean of {len(shared)}")
        elif shared:
            is_part = sources[shared[0]] != divisions or same_divisions[divisions] > 1
            is_whole = not _file()[classification, sector].also
            kind = "parent" if is_part else "exact" if is_whole else "mainly"
            behind[sector] = Correspondence(shared, kind)
    return behind


def weights(
    sectors: Sequence[str], behind: Mapping[str, Correspondence], sources: Sequence[str]
) -> Float:
    """Weight of every source sector in every sector, (sectors, sources).

    Rows sum to one, those of sectors without a correspondence to zero.
    """
    position = {code: k for k, code in enumerate(sources)}
    matrix = np.zeros((len(sectors), len(sources)))
    for row, sector in enumerate(sectors):
        codes = behind[sector].sources if sector in behind else ()
        matrix[row, [position[code] for code in codes]] = 1.0 / max(len(codes), 1)
    return matrix


def mapping_text(sectors: Iterable[str], behind: Mapping[str, Correspondence]) -> str:
    """Text for a record: sectors by kind of correspondence, with their sources where not exact."""
    exact: list[str] = []
    inexact: dict[str, list[str]] = {}
    for sector in sectors:
        if sector not in behind:
            continue
        match = behind[sector]
        if match.kind == "exact":
            exact.append(sector)
        else:
            inexact.setdefault(f"{match.kind} {', '.join(match.sources)}", []).append(sector)
    texts = [f"{len(exact)} sectors exact"] if exact else []
    return "; ".join([*texts, *(f"{kind}: {', '.join(codes)}" for kind, codes in inexact.items())])


# ---------------------------------------------------------------------- the file
class Entry(NamedTuple):
    """ISIC codes of a sector: what it is mainly made of, and its smaller parts."""

    isic: tuple[str, ...]
    also: tuple[str, ...]


@cache
def _file() -> Mapping[tuple[str, str], Entry]:
    """Content of the file, by classification and sector; part of the package, never changes."""
    with embedded("isic.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return {
        (row["classification"], row["sector"]): Entry(_codes(row["isic"]), _codes(row["also"]))
        for row in rows
    }


@cache
def _divisions() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Divisions, or their parts, by classification and sector."""
    leaves = {code for entry in _file().values() for code in entry.isic if len(code) > 2}
    content: dict[str, dict[str, frozenset[str]]] = {}
    for (classification, sector), entry in _file().items():
        content.setdefault(classification, {})[sector] = whole_parts(entry.isic, leaves)
    return content


def whole_parts(codes: Iterable[str], parts: Iterable[str]) -> frozenset[str]:
    """ISIC codes with divisions replaced by their parts, where a classification parts them."""
    groups = tuple(parts)
    leaves = (tuple(p for p in groups if p.startswith(code)) or (code,) for code in codes)
    return frozenset(leaf for code in leaves for leaf in code)


def _codes(text: str) -> tuple[str, ...]:
    """Codes in a text such as ``10-12 14``."""
    codes: list[str] = []
    for word in text.split():
        low, _, high = word.partition("-")
        codes += [f"{k:0{len(low)}d}" for k in range(int(low), int(high or low) + 1)]
    return tuple(codes)
