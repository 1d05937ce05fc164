r"""From accounts to an economy.

The share of origin i in a region's spending on a good is taken to be the same for all its users
(proportionality, the calibration of [CaliendoParro2015]_) or, where a table has it, each user's own
(:func:`from_flows`); value added is what an industry's sales leave after its inputs at
prices with duty.
"""

from __future__ import annotations

import numpy as np

from iomodel.equilibrium.economy import Economy
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
    r"""Return the economy of bilateral flows and national technologies.

    Final demand is the residual
    :math:`\max(X_{kn} - \sum_s m_{nks}(1-v_{sn})R_{sn}, 0)`, renormalised to shares; where that
    clips, or where `value_added` does not fit output, the result is no equilibrium yet: solve it
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


def from_use(trade: Float, use: Float, tariff: Float) -> Economy:
    r"""Return the economy of a compact table: bilateral sales and one use matrix per region.

    Use at basic prices becomes use at prices with duty by the good's mean duty in that region, so
    that value added here is output less inputs with duty. What a table books as other taxes less
    subsidies on products thus counts as factor income, and tariffs do not.

    Parameters
    ----------
    trade : ndarray, shape (R, S, R)
        Exporter, sector, importer; basic prices, domestic sales included.
    use : ndarray, shape (R, S, S + U)
        Use of each good by the region's industries and final uses; its rows sum to absorption.
        Final uses are added together; where their sum is negative (drawn-down inventories) it is
        set to zero and the row scaled to absorption.
    tariff : ndarray, shape (R, S, R)
        Ad-valorem rates.

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
    parts = np.maximum(
        np.concatenate(
            [use[:, :, :sectors], use[:, :, sectors:].sum(axis=2, keepdims=True)], axis=2
        ),
        0.0,
    )
    # Each row of use, scaled to spending with duty.
    scale = _over(spending.T, parts.sum(axis=2))
    paid = parts * scale[:, :, None]
    return _assembled(
        flow,
        rates,
        inputs=paid[:, :, :sectors].transpose(1, 2, 0),
        final=paid[:, :, sectors].T,
        spending=spending,
        share=_over(spent, spending[:, None, :]),
    )


def from_flows(intermediate: Float, final: Float, tariff: Float) -> Economy:
    """Return the economy in which every industry has its own origins of each input.

    Bilateral sales are those of :func:`from_use`: where final uses are negative together
    (drawn-down inventories) they are set to zero, and the users of that flow scaled to its total.

    Parameters
    ----------
    intermediate : ndarray, shape (R, S, R, S)
        Exporter, sector, importer, using industry; basic prices.
    final : ndarray, shape (R, S, R) or (R, S, R, U)
        Sales to final uses, which are added together.
    tariff : ndarray, shape (R, S, R)
        Ad-valorem rates, the same for all users.

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
    sold = final.sum(axis=3) if final.ndim == 4 else final
    rates = np.ascontiguousarray(tariff.transpose(1, 0, 2), dtype=np.float64)
    flow = np.maximum(intermediate.sum(axis=3) + sold, 0.0).transpose(1, 0, 2)
    parts = np.empty((S, R, S + 1, R))
    np.maximum(intermediate.transpose(1, 0, 3, 2), 0.0, out=parts[:, :, :S])
    np.maximum(sold.transpose(1, 0, 2), 0.0, out=parts[:, :, S])
    # Each flow, scaled to its total with duty.
    parts *= _over(flow * (1.0 + rates), parts.sum(axis=2))[:, :, None, :]
    spending = parts.sum(axis=1)
    np.divide(parts, spending[:, None], out=parts, where=spending[:, None] != 0.0)
    return _assembled(
        flow,
        rates,
        inputs=spending[:, :S],
        final=spending[:, S],
        spending=spending.reshape(S, -1),
        share=parts.reshape(S, R, -1),
    )


def without_materials(flow: Float, tariff: Float) -> Economy:
    """Return the economy in which industries use value added only: all sales are final."""
    sectors, _, regions = flow.shape
    return calibrate(
        flow, tariff, np.ones((sectors, regions)), np.zeros((regions, sectors, sectors))
    )


def own_inputs_only(flow: Float, tariff: Float, value_added_share: Float) -> Economy:
    """Return the economy in which each industry uses materials of its own sector only."""
    sectors, _, regions = flow.shape
    own = np.broadcast_to(np.eye(sectors), (regions, sectors, sectors))
    return calibrate(flow, tariff, value_added_share, own)


def _assembled(
    flow: Float, tariff: Float, *, inputs: Float, final: Float, spending: Float, share: Float
) -> Economy:
    """Return the economy of flows (S, I, N) and purchases with duty, (K, S, N) and (K, N)."""
    output, costs = flow.sum(axis=2), inputs.sum(axis=0)
    value_added = output - costs
    short = value_added < -SHORTFALL * np.maximum(output, 1e-300)
    if short.any():
        sector, region = (int(k) for k in np.argwhere(short)[0])
        raise TableError(
            f"inputs of sector {sector} in region {region} cost more with duty than it sells "
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
    )
    economy.check()
    return economy


def _over(top: Float, below: Float) -> Float:
    below = np.broadcast_to(below, top.shape)
    return np.divide(top, below, out=np.zeros(top.shape), where=below != 0.0)
