"""The rare-earth chain within a world table: its sectors, sales, use and factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasets.builders.ree_facts import PARTS, Facts
from iomodel.table.storage.compact import Factors
from iomodel.typing import Float

PARENTS = ("B07", "C20", "C24A", "C27")
RESTS = tuple(f"{parent}_OTH" for parent in PARENTS)
FAMILY = {**dict(zip(PARTS, PARENTS, strict=True)), **dict(zip(RESTS, PARENTS, strict=True))}
# Largest share of a parent's cell that a part may take: the rest keeps users and suppliers.
LARGEST_SHARE = 0.9


@dataclass(frozen=True)
class Chain:
    """The rare-earth chain within a world table.

    Attributes
    ----------
    regions, sectors, users : list of str
        Labels of the split table; users are its sectors and final uses.
    facts : Facts
    stated, placed : ndarray, shape (P, R, R)
        Sales of each part by the facts, and the sales that the parent's cells admit.
    sales : ndarray, shape (P, R, R, T + U)
        Sales by user.
    use : ndarray, shape (R, S, T + U)
        Use of unsplit products after the split of columns.
    primary : ndarray, shape (p, R, T)
    factors : Factors
        Of the parent table.
    """

    regions: list[str]
    sectors: list[str]
    users: list[str]
    facts: Facts
    stated: Float
    placed: Float
    sales: Float
    use: Float
    primary: Float
    factors: Factors

    @property
    def output(self) -> Float:
        """Output (P, R) as placed."""
        total: Float = self.placed.sum(axis=2)
        return total


def split_labels(products: Sequence[str]) -> list[str]:
    """Sectors after the split, with part and rest in the place of the parent."""
    pairs = {k: (p, r) for k, p, r in zip(PARENTS, PARTS, RESTS, strict=True)}
    return [label for s in products for label in pairs.get(s, (s,))]
