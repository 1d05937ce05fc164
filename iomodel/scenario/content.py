r"""How much of an origin's controlled content is in every product, and which flows a rule catches.

Embodied content per unit of output of product :math:`j` [MillerBlair2009]_:

.. math:: m_j = \sum_{i \in C} \kappa_i\, l_{ij}, \qquad m' = \kappa' (I - A)^{-1},

with :math:`C` the origin's controlled sectors, :math:`\kappa_i` the share of the controlled product
in sector :math:`i` and :math:`L` the Leontief inverse: a price system whose cost vector is the
indicator. A rule that counts direct content looks at the first round alone, :math:`\kappa' A`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from iomodel.errors import ScenarioError

if TYPE_CHECKING:
    from iomodel.scenario.shocks import ContentControl
    from iomodel.table.mrio import MRIOTable

__all__ = ["apply_content_control", "direct_content", "embodied_content", "trade_flows"]

Float = NDArray[np.float64]
Mask = NDArray[np.bool_]


def embodied_content(table: MRIOTable, indicator: Float) -> Float:
    """Return the content of marked output in every product, through the whole chain.

    Parameters
    ----------
    table : MRIOTable
        Its technology is used.
    indicator : ndarray, shape (R, S)
        Share of each industry's output that counts.

    Returns
    -------
    ndarray, shape (R, S)
        Value of counted output per unit of output; at least the indicator itself.
    """
    from iomodel.leontief import LeontiefSystem

    content: Float = np.asarray(LeontiefSystem(table).solve_prices(indicator.reshape(-1)))
    return content.reshape(table.shape)


def direct_content(table: MRIOTable, indicator: Float) -> Float:
    """Return the content of marked output in the inputs that every product buys itself, (R, S)."""
    content: Float = indicator.reshape(-1) @ table.A2
    return content.reshape(table.shape)


def trade_flows(table: MRIOTable) -> Float:
    """Return deliveries [exporter, sector, importer], intermediate and final, (R, S, R)."""
    R, S = table.shape
    flows: Float = table.Z2.reshape(R * S * R, S).sum(axis=1)
    flows = flows + table.Y.values.reshape(R * S * R, -1).sum(axis=1)
    return flows.reshape(R, S, R)


def apply_content_control(
    table: MRIOTable, shock: ContentControl, origin: Mask, importers: Mask, shares: Float
) -> tuple[Mask, str]:
    """Find the flows of third countries that fall under a content rule.

    Parameters
    ----------
    table : MRIOTable
        Its technology and its flows are used.
    shock : ContentControl
        Gives threshold and share.
    origin, importers : ndarray of bool, shape (R,)
        Whose content counts, and deliveries to whom are controlled.
    shares : ndarray, shape (S,)
        Share of the controlled product in the output of the origin's sectors.

    Returns
    -------
    mask : ndarray of bool, shape (R, S, R)
        Flows under the rule [exporter, sector, importer].
    note : str
        How many flows and how much trade fall under it, with and without indirect content.

    Raises
    ------
    ScenarioError
        If there is no third country, or no importer beyond the origin.
    """
    third = ~origin
    pairs = np.outer(third, importers)
    np.fill_diagonal(pairs, False)
    if not pairs.any():
        raise ScenarioError("no third country delivers to the importers; name other importers")
    indicator = np.outer(origin, shares).astype(np.float64)
    chain = embodied_content(table, indicator) >= shock.threshold
    first = direct_content(table, indicator) >= shock.threshold
    trade = trade_flows(table)
    open_flows = pairs[:, None, :] & (trade > 0.0)
    caught = open_flows & chain[:, :, None]
    direct = open_flows & first[:, :, None]
    unit = table.attrs["unit"]
    total = float(trade[open_flows].sum())
    note = (
        f"Content rule at {shock.threshold:.3%}: {int(caught.sum())} of {int(open_flows.sum())} "
        f"flows of third countries fall under it, {float(trade[caught].sum()):,.0f} of "
        f"{total:,.0f} {unit}; by direct content alone {int(direct.sum())} flows, "
        f"{float(trade[direct].sum()):,.0f} {unit}. Content is a sector average: single products "
        "lie above and below it."
    )
    return caught, note
