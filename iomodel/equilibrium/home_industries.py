"""Economy with further industries that sell at home only: the nests of an extended technology."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from iomodel.equilibrium.economy import Economy
from iomodel.typing import Float

__all__ = ["with_home_industries"]


def with_home_industries(
    base: Economy,
    labels: Sequence[str],
    *,
    spending: Float,
    share: Float,
    value_added_share: Float,
    input_share: Float,
    value_added: Float,
) -> Economy:
    """Add C industries without trade, taxes, final demand or investment.

    Further nests of a technology are such industries [BaqaeeFarhi2024]_. In the base nothing
    changes: the same flows, prices and incomes.

    Parameters
    ----------
    base : Economy
    labels : sequence of str
        Names of the C new industries, for refusals.
    spending, share, value_added_share, input_share, value_added : ndarray
        As in :class:`Economy`, of S + C sectors.

    Returns
    -------
    Economy

    Raises
    ------
    TableError
        If shares are no shares.
    """
    C, N = len(labels), base.shape[1]
    nothing, no_tax = np.zeros((C, N)), np.zeros((C, N, N))
    tax, names, capital = base.export_tax, base.names, base.capital
    if capital is not None:
        composition = np.concatenate([capital.composition, nothing])
        capital = replace(capital, composition=composition)
    economy = replace(
        base,
        spending=spending,
        share=share,
        tariff=np.concatenate([base.tariff, no_tax]),
        value_added_share=value_added_share,
        input_share=input_share,
        final_share=np.concatenate([base.final_share, nothing]),
        value_added=value_added,
        export_tax=np.concatenate([tax, no_tax]) if np.ndim(tax) else tax,
        names=replace(names, sectors=(*names.sectors, *labels)) if names.sectors else names,
        capital=capital,
    )
    economy.check()
    return economy
