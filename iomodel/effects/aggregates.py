r"""Aggregation of levels and percent changes over regions and sectors.

Levels add up. A percent change :math:`c` of an aggregate :math:`G` is the mean of the changes of
its members, weighted by base levels :math:`w` (GDP for regions, output for industries):

.. math:: c_G = \frac{\sum_{g \in G} w_g c_g}{\sum_{g \in G} w_g}.

With the level itself as the weight it equals the change of the sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from iomodel.typing import Float

__all__ = ["Aggregate", "percent_change", "weighted_mean"]


@dataclass(frozen=True)
class Aggregate:
    """Sum of a variable and, for a percentage, the sum of its weights.

    Attributes
    ----------
    total : ndarray
        Levels, or percent changes times their weights. Regions stand on the first axis.
    weight : ndarray, optional
        Base levels, of the same shape; none for levels.
    """

    total: Float
    weight: Float | None = None

    @classmethod
    def of_levels(cls, base: Float, new: Float) -> Aggregate:
        """Return the change from `base` to `new`, weighted by the base itself."""
        return cls(100.0 * (new - base), base)

    @classmethod
    def of_changes(cls, changes: Float, weights: Float) -> Aggregate:
        """Return percent changes weighted by base levels.

        An undefined change counts only where it has weight: then the mean is undefined too.
        """
        product = np.zeros_like(changes)
        return cls(np.multiply(changes, weights, out=product, where=weights != 0), weights)

    def over_sectors(self) -> Aggregate:
        """Return the sums over all axes but the first, regions."""
        return self.over(tuple(range(1, self.total.ndim)))

    def over(self, axis: int | tuple[int, ...]) -> Aggregate:
        """Return the sums over one or more axes."""
        weight = None if self.weight is None else self.weight.sum(axis=axis)
        return Aggregate(np.asarray(self.total.sum(axis=axis)), weight)

    def over_regions(self, members: Float) -> Aggregate:
        """Return the sums over the members of groups.

        Parameters
        ----------
        members : ndarray, shape (groups, regions) or (regions,)
            One for members, zero for all others.
        """
        weight = None if self.weight is None else members @ self.weight
        return Aggregate(members @ self.total, weight)

    @property
    def value(self) -> Float:
        """Level, or percent change: NaN where the weights add up to zero."""
        if self.weight is None:
            return np.array(self.total)
        return _ratio(self.total, self.weight)


def weighted_mean(changes: ArrayLike, weights: ArrayLike, axis: int = -1) -> Float:
    """Return the mean of percent changes, weighted by base levels such as base GDP.

    Parameters
    ----------
    changes : array_like
        Percent, regions along `axis`.
    weights : array_like
        Base levels; broadcast against `changes`.
    axis : int

    Returns
    -------
    ndarray
        Without `axis`; NaN where the weights add up to zero, or a member with weight is undefined.

    Examples
    --------
    >>> float(weighted_mean([-2.0, 1.0], [100.0, 300.0]))
    0.25
    """
    cells = np.array(changes, dtype=np.float64)
    base = np.broadcast_to(np.asarray(weights, dtype=np.float64), cells.shape)
    return Aggregate.of_changes(cells, base).over(axis).value


def percent_change(base: ArrayLike, new: ArrayLike) -> Float:
    """Return the change in percent of the base, ``100 (new / base - 1)``; NaN for a base of zero.

    Parameters
    ----------
    base, new : array_like
        Levels of the same shape.

    Returns
    -------
    ndarray
    """
    before, after = np.asarray(base, dtype=np.float64), np.asarray(new, dtype=np.float64)
    return _ratio(100.0 * (after - before), before)


def _ratio(numerator: Float, denominator: Float) -> Float:
    """Return the quotient, NaN where the denominator is zero."""
    shape = np.broadcast_shapes(np.shape(numerator), np.shape(denominator))
    undefined: Float = np.full(shape, np.nan)
    return np.divide(numerator, denominator, out=undefined, where=denominator != 0)
