r"""Calibration of an economy from national accounts and bilateral flows.

The share of origin i in a region's spending on a good is taken to be the same for all its users
(proportionality, the calibration of [CaliendoParro2015]_) or specific to each user
(:func:`from_flows`); value added is an industry's sales less its inputs at prices with duty.
"""

from __future__ import annotations

import numpy as np

from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.names import UNNAMED, Names
from iomodel.errors import TableError
from iomodel.typing import Float

__all__ = ["calibrate", "from_flows", "from_use", "own_inputs_only", "without_materials"]


# Value added may fall short of zero by rounding of the source, relative to output.
SHORTFALL = 1e-9


def calibrate(
    flow: Float,
    tariff: Float,
    value_added_share: Float,
    input_share: Float,
    value_added: Float | None = None,
) -> Economy:
    r"""Calibrate an economy to bilateral flows and national technologies.

    Eq. (3).

    Final demand is the residual
    :math:`\max(X_{kn} - \sum_s m_{nks}(1-v_{sn})R_{sn}, 0)`, renormalised to shares; if that
    clips, or if `value_added` does not fit output, the result is no equilibrium yet: solve it
    once (:func:`iomodel.equilibrium.rebase`).

    Parameters
    ----------
    flow : ndarray, shape (S, I, N)
        Sales before duty, domestic sales included.
    tariff : ndarray, shape (S, I, N)
        Ad-valorem rates.
    value_added_share : ndarray, shape (S, N)
        Of value added in output.
    input_share : ndarray, shape (N, K, S)
        Shares in the intermediate bundle.
    value_added : ndarray, shape (S, N), optional
        Levels; default: share times output.

    Returns
    -------
    Economy

    Raises
    ------
    TableError
        If shares are no shares.
    """
    output = flow.sum(axis=2)
    spent = flow * (1.0 + tariff)
    spending = spent.sum(axis=1)
    share = _over(spent, spending[:, None, :])
    total = input_share.sum(axis=1)
    mix = _over(input_share, total[:, None, :])
    va_share = np.where(total.T != 0.0, value_added_share, 1.0)
    inputs = (1.0 - va_share) * output
    final = np.maximum(spending - np.einsum("nks,sn->kn", mix, inputs), 0.0)
    economy = Economy(
        spending=spending,
        share=share,
        tariff=np.array(tariff, dtype=np.float64),
        value_added_share=va_share,
        input_share=mix,
        final_share=_over(final, final.sum(axis=0)),
        value_added=va_share * output if value_added is None else value_added,
        deficit=flow.sum(axis=(0, 1)) - flow.sum(axis=(0, 2)),
    )
    economy.check()
    return economy


def from_use(trade: Float, use: Float, tariff: Float, names: Names = UNNAMED) -> Economy:
    r"""Calibrate an economy to a compact table: bilateral sales and one use matrix per region.

    Use at basic prices becomes use at prices with duty by the good's mean duty in that region, so
    that value added is output less inputs with duty. Other taxes less subsidies on products thus
    count as factor income, and tariffs do not.

    Parameters
    ----------
    trade : ndarray, shape (R, S, R)
        Exporter, sector, importer; basic prices, domestic sales included.
    use : ndarray, shape (R, S, S + U)
        Use of each good by the region's industries and final uses; its rows sum to absorption.
        Final uses are added together; a negative sum (drawn-down inventories) is set to zero and
        the row scaled to absorption.
    tariff : ndarray, shape (R, S, R)
        Ad-valorem rates.
    names : Names, optional

    Returns
    -------
    Economy

    Raises
    ------
    TableError
        If inputs with duty cost more than an industry sells.
    """
    flow = np.ascontiguousarray(trade.transpose(1, 0, 2), dtype=np.float64)
    rates = np.ascontiguousarray(tariff.transpose(1, 0, 2), dtype=np.float64)
    sectors = flow.shape[0]
    spent = flow * (1.0 + rates)
    spending = spent.sum(axis=1)
    uses = np.maximum(
        np.concatenate(
            [use[:, :, :sectors], use[:, :, sectors:].sum(axis=2, keepdims=True)], axis=2
        ),
        0.0,
    )
    # Each row of use, scaled to spending with duty.
    scale = _over(spending.T, uses.sum(axis=2))
    paid = uses * scale[:, :, None]
    return _assembled(
        flow,
        rates,
        inputs=paid[:, :, :sectors].transpose(1, 2, 0),
        final=paid[:, :, sectors].T,
        spending=spending,
        share=_over(spent, spending[:, None, :]),
        names=names,
    )


def from_flows(intermediate: Float, final: Float, tariff: Float, names: Names = UNNAMED) -> Economy:
    """Calibrate an economy in which every industry has its own origins of each input.

    Bilateral sales are those of :func:`from_use`: a negative sum of final uses (drawn-down
    inventories) is set to zero, and the users of that flow scaled to its total.

    Parameters
    ----------
    intermediate : ndarray, shape (R, S, R, S)
        Exporter, sector, importer, using industry; basic prices.
    final : ndarray, shape (R, S, R) or (R, S, R, U)
        Sales to final uses, which are added together.
    tariff : ndarray, shape (R, S, R)
        Ad-valorem rates, the same for all users.
    names : Names, optional

    Returns
    -------
    Economy
        With S + 1 users of each region: the industries and final demand.

    Raises
    ------
    TableError
        If inputs with duty cost more than an industry sells.
    """
    R, S = intermediate.shape[:2]
    final_sales = final.sum(axis=3) if final.ndim == 4 else final
    rates = np.ascontiguousarray(tariff.transpose(1, 0, 2), dtype=np.float64)
    flow = np.maximum(intermediate.sum(axis=3) + final_sales, 0.0).transpose(1, 0, 2)
    share = np.empty((S, R, S + 1, R))
    np.maximum(intermediate.transpose(1, 0, 3, 2), 0.0, out=share[:, :, :S])
    np.maximum(final_sales.transpose(1, 0, 2), 0.0, out=share[:, :, S])
    # Each flow, scaled to its total with duty; then, in place for its size, over spending.
    share *= _over(flow * (1.0 + rates), share.sum(axis=2))[:, :, None, :]
    spending = share.sum(axis=1)
    np.divide(share, spending[:, None], out=share, where=spending[:, None] != 0.0)
    return _assembled(
        flow,
        rates,
        inputs=spending[:, :S],
        final=spending[:, S],
        spending=spending.reshape(S, -1),
        share=share.reshape(S, R, -1),
        names=names,
    )


def without_materials(flow: Float, tariff: Float) -> Economy:
    """Calibrate an economy in which industries use value added only: all sales are final."""
    sectors, _, regions = flow.shape
    return calibrate(
        flow, tariff, np.ones((sectors, regions)), np.zeros((regions, sectors, sectors))
    )


def own_inputs_only(flow: Float, tariff: Float, value_added_share: Float) -> Economy:
    """Calibrate an economy in which each industry uses materials of its own sector only."""
    sectors, _, regions = flow.shape
    diagonal = np.broadcast_to(np.eye(sectors), (regions, sectors, sectors))
    return calibrate(flow, tariff, value_added_share, diagonal)


def _assembled(
    flow: Float,
    tariff: Float,
    *,
    inputs: Float,
    final: Float,
    spending: Float,
    share: Float,
    names: Names,
) -> Economy:
    """Economy of flows (S, I, N) and purchases with duty, (K, S, N) and (K, N)."""
    output, costs = flow.sum(axis=2), inputs.sum(axis=0)
    value_added = output - costs
    negative = value_added < -SHORTFALL * np.maximum(output, 1e-300)
    if negative.any():
        sector, region = (int(k) for k in np.argwhere(negative)[0])
        raise TableError(
            f"inputs of {names.industry(sector, region)} cost more with duty than it sells "
            f"({costs[sector, region]:.6g} of {output[sector, region]:.6g}); check tariffs and use"
        )
    value_added = np.maximum(value_added, 0.0)
    economy = Economy(
        spending=spending,
        share=share,
        tariff=tariff,
        value_added_share=np.where(output > 0.0, 1.0 - _over(costs, output), 1.0).clip(0.0, 1.0),
        input_share=np.ascontiguousarray(_over(inputs, costs[None]).transpose(2, 0, 1)),
        final_share=_over(final, final.sum(axis=0)),
        value_added=value_added,
        deficit=flow.sum(axis=(0, 1)) - output.sum(axis=0),
        names=names,
    )
    economy.check()
    return economy


def _over(numerator: Float, denominator: Float) -> Float:
    """Quotient, zero if the denominator is."""
    denominator = np.broadcast_to(denominator, numerator.shape)
    return np.divide(
        numerator, denominator, out=np.zeros(numerator.shape), where=denominator != 0.0
    )
