r"""Bounds of Bachmann et al. (2022) on the loss from a shortage: expenditure shares and prices.

With the share :math:`s_0` of an input in GDP, the remaining quantity :math:`e` and the multiple
:math:`m` of its price, output falls to first and second order by [BachmannEtAl2022]_

.. math:: \Delta \ln Y \approx \tfrac12 (s_0 + s_1) \ln e, \qquad s_1 = s_0\, e\, m ,

or, if the price follows from an elasticity of substitution :math:`\sigma` between the input and
everything else, exactly by

.. math:: q = \left[ \alpha e^\rho + 1 - \alpha \right]^{1 / \rho}, \qquad
          \rho = \frac{\sigma - 1}{\sigma} .

Solved for the price, the first equation gives the multiple that any loss implies: a check on the
losses of input-output models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from iomodel.errors import LabelError
from iomodel.models.fixed_price.trade import trade_cube
from iomodel.typing import Float

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "LEAST_REMAINING",
    "after_stocks",
    "ces_response",
    "expenditure_bound",
    "implied_price",
    "second_order",
    "trapezoid",
]

MULTIPLES = (1.0, 20.0, 100.0, 1000.0)
# A quantity of zero has no logarithm: one percent remains, as a limit to read.
LEAST_REMAINING = 0.01


def ces_response(share: ArrayLike, remaining: ArrayLike, sigma: ArrayLike) -> Float:
    """Return output relative to base in a CES nest when one of its inputs is cut.

    Parameters
    ----------
    share : array_like
        Expenditure share of the input.
    remaining : array_like
        Remaining quantity relative to base, above zero.
    sigma : array_like
        Elasticity of substitution, above zero; 1 is Cobb-Douglas.

    Returns
    -------
    ndarray
    """
    a, e, s = (np.asarray(v, dtype=np.float64) for v in (share, remaining, sigma))
    _assert_positive(remaining=e, sigma=s)
    log = np.log(e)
    # rho log q = log(a exp(rho log e) + 1 - a), written so that rho -> 0 keeps its digits.
    rho = np.where(s == 1.0, 1.0, (s - 1.0) / s)
    log_output = np.log1p(a * np.expm1(rho * log)) / rho
    return np.asarray(np.exp(np.where(s == 1.0, a * log, log_output)))


def second_order(share: ArrayLike, remaining: ArrayLike, sigma: ArrayLike) -> Float:
    """Return the change of log output to second order; poor for large cuts at low elasticity.

    Parameters
    ----------
    share, remaining, sigma : array_like
        As :func:`ces_response`.
    """
    a, e, s = (np.asarray(v, dtype=np.float64) for v in (share, remaining, sigma))
    _assert_positive(remaining=e, sigma=s)
    log = np.log(e)
    return np.asarray(a * log + 0.5 * a * (1.0 - a) * (1.0 - 1.0 / s) * log**2)


def trapezoid(share: ArrayLike, remaining: ArrayLike, price: ArrayLike) -> Float:
    """Return the change of log output from the expenditure share before and after.

    Parameters
    ----------
    share, remaining : array_like
        As :func:`ces_response`.
    price : array_like
        Multiple of the input's price.
    """
    s0, e, m = (np.asarray(v, dtype=np.float64) for v in (share, remaining, price))
    _assert_positive(remaining=e, price=m)
    return np.asarray(0.5 * s0 * (1.0 + e * m) * np.log(e))


def implied_price(share: ArrayLike, remaining: ArrayLike, loss: ArrayLike) -> Float:
    r"""Return the implied price multiple of the scarce input.

    Solves :math:`loss = -\tfrac12 (s_0 + s_0 e m) \ln e` for the multiple m [BachmannEtAl2022]_.

    Parameters
    ----------
    share, remaining : array_like
        As :func:`ces_response`; `remaining` below one.
    loss : array_like
        Fraction of output lost, read as a change of its logarithm.

    Returns
    -------
    ndarray
        Below one if the loss is smaller than the first-order effect at base prices; NaN if there is
        no shortage.
    """
    s0, e, lost = (np.asarray(v, dtype=np.float64) for v in (share, remaining, loss))
    _assert_positive(share=s0, remaining=e)
    # Zero shortage implies no price change.
    shortage = -np.log(e)
    divisor = np.where(shortage > 0, shortage, 1.0)
    return np.asarray(np.where(shortage > 0, (2.0 * lost / (s0 * divisor) - 1.0) / e, np.nan))


def after_stocks(cut: ArrayLike, cover: ArrayLike, length: ArrayLike) -> Float:
    r"""Return the mean shortage after stocks are used, :math:`\max(0, \theta - m / T)`.

    Parameters
    ----------
    cut : array_like
        Missing fraction of supply.
    cover, length : array_like
        Months of use in stock, and months that the cut lasts.
    """
    theta, m, T = (np.asarray(v, dtype=np.float64) for v in (cut, cover, length))
    _assert_positive(length=T)
    return np.asarray(np.maximum(0.0, theta - m / T))


def expenditure_bound(
    table: MRIOTable, scenario: Scenario, prices: tuple[float, ...] = MULTIPLES
) -> pd.DataFrame:
    """Return expenditure on restricted supplies by region, and the loss at price multiples.

    Parameters
    ----------
    table : MRIOTable
    scenario : Scenario
        Cuts of exports and supplies, embargoes, content controls.
    prices : tuple of float
        Multiples of the price of the scarce products.

    Returns
    -------
    pandas.DataFrame
        Index ``region``. ``expenditure``: base purchases of the products and origins that are cut,
        in the table's unit; if part of a sector is cut (`product_share`) it is still the sector's,
        so split the sector first. ``share``: over GDP. ``remaining``: quantity relative to base.
        ``loss_pct_at_1`` and so on: percent of GDP. Regions without such purchases are left out.

    Raises
    ------
    LabelError, ScenarioError
        If the scenario does not fit the table.
    """
    import pandas as pd

    policy = scenario.lower(table)
    limit = policy.delivered * policy.supply[:, :, None]
    cube = np.maximum(trade_cube(table.A2, table.x1, table.Y.values), 0.0)
    restricted = np.where(limit < 1.0, cube, 0.0)
    expenditure = restricted.sum(axis=(0, 1))
    gdp = table.value_added.values.sum(axis=1)
    buys = (expenditure > 0) & (gdp > 0)
    remaining = (restricted * limit).sum(axis=(0, 1))[buys] / expenditure[buys]
    share = expenditure[buys] / gdp[buys]
    columns = {"expenditure": expenditure[buys], "share": share, "remaining": remaining}
    for price in prices:
        columns[f"loss_pct_at_{price:g}"] = -100.0 * trapezoid(
            share, np.maximum(remaining, LEAST_REMAINING), np.full(share.shape, price)
        )
    buyers = [region for region, buying in zip(table.regions, buys, strict=True) if buying]
    return pd.DataFrame(columns, index=pd.Index(buyers, name="region"))


def _assert_positive(**values: Float) -> None:
    for name, cells in values.items():
        if not np.all(cells > 0):
            raise LabelError(f"{name} is {float(np.min(cells)):g}; it must be above zero")
