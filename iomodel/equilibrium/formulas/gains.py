r"""Gains from trade by formula, from domestic shares and elasticities alone.

The family of [ArkolakisCostinotRodriguezClare2012]_. With :math:`\lambda_s` the domestic share in a
region's spending on sector s, all functions but the last two compute the loss of going to autarky
:math:`G = 1 - \hat U`, a fraction, as in Table 4.1 of [CostinotRodriguezClare2014]_, whose equation
29 is the general case:

.. math::
    G = 1 - \prod_{s,k}\Big(\lambda_k\Big(\frac{e_k}{r_k}\Big)^{\delta_k}\Big)
        ^{\beta_s\tilde a_{sk}/\varepsilon_k}, \qquad \tilde a = (I - a)^{-1},

with :math:`a_{sk}` the share of input k in the costs of sector s, :math:`e_k` and :math:`r_k` the
shares of sector k in the region's spending and sales, and :math:`\delta_k` the strength of scale
effects (0 perfect, 1 monopolistic competition with free entry).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from iomodel.equilibrium.economy import Economy, by_user
from iomodel.equilibrium.formulas.reliance import check_sectors, reliance
from iomodel.errors import TableError
from iomodel.typing import Float

__all__ = [
    "gains_from_trade",
    "gains_multi_sector",
    "gains_one_sector",
    "gains_roundabout",
    "gains_with_tariffs",
    "own_shares",
    "real_income_ex_post",
]


def own_shares(economy: Economy) -> Float:
    """Domestic share in each region's spending on each good, (S, N)."""
    N = economy.shape[1]
    spent = by_user(economy.share * economy.spending[:, None, :], N).sum(axis=2)
    total = spent.sum(axis=1)
    domestic = np.diagonal(spent, axis1=1, axis2=2)
    share: Float = np.divide(domestic, total, out=np.zeros_like(total), where=total > 0.0)
    return share


def gains_one_sector(own_share: ArrayLike, theta: ArrayLike) -> Float:
    r"""Compute :math:`1 - \lambda^{1/\varepsilon}`: one sector, no materials. Eq. (33)."""
    return gains_roundabout(own_share, theta, 0.0)


def gains_roundabout(own_share: ArrayLike, theta: ArrayLike, material_share: ArrayLike) -> Float:
    r"""Compute :math:`1 - \lambda^{1/(\varepsilon(1-\alpha))}`: one sector, its own only input.

    Eq. (34).

    Parameters
    ----------
    own_share : array-like
        :math:`\lambda`.
    theta : array-like
        Trade elasticity :math:`\varepsilon`.
    material_share : array-like
        :math:`\alpha`, share of materials in costs.
    """
    share = np.asarray(own_share, dtype=np.float64)
    power = 1.0 / (np.asarray(theta, dtype=np.float64) * (1.0 - np.asarray(material_share)))
    return np.asarray(1.0 - share**power, dtype=np.float64)


def gains_multi_sector(
    own_share: Float,
    final_share: Float,
    theta: ArrayLike,
    *,
    scale: ArrayLike = 0.0,
    spending_share: Float | None = None,
    sales_share: Float | None = None,
) -> Float:
    r"""Compute :math:`1 - \prod_s(\lambda_s(e_s/r_s)^{\delta_s})^{\beta_s/\varepsilon_s}`.

    Eq. (35).

    Several sectors and no materials; parameters as in :func:`gains_from_trade`.
    """
    return gains_from_trade(
        own_share,
        final_share,
        theta,
        scale=scale,
        spending_share=spending_share,
        sales_share=sales_share,
    )


def gains_from_trade(
    own_share: Float,
    final_share: Float,
    theta: ArrayLike,
    *,
    input_cost_share: Float | None = None,
    scale: ArrayLike = 0.0,
    spending_share: Float | None = None,
    sales_share: Float | None = None,
) -> Float:
    r"""Loss of going to autarky, a fraction, by region.

    Eq. (36).

    Parameters
    ----------
    own_share : ndarray, shape (S, N)
        :math:`\lambda_{sn}`. Must be positive if the good is used, directly or not.
    final_share : ndarray, shape (S, N)
        :math:`\beta_{sn}`.
    theta : array-like, shape (S,)
        :math:`\varepsilon_s`.
    input_cost_share : ndarray, shape (N, K, S), optional
        Share of input k in the costs of sector s; without it no materials are used.
    scale : array-like, scalar or shape (S,)
        :math:`\delta_s`: 0 perfect competition, 1 monopolistic competition with free entry.
    spending_share, sales_share : ndarray, shape (S, N)
        :math:`e` and :math:`r`; needed if a scale effect is not zero.

    Returns
    -------
    ndarray, shape (N,)

    Raises
    ------
    TableError
        If a good that is used has no domestic supply (autarky would leave nothing), or shares that
        scale effects need are missing.

    Notes
    -----
    With scale effects and inputs together, entry makes inputs count for more than their share in
    costs; that is :func:`iomodel.equilibrium.gains_with_scale`.
    """
    elasticity = np.asarray(theta, dtype=np.float64)
    strength = np.broadcast_to(np.asarray(scale, dtype=np.float64), elasticity.shape)
    exponent = reliance(final_share, input_cost_share) / elasticity[:, None]
    used = exponent != 0.0
    check_sectors(used & ~(own_share > 0.0), "domestic supply: autarky leaves none of it")
    logs = np.log(np.where(used, own_share, 1.0))
    if strength.any():
        if spending_share is None or sales_share is None:
            raise TableError("scale effects need spending_share and sales_share by sector")
        active = used & (strength[:, None] != 0.0)
        ratio = np.where(active, spending_share, 1.0) / np.where(active, sales_share, 1.0)
        logs = logs + strength[:, None] * np.log(ratio)
    return np.asarray(-np.expm1((exponent * logs).sum(axis=0)), dtype=np.float64)


def gains_with_tariffs(
    own_share_hat: ArrayLike,
    theta: ArrayLike,
    revenue_share: ArrayLike,
    revenue_share_new: ArrayLike,
) -> Float:
    r"""Real income hats with tariffs, one sector.

    Eq. (38).

    .. math:: \hat U = \frac{1-\rho}{1-\rho'}\hat\lambda^{-1/\varepsilon}

    Parameters
    ----------
    own_share_hat : array-like
        :math:`\hat\lambda` of any change.
    theta : array-like
    revenue_share, revenue_share_new : array-like
        :math:`\rho`, tariff revenue over spending, before and after.
    """
    old, new = np.asarray(revenue_share), np.asarray(revenue_share_new)
    power = np.asarray(own_share_hat, dtype=np.float64) ** (-1.0 / np.asarray(theta))
    return np.asarray((1.0 - old) / (1.0 - new) * power, dtype=np.float64)


def real_income_ex_post(
    own_share_hat: Float,
    final_share: Float,
    theta: ArrayLike,
    input_cost_share: Float | None = None,
) -> Float:
    r"""Real wage hats of any foreign shock from observed domestic shares, by region.

    Eq. (39).

    .. math:: \hat U = \prod_{s,k}\hat\lambda_k^{-\beta_s\tilde a_{sk}/\varepsilon_k}

    exact with Cobb-Douglas technology and demand and no change in domestic technology; real income
    too without tariff revenue and with balanced trade.

    Parameters
    ----------
    own_share_hat : ndarray, shape (S, N)
    final_share : ndarray, shape (S, N)
    theta : array-like, shape (S,)
    input_cost_share : ndarray, shape (N, K, S), optional

    Returns
    -------
    ndarray, shape (N,)
    """
    exponent = (
        reliance(final_share, input_cost_share) / np.asarray(theta, dtype=np.float64)[:, None]
    )
    logs = np.log(np.where(exponent != 0.0, own_share_hat, 1.0))
    return np.asarray(np.exp(-(exponent * logs).sum(axis=0)), dtype=np.float64)
