r"""Gains from trade under monopolistic competition with intermediate goods.

Free entry lowers the price of a good with the number of its firms, and those firms buy inputs. With
:math:`c_k` the unit cost of sector k, :math:`R_k` its sales, :math:`E_k` spending on its good and
:math:`\lambda_k` the domestic share of it, in units of labour,

.. math::
    P_k = c_k\Big(\lambda_k\Big(\frac{c_k}{R_k}\Big)^{\delta_k}
          \Big(\frac{c_k}{E_k}\Big)^{\eta_k\delta_k}\Big)^{1/\varepsilon_k}, \qquad
    c_s = \prod_k P_k^{a_{sk}},

with entry and fixed costs paid in the sector's own bundle. :math:`\delta_k` is 0 under perfect
competition and 1 with entry; :math:`\eta_k` is 0 if firms are alike [Krugman1980]_ and
:math:`\varepsilon_k/(\sigma_k-1)-1` if they differ and the weakest leave [Melitz2003]_. Real income
is :math:`\prod_s P_s^{-\beta_s}`, so that, as in [CostinotRodriguezClare2014]_,

.. math::
    G = 1 - \prod_{s,k}\Big(\lambda_k\,\hat R_k^{\delta_k}\hat E_k^{\eta_k\delta_k}\Big)
        ^{\beta_s\tilde a_{sk}/\varepsilon_k}, \qquad
    \tilde a = \Big(I - \Big(I + \frac{\delta(1+\eta)}{\varepsilon}\Big)a\Big)^{-1},

with hats from the base to autarky, and :math:`E^A = R^A` solving :math:`R = a'R + \beta`. Inputs
count for more than their share in costs: cheaper ones bring firms in as well. With strong scale
effects :math:`\tilde a` ceases to exist, and gains have no bound.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from iomodel.equilibrium.formulas.reliance import check_sectors, reliance
from iomodel.errors import InfeasibleError
from iomodel.typing import Float

__all__ = ["gains_with_scale"]


def gains_with_scale(
    own_share: Float,
    final_share: Float,
    theta: ArrayLike,
    *,
    input_cost_share: Float,
    spending: Float,
    output: Float,
    scale: ArrayLike = 1.0,
    selection: ArrayLike = 0.0,
) -> Float:
    r"""Loss of going to autarky with scale effects and inputs, a fraction, by region.

    Eq. (37).

    Parameters
    ----------
    own_share, final_share, theta
        As in :func:`iomodel.equilibrium.gains_from_trade`.
    input_cost_share : ndarray, shape (N, K, S)
        Share :math:`a_{sk}` of input k in the costs of sector s.
    spending, output : ndarray, shape (S, N)
        Of the base, in one currency. Spending is scaled to the value of all output, as if trade
        were balanced.
    scale : array-like, scalar or shape (S,)
        :math:`\delta_s`.
    selection : array-like, scalar or shape (S,)
        :math:`\eta_s`.

    Returns
    -------
    ndarray, shape (N,)

    Raises
    ------
    TableError
        If a good that is used has no domestic supply, or a sector with scale effects no output.
    InfeasibleError
        If scale effects and inputs reinforce one another without bound.
    """
    elasticity = np.asarray(theta, dtype=np.float64)
    delta = np.broadcast_to(np.asarray(scale, dtype=np.float64), elasticity.shape)
    eta = np.broadcast_to(np.asarray(selection, dtype=np.float64), elasticity.shape)
    amplified = input_cost_share * (1.0 + delta * (1.0 + eta) / elasticity)
    radius = np.abs(np.linalg.eigvals(amplified)).max(axis=1)
    if radius.max() >= 1.0:
        raise InfeasibleError(
            f"scale effects and inputs reinforce one another without bound in regions "
            f"{np.flatnonzero(radius >= 1.0).tolist()} (spectral radius up to {radius.max():.3g}); "
            "use larger elasticities, scale effects in fewer sectors, or less detailed inputs"
        )
    exponent = reliance(final_share, amplified) / elasticity[:, None]
    used = exponent != 0.0
    active = used & (delta[:, None] != 0.0)
    check_sectors(used & ~(own_share > 0.0), "domestic supply: autarky leaves none of its good")
    check_sectors(active & ~((output > 0.0) & (spending > 0.0)), "sales or no buyers in the base")
    value_added_share = 1.0 - input_cost_share.sum(axis=1).T
    autarky = reliance(final_share, input_cost_share)  # sales per unit of value added
    labour = (value_added_share * output).sum(axis=0)
    balanced = spending * (output.sum(axis=0) / spending.sum(axis=0))
    sales_hat = np.where(active, autarky * labour, 1.0) / np.where(active, output, 1.0)
    spending_hat = np.where(active, autarky * labour, 1.0) / np.where(active, balanced, 1.0)
    logs = np.log(np.where(used, own_share, 1.0))
    logs = logs + delta[:, None] * (np.log(sales_hat) + eta[:, None] * np.log(spending_hat))
    return np.asarray(-np.expm1((exponent * logs).sum(axis=0)), dtype=np.float64)
