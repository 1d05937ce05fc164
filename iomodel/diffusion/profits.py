r"""Profits of Bertrand competition, as a tax on the receipts of industries.

With Bertrand competition among producers whose productivity is drawn from Frechet distributions,
the share :math:`1/(1+\theta_s)` of sales is profit, whatever costs are [BernardEtAl2003]_: prices
are a constant times unit costs, so that profits are a tax of :math:`1/\theta_s` on the receipts of
industries, on sales at home too, and income of their own region. Inputs then weigh more in costs
than in sales.
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
    base: Economy,
    theta: Float,
    sectors: Sequence[str],
    regions: Sequence[str],
    largest: float | None = None,
) -> Economy:
    """Separate profits from the income of labour and capital in the accounts of an economy.

    Eq. (17).

    Parameters
    ----------
    base : Economy
        Without export taxes.
    theta : ndarray, shape (S,)
    sectors, regions : sequence of str
        Labels for the refusal.
    largest : float, optional
        Largest share of profits in the value added of an industry, below one; without, an industry
        whose value added is too small is refused.

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
    profit_share = np.broadcast_to(1.0 / (1.0 + theta[:, None]), base.shape)
    if largest is not None:
        profit_share = np.minimum(profit_share, largest * base.value_added_share)
    inputs = (1.0 - base.value_added_share) * base.output
    received = base.output * (1.0 - profit_share)
    value_added = received - inputs
    negative = (value_added <= 0.0) & (base.output > 0.0)
    count = int(negative.sum())
    if count:
        margin = value_added / np.maximum(base.output, 1e-300)
        worst = np.argsort(np.where(negative, margin, 1.0), axis=None)
        named = [
            f"{regions[n]} {sectors[s]}"
            for s, n in (divmod(int(k), base.shape[1]) for k in worst[: min(8, count)])
        ]
        raise InfeasibleError(
            f"in {count} industries value added is no more than the profit share "
            f"1/(1 + theta) of sales ({', '.join(named)}{', ...' if count > 8 else ''}); use "
            "profits='value-added' or 'markup-capped', higher elasticities, or a coarser table"
        )
    rate = profit_share / (1.0 - profit_share)
    share = np.divide(value_added, received, out=np.ones_like(value_added), where=received > 0.0)
    return replace(
        base,
        value_added_share=share,
        value_added=np.maximum(value_added, 0.0),
        export_tax=np.array(np.broadcast_to(rate[:, :, None], base.tariff.shape)),
    )
