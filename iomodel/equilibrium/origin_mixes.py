r"""Import mixes: users of a region that buy a good of the same foreign origins, pooled.

Where a table's imports were allotted to end uses, the shares of origins of its users are few
columns: with :math:`h_{sun}` the domestic share of user u and :math:`\mu` the mix of its end use,

.. math:: \lambda_{isun} = h_{sun}\,[i = n] + (1 - h_{sun})\,\mu_{is k(u) n} .

Sums over origins are then formed for the mixes, and users differ by two weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.typing import Float

__all__ = ["OriginMixes", "origin_mixes"]


# Largest difference between shares, of users or from their mix, that is rounding of the table.
SAME_SHARE = 1e-12
# Mixes of a good beyond which shares by user are no more work.
MOST_MIXES = 4


@dataclass(frozen=True)
class OriginMixes:
    """Shares of origins as weighted sums of few columns: the home region, and import mixes.

    Attributes
    ----------
    share : ndarray, shape (S, I, K, N)
        Columns that sum to one, or are zero where nobody has the mix.
    weight : ndarray, shape (S, K, U, N)
        Weights of columns in the shares of each user.
    """

    share: Float
    weight: Float


def origin_mixes(share: Float) -> OriginMixes | None:
    """Write shares of origins by user as sums of import mixes, if these are few.

    Parameters
    ----------
    share : ndarray, shape (S, I, U, N)

    Returns
    -------
    OriginMixes or None
        None if users of some good and region have more than four mixes.
    """
    S, N = share.shape[:2]
    home = np.arange(N)
    domestic = share[:, home, :, home].transpose(1, 2, 0)
    imported = share.sum(axis=1) - domestic
    # Who imports next to nothing buys at home alone, to rounding.
    is_open = imported > SAME_SHARE
    columns, weights = [np.broadcast_to(np.eye(N), (S, N, N))], [domestic]
    while is_open.any():
        if len(columns) > MOST_MIXES:
            return None
        largest = np.where(is_open, imported, 0.0).argmax(axis=1)
        user = largest[:, None, None, :]
        mix = np.take_along_axis(share, user, axis=2)[:, :, 0]
        mix[:, home, home] = 0.0
        total = mix.sum(axis=1, keepdims=True)
        has_mix = is_open.any(axis=1)[:, None, :]
        mix = np.divide(mix, total, out=np.zeros_like(mix), where=has_mix & (total > 0.0))
        alike = is_open & (_largest_gaps(share, domestic, imported, mix) <= SAME_SHARE)
        columns.append(mix)
        weights.append(np.where(alike, imported, 0.0))
        is_open &= ~alike
    return OriginMixes(np.stack(columns, axis=2), np.stack(weights, axis=1))


# ---------------------------------------------------------------------- helpers
def _largest_gaps(share: Float, domestic: Float, imported: Float, mix: Float) -> Float:
    """Largest difference between imports of users and those of a mix, (S, U, N)."""
    gaps = np.empty_like(imported)
    home = np.arange(share.shape[3])
    for user in range(share.shape[2]):
        gap = share[:, :, user] - mix * imported[:, None, user]
        gap[:, home, home] -= domestic[:, user]
        gaps[:, user] = np.abs(gap, out=gap).max(axis=1)
    return gaps
