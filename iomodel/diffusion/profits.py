r"""Profits: the markup of those who know best over those who come next.

With Bertrand competition among producers whose productivity is drawn from Frechet distributions,
the share :math:`1/(1+\theta_s)` of sales is profit, whatever costs are [BernardEtAl2003]_: prices
are a constant times unit costs, so that profits are a tax of :math:`1/\theta_s` on what industries
receive, on sales at home too, which their own region keeps. Inputs then weigh more in costs than in
sales.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from iomodel.equilibrium import Economy
from iomodel.errors import InfeasibleError, IOModelError
from iomodel.typing import Float

__all__ = ["with_profits"]


def with_profits(
    base: Economy, theta: Float, sectors: Sequence[str], regions: Sequence[str]
) -> Economy:
    """Return the same accounts with profits told apart from the income of labour and capital.

    Parameters
    ----------
    base : Economy
        Without export taxes.
    theta : ndarray, shape (S,)
    sectors, regions : sequence of str
        Labels for the refusal.

    Returns
    -------
    Economy

    Raises
    ------
    InfeasibleError
        If an industry's value added is no more than its profit; the message names the worst.
    """
    if np.any(base.export_tax):
        raise IOModelError("profits are told apart in an economy without export taxes")
    rate = 1.0 / theta[:, None]
    inputs = (1.0 - base.value_added_share) * base.output
    received = base.output / (1.0 + rate)
    left = received - inputs
    short = (left <= 0.0) & (base.output > 0.0)
    if short.any():
        worst = np.argsort(np.where(short, left / np.maximum(base.output, 1e-300), 1.0), axis=None)
        named = [
            f"{regions[n]} {sectors[s]}"
            for s, n in (divmod(int(k), base.shape[1]) for k in worst[: min(8, short.sum())])
        ]
        raise InfeasibleError(
            f"in {int(short.sum())} industries value added is no more than the profit share "
            f"1/(1 + theta) of sales ({', '.join(named)}{', ...' if short.sum() > 8 else ''}); use "
            "profits='value-added', higher elasticities, or a coarser table"
        )
    share = np.divide(left, received, out=np.ones_like(left), where=received > 0.0)
    return replace(
        base,
        value_added_share=share,
        value_added=np.maximum(left, 0.0),
        export_tax=np.array(np.broadcast_to(rate[:, :, None], base.tariff.shape)),
    )
