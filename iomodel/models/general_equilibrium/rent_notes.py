"""Sentences on the holders of the licences of restricted flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays

__all__ = ["rent_notes"]

# By the shares of sellers and of buyers.
_NOTES: Mapping[tuple[float, float], str] = {
    (1.0, 0.0): "The seller's region earns the scarcity rent, as where licences are dear: the "
    "buyer's loss is one of real income and not of real GDP.",
    (0.0, 1.0): "What is left is sold at the old price and its scarcity earns rents in the buying "
    "region, as under licences that go with regulated prices.",
    (0.5, 0.5): "Sellers and buyers of restricted flows earn half of the scarcity rent each, as "
    "where a licence names both.",
    (0.0, 0.0): "The scarcity rent of restricted flows is burnt: licences and proofs of content "
    "use up the good itself, as an iceberg cost does, and nobody earns it.",
}
_SEVERAL = "Rents of restricted flows under several rules are split as the rules' own."


def rent_notes(policy: PolicyArrays) -> list[str]:
    """Sentences on who earns the rents of the flows that a policy withholds in part."""
    withheld = (policy.delivered > 0.0) & (policy.delivered < 1.0)
    shares = np.column_stack([policy.seller_share[withheld], policy.buyer_share[withheld]])
    holders = [(float(sellers), float(buyers)) for sellers, buyers in np.unique(shares, axis=0)]
    notes = [note for pair, note in _NOTES.items() if pair in holders]
    return [*notes, *([_SEVERAL] if len(notes) < len(holders) else [])]
