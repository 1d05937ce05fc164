"""Largest entries of an array, for the diagnostics of a run."""

from __future__ import annotations

import numpy as np

from iomodel.typing import Float

__all__ = ["largest"]

REPORTED_ENTRIES = 5


def largest(values: Float) -> list[tuple[int, ...]]:
    """Return the positions of the largest positive values, in descending order; five at most."""
    order = np.argsort(-values, axis=None, kind="stable")[:REPORTED_ENTRIES]
    positions = zip(*np.unravel_index(order, values.shape), strict=True)
    return [tuple(map(int, place)) for place in positions if values[place] > 0]
