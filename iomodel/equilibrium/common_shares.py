"""Import shares common to all users of a region: the test for them, and the pooled economy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iomodel.equilibrium.economy import Economy, by_user
from iomodel.equilibrium.origin_mixes import SAME_SHARE
from iomodel.typing import Float

__all__ = ["has_common_shares", "with_common_shares"]


def with_common_shares(economy: Economy) -> Economy:
    r"""Economy in which all users of a region buy a good from its mean origins.

    .. math:: \bar\lambda_{isn} = \sum_u \lambda_{isun} X_{sun} / \sum_u X_{sun}

    Bilateral flows, outputs, inputs and incomes are those of `economy`: it is an equilibrium if
    that is one.

    Parameters
    ----------
    economy : Economy
        With S + 1 users, or one user, which is returned as it is.

    Returns
    -------
    Economy
        With one user.
    """
    if economy.users == 1:
        return economy
    spending = by_user(economy.spending, economy.shape[1]).sum(axis=1)
    return replace(economy, spending=spending, share=_mean_share(economy, spending))


def has_common_shares(economy: Economy) -> bool:
    """Whether all users of a region buy each good from the same origins, to rounding.

    Parameters
    ----------
    economy : Economy

    Returns
    -------
    bool
        Always true of one user.
    """
    if economy.users == 1:
        return True
    N = economy.shape[1]
    spending = by_user(economy.spending, N)
    mean, share = _mean_share(economy, spending.sum(axis=1)), by_user(economy.share, N)
    # User by user: most tables are told apart by the first, and no second array of the size of the
    # shares is formed.
    for user in range(economy.users):
        gap = np.abs(share[:, :, user] - mean).max(axis=1)
        if gap[spending[:, user] != 0.0].max(initial=0.0) > SAME_SHARE:
            return False
    return True


# ---------------------------------------------------------------------- helpers
def _mean_share(economy: Economy, spending: Float) -> Float:
    """Mean shares of origins (S, I, N), weighted by spending of users, (S, N) in all."""
    spent = economy.flow * (1.0 + economy.tariff)
    total = np.broadcast_to(spending[:, None, :], spent.shape)
    return np.divide(spent, total, out=np.zeros_like(spent), where=total != 0.0)
