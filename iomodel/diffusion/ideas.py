r"""Arrival of ideas: knowledge diffuses from the suppliers of an industry.

Producers learn from their suppliers, at home and abroad, in proportion to what they buy of them
[BueraOberfield2020]_ [GoesBekkers2022]_ (eq. 24 of the latter):

.. math::
    \lambda_{in,t+1} - \lambda_{in,t} = \alpha_t \sum_j \Gamma(1-\beta_{ij})\,\eta_{nji}
        \sum_s \pi_{jsn,t}^{1-\beta_{ij}}\, \lambda_{js,t}^{\beta_{ij}}

with :math:`\eta_{nji}` the share of input j in the costs of industry i of region n,
:math:`\pi_{jsn}` the share of seller s in n's spending on j, and :math:`\lambda` the scale of the
Frechet distribution of productivity. With :math:`\beta = 0` trade has no part in it.

A seller's share has the power :math:`1-\beta` because insights come from the goods bought: a small
seller sells his best goods only, better than his mean by :math:`(\lambda/\pi)^\beta`. So small
sellers teach much, and many small ones more than a large one. If insights come from the seller's
producers at large instead, met in proportion to purchases, the term is
:math:`\pi\,\lambda^\beta`: the loss of a seller costs only his lead over those who take his place.
The second is ours, to measure how much depends on the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gamma

from iomodel.equilibrium.economy import by_user
from iomodel.errors import IOModelError, unknown_label
from iomodel.typing import Float

__all__ = ["INSIGHTS", "PAIRINGS", "Ideas", "arrivals", "exponents"]


PAIRINGS = ("plain", "scaled", "scaled-capped")
INSIGHTS = ("goods", "producers")
# Gamma(1 - beta) is finite below one only, and already 19.5 here.
CAP = 0.95


@dataclass(frozen=True)
class Ideas:
    r"""Law of motion of knowledge, for M members.

    Attributes
    ----------
    beta : ndarray, shape (M,) or (M, S, S)
        Exponents :math:`\beta` common to all pairs, or :math:`\beta_{ij}` by learning industry i
        and input j; at least 0 and below 1.
    alpha : ndarray, shape (M,)
        Arrival rate :math:`\alpha_0` a year in the base year; zero for no ideas.
    growth : float
        Growth of the arrival rate a year: :math:`\alpha_t = \alpha_0 (1 + g)^t`.
    insight : {"goods", "producers"}
        Source of insights: the goods bought, or their producers at large.
    """

    beta: Float
    alpha: Float
    growth: float
    insight: str = "goods"

    def __post_init__(self) -> None:
        """Check exponents: at one or above the mean of a Frechet variable does not exist."""
        if self.insight not in INSIGHTS:
            raise unknown_label("insight", self.insight, INSIGHTS)
        if self.beta.ndim not in (1, 3) or len(self.beta) != len(self.alpha):
            raise IOModelError(
                f"beta has shape {self.beta.shape} and alpha {self.alpha.shape}; give (M,) or "
                "(M, S, S), and (M,)"
            )
        if not (np.isfinite(self.beta).all() and (self.beta >= 0.0).all() and self.beta.max() < 1):
            raise IOModelError(
                f"beta runs from {self.beta.min():g} to {self.beta.max():g}; it must be at least 0 "
                "and below 1"
            )
        if not (np.isfinite(self.alpha).all() and self.alpha.min() >= 0.0):
            raise IOModelError(
                f"alpha has a value of {self.alpha.min():g}; it must not be negative"
            )

    def rate(self, years: float) -> Float:
        """Arrival rates a year, some years after the base year, (M,). Eq. (6)."""
        return np.asarray(self.alpha * (1.0 + self.growth) ** years, dtype=np.float64)


def exponents(
    beta: Float, theta: Float, pairing: str, sectors: Sequence[str], cap: float = CAP
) -> Float:
    r"""Exponents of every pair of industries.

    Eq. (5).

    Parameters
    ----------
    beta : ndarray, shape (M,)
    theta : ndarray, shape (S,)
        Trade elasticities.
    pairing : {"plain", "scaled", "scaled-capped"}
        One exponent for all pairs; :math:`\beta_{ij} = \beta\theta_i/\theta_j`, refused if it
        reaches one; or the same, at most `cap`.
    sectors : sequence of str
        Labels for the refusal.
    cap : float
        Largest exponent of ``scaled-capped``.

    Returns
    -------
    ndarray, shape (M,) or (M, S, S)
        As in :class:`Ideas`.

    Raises
    ------
    LabelError
        If the pairing is unknown.
    IOModelError
        If a scaled exponent reaches one; the message names the pairs.
    """
    if pairing not in PAIRINGS:
        raise unknown_label("pairing of betas", pairing, PAIRINGS)
    if pairing == "plain":
        return beta
    pairs = np.asarray(beta[:, None, None] * theta[:, None] / theta[None, :], dtype=np.float64)
    if pairing == "scaled-capped":
        return np.minimum(pairs, np.maximum(cap, beta)[:, None, None])
    over = np.argwhere((pairs >= 1.0).any(axis=0))
    if len(over):
        worst = pairs.max(axis=0)
        named = [f"{sectors[i]} <- {sectors[j]} ({worst[i, j]:.2f})" for i, j in over.tolist()]
        more = f" and {len(named) - 8} more" if len(named) > 8 else ""
        raise IOModelError(
            f"beta theta_i / theta_j is one or more, where Gamma(1 - beta) is no mean, for the "
            f"pairs {', '.join(named[:8])}{more}; use pairing='plain' (eq. 24 of Goes and "
            "Bekkers 2022), 'scaled-capped', or a smaller beta"
        )
    return pairs


def arrivals(
    share: Float, knowledge: Float, input_cost: Float, beta: Float, insight: str = "goods"
) -> Float:
    r"""Knowledge gained at an arrival rate of one, (M, S, N).

    Eq. (2).

    Parameters
    ----------
    share : ndarray, shape (M, S, I, D)
        Shares of origins :math:`\pi_{jsn}` in spending, common to all users of a region, or of
        each user: an industry then learns through its own (Eq. (18)).
    knowledge : ndarray, shape (M, S, N)
        Stocks :math:`\lambda`; positive.
    input_cost : ndarray, shape (N, K, S)
        Shares :math:`\eta_{nki}` of inputs in costs.
    beta : ndarray, shape (M,) or (M, S, S)
        Exponents.
    insight : {"goods", "producers"}
        As in :class:`Ideas`.

    Returns
    -------
    ndarray, shape (M, S, N)
    """
    S, N = knowledge.shape[1:]
    by_buyer = by_user(share, N)
    buyers = by_buyer.shape[3]
    if beta.ndim == 1 and buyers == 1:
        insights = _insights(share, knowledge, beta[:, None, None], insight)
        return np.asarray(_by_industry(input_cost, insights), dtype=np.float64)
    arrived = []
    for i in range(S):
        power = beta[:, None, None] if beta.ndim == 1 else beta[:, i, :, None]
        # One industry at a time, so that no second array of the size of the shares is formed.
        origins = by_buyer[:, :, :, i] if buyers > 1 else share
        insights = _insights(origins, knowledge, power, insight)
        arrived.append(np.einsum("nk,mkn->mn", input_cost[:, :, i], insights))
    return np.stack(arrived, axis=1)


# ---------------------------------------------------------------------- helpers
def _insights(share: Float, knowledge: Float, power: Float, insight: str) -> Float:
    r"""Compute :math:`\Gamma(1-\beta) \sum_s \pi_{jsn}^{1-\beta}\lambda_{js}^\beta`, (M, S, N).

    Eq. (3), Eq. (4).
    """
    weight = share ** (1.0 - power)[..., None] if insight == "goods" else share
    insights: Float = ((knowledge**power)[:, :, None, :] @ weight)[:, :, 0]
    return insights * gamma(1.0 - power)


def _by_industry(input_cost: Float, insights: Float) -> Float:
    """Add up insights from inputs, weighted by the cost shares of each industry, (M, S, N)."""
    return (input_cost.transpose(0, 2, 1) @ insights.transpose(2, 1, 0)).transpose(2, 1, 0)
