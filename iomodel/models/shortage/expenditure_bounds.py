r"""The check line: what a shortage can cost, from expenditure shares and prices alone.

With the share :math:`s_0` of an input in GDP, the quantity left :math:`e` and the multiple
:math:`m` of its price, output falls to first and second order by [BachmannEtAl2022]_

.. math:: \Delta \ln Y \approx \tfrac12 (s_0 + s_1) \ln e, \qquad s_1 = s_0\, e\, m ,

or, where the price follows from an elasticity of substitution :math:`\sigma` between the input and
everything else, exactly by

.. math:: q = \left[ \alpha e^\rho + 1 - \alpha \right]^{1 / \rho}, \qquad
          \rho = \frac{\sigma - 1}{\sigma} .

Read backwards, any loss implies the multiple that the price of the scarce input would have to
reach: the number to print beside every loss that an input-output model finds.
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
    "after_stocks",
    "ces_response",
    "check_line",
    "implied_price",
    "second_order",
    "trapezoid",
]

MULTIPLES = (1.0, 20.0, 100.0, 1000.0)


def ces_response(share: ArrayLike, left: ArrayLike, sigma: ArrayLike) -> Float:
    """Return output relative to base when a share of its inputs is cut, in a CES nest.

    Parameters
    ----------
    share : array_like
        Expenditure share of the input.
    left : array_like
        Quantity that is left relative to base, above zero.
    sigma : array_like
        Elasticity of substitution, above zero; 1 is Cobb-Douglas.

    Returns
    -------
    ndarray
    """
    a, e, s = (np.asarray(v, dtype=np.float64) for v in (share, left, sigma))
    _positive(left=e, sigma=s)
    log = np.log(e)
    # rho log q = log(a exp(rho log e) + 1 - a), written so that rho -> 0 keeps its digits.
    rho = np.where(s == 1.0, 1.0, (s - 1.0) / s)
    bent = np.log1p(a * np.expm1(rho * log)) / rho
    return np.asarray(np.exp(np.where(s == 1.0, a * log, bent)))


def second_order(share: ArrayLike, left: ArrayLike, sigma: ArrayLike) -> Float:
    """Return the change of log output to second order; poor for large cuts at low elasticity.

    Parameters
    ----------
    share, left, sigma : array_like
        As :func:`ces_response`.
    """
    a, e, s = (np.asarray(v, dtype=np.float64) for v in (share, left, sigma))
    _positive(left=e, sigma=s)
    log = np.log(e)
    return np.asarray(a * log + 0.5 * a * (1.0 - a) * (1.0 - 1.0 / s) * log**2)


def trapezoid(share: ArrayLike, left: ArrayLike, price: ArrayLike) -> Float:
    """Return the change of log output from the share before and after.

    Parameters
    ----------
    share, left : array_like
        As :func:`ces_response`.
    price : array_like
        Multiple of the input's price.
    """
    s0, e, m = (np.asarray(v, dtype=np.float64) for v in (share, left, price))
    _positive(left=e, price=m)
    return np.asarray(0.5 * s0 * (1.0 + e * m) * np.log(e))


def implied_price(share: ArrayLike, left: ArrayLike, loss: ArrayLike) -> Float:
    """Return the multiple of the input's price that a loss implies.

    Parameters
    ----------
    share, left : array_like
        As :func:`ces_response`; `left` below one.
    loss : array_like
        Fraction of output lost, read as a change of its logarithm.

    Returns
    -------
    ndarray
        Below one where the loss is smaller than the first-order effect at base prices.
    """
    s0, e, lost = (np.asarray(v, dtype=np.float64) for v in (share, left, loss))
    _positive(share=s0, left=e)
    # Nothing missing, nothing implied.
    missing = -np.log(e)
    safe = np.where(missing > 0, missing, 1.0)
    return np.asarray(np.where(missing > 0, (2.0 * lost / (s0 * safe) - 1.0) / e, np.nan))


def after_stocks(cut: ArrayLike, cover: ArrayLike, length: ArrayLike) -> Float:
    r"""Return the mean shortage once stocks are used, :math:`\max(0, \theta - m / T)`.

    Parameters
    ----------
    cut : array_like
        Part of the supply that is missing.
    cover, length : array_like
        Months of use in stock, and months that the cut lasts.
    """
    theta, m, T = (np.asarray(v, dtype=np.float64) for v in (cut, cover, length))
    _positive(length=T)
    return np.asarray(np.maximum(0.0, theta - m / T))


def check_line(
    table: MRIOTable, scenario: Scenario, prices: tuple[float, ...] = MULTIPLES
) -> pd.DataFrame:
    """Return what cut supplies are worth to each region, and the loss at multiples of their price.

    Parameters
    ----------
    table : MRIOTable
    scenario : Scenario
        Cuts of exports and supplies, embargoes, content controls.
    prices : tuple of float
        Multiples of the price of what becomes scarce.

    Returns
    -------
    pandas.DataFrame
        Index ``region``. ``bill``: what the region bought of the products and origins that are
        cut, in the table's unit; where part of a sector is cut (`product_share`) it is still the
        sector's, so split the sector first. ``share``: over GDP. ``left``: quantity that still
        comes. ``loss_pct_at_1`` and so on: percent of GDP. Regions without cut purchases are left
        out.

    Raises
    ------
    LabelError, ScenarioError
        If the scenario does not fit the table.
    """
    import pandas as pd

    policy = scenario.lower(table)
    limit = policy.delivered * policy.supply[:, :, None]
    cube = np.maximum(trade_cube(table.A2, table.x1, table.Y.values), 0.0)
    bought = np.where(limit < 1.0, cube, 0.0)
    bill = bought.sum(axis=(0, 1))
    gdp = table.value_added.values.sum(axis=1)
    hit = (bill > 0) & (gdp > 0)
    left = (bought * limit).sum(axis=(0, 1))[hit] / bill[hit]
    share = bill[hit] / gdp[hit]
    columns = {"bill": bill[hit], "share": share, "left": left}
    for price in prices:
        # A quantity of zero has no logarithm: one percent is left, as a limit to read.
        columns[f"loss_pct_at_{price:g}"] = -100.0 * trapezoid(
            share, np.maximum(left, 0.01), np.full(share.shape, price)
        )
    index = pd.Index([r for r, h in zip(table.regions, hit, strict=True) if h], name="region")
    return pd.DataFrame(columns, index=index)


def _positive(**values: Float) -> None:
    for name, cells in values.items():
        if not np.all(cells > 0):
            raise LabelError(f"{name} is {float(np.min(cells)):g}; it must be above zero")
