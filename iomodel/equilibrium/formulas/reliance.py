r"""Reliance of final demand on each good, direct and through inputs.

.. math:: b_k = \sum_s \beta_s \tilde a_{sk}, \qquad \tilde a = (I - a)^{-1},

with :math:`a_{sk}` the share of input k in the costs of sector s.
"""

from __future__ import annotations

import numpy as np

from iomodel.errors import TableError
from iomodel.typing import Bool, Float

__all__ = ["check_sectors", "reliance"]


def reliance(final_share: Float, input_cost_share: Float | None) -> Float:
    r"""Compute :math:`\sum_s\beta_s\tilde a_{sk}`, (S, N).

    Eq. (32).

    Parameters
    ----------
    final_share : ndarray, shape (S, N)
        :math:`\beta_{sn}`.
    input_cost_share : ndarray, shape (N, K, S), or None
        :math:`a_{sk}`; None for no inputs.

    Returns
    -------
    ndarray, shape (S, N)
    """
    if input_cost_share is None:
        return final_share
    identity = np.eye(final_share.shape[0])
    # b = beta' (I - a)^-1 with a_sk = cost share of k in s: b' (I - a) = beta'.
    solved = np.linalg.solve(identity - input_cost_share, final_share.T[:, :, None])
    return np.asarray(solved[:, :, 0].T, dtype=np.float64)


def check_sectors(violation: Bool, lack: str) -> None:
    """Refuse sectors (S, N) on which a formula has no answer.

    Raises
    ------
    TableError
        Naming the lack, and the sector and region of its first cell.
    """
    if violation.any():
        sector, region = (int(k) for k in np.argwhere(violation)[0])
        raise TableError(f"sector {sector} of region {region} has no {lack}; aggregate the sectors")
