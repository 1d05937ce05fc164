r"""Controlled content of an origin in every product, and the flows under a content rule.

With :math:`\kappa_i` the share of the controlled product in the output of the origin's industry i
(zero elsewhere), the content per unit of output of product :math:`j` is [MillerBlair2009]_

.. math::
    \text{direct} \quad & d_j = \sum_i \kappa_i\, a_{ij}, \\
    \text{embodied} \quad & m_j = \kappa_j + (1 - \kappa_j) \sum_i m_i\, a_{ij}, \qquad
        m' = \kappa' \big( I - A (I - \hat\kappa) \big)^{-1}, \\
    \text{gross} \quad & g' = \kappa' (I - A)^{-1} .

Direct content is in the inputs that an industry buys itself. Embodied content goes through the
whole chain and counts every controlled product once, at its value when it last leaves the
controlled stages: the alloy in a magnet is part of the magnet. It is a share of value, never above
one. Gross content, the rows of the Leontief inverse, counts the compound, the alloy and the magnet
one upon the other; with one controlled stage the two differ by its use of itself alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iomodel.errors import ScenarioError
from iomodel.typing import Bool, Float

if TYPE_CHECKING:
    from iomodel.scenario.shocks import ContentControl
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "ContentFlows",
    "apply_content_control",
    "content_flows",
    "direct_content",
    "embodied_content",
    "gross_content",
    "trade_flows",
]


def direct_content(table: MRIOTable, indicator: Float) -> Float:
    """Direct content of marked output in the purchased inputs of every product.

    Parameters
    ----------
    table : MRIOTable
        Its technology is used.
    indicator : ndarray, shape (R, S)
        Share of each industry's output that counts, in [0, 1].

    Returns
    -------
    ndarray, shape (R, S)
        Value of counted output per unit of output.
    """
    content: Float = indicator.reshape(-1) @ table.A2
    return content.reshape(table.shape)


def embodied_content(table: MRIOTable, indicator: Float) -> Float:
    """Embodied content of marked output in every product, through the chain, counted once.

    Parameters
    ----------
    table, indicator
        As :func:`direct_content`.

    Returns
    -------
    ndarray, shape (R, S)
        Value of counted output per unit of output, from the indicator itself to one.
    """
    from iomodel.leontief import LeontiefSystem

    counted = indicator.reshape(-1)
    passing = table.A2 * (1.0 - counted)
    content: Float = np.asarray(LeontiefSystem.from_coefficients(passing).solve_prices(counted))
    return content.reshape(table.shape)


def gross_content(table: MRIOTable, indicator: Float) -> Float:
    """Gross content of marked output, every stage counted upon the other, (R, S)."""
    from iomodel.leontief import LeontiefSystem

    content: Float = np.asarray(LeontiefSystem(table).solve_prices(indicator.reshape(-1)))
    return content.reshape(table.shape)


def trade_flows(table: MRIOTable) -> Float:
    """Deliveries [exporter, sector, importer], intermediate and final, (R, S, R)."""
    R, S = table.shape
    flows: Float = table.Z2.reshape(R * S * R, S).sum(axis=1)
    flows = flows + table.Y.values.reshape(R * S * R, -1).sum(axis=1)
    return flows.reshape(R, S, R)


@dataclass(frozen=True, eq=False)
class ContentFlows:
    """Content and trade within reach of a content rule, before its threshold.

    Attributes
    ----------
    direct, embodied : ndarray, shape (R, S)
        Content per unit of output, first round and whole chain.
    trade : ndarray, shape (R, S, R)
        Deliveries [exporter, sector, importer]; zero where the rule does not reach.
    counts : {"chain", "direct"}
        Content that the rule goes by.
    """

    direct: Float
    embodied: Float
    trade: Float
    counts: str

    @property
    def content(self) -> Float:
        """The content that the rule goes by, (R, S)."""
        return self.direct if self.counts == "direct" else self.embodied

    def under(self, threshold: float, content: Float | None = None) -> Bool:
        """Flows with at least so much content, (R, S, R)."""
        measure = self.content if content is None else content
        return (self.trade > 0.0) & (measure >= threshold)[:, :, None]


def content_flows(
    table: MRIOTable, origin: Bool, importers: Bool, shares: Float, counts: str = "chain"
) -> ContentFlows:
    """Content, and the trade of third countries within reach of a rule.

    Parameters
    ----------
    table : MRIOTable
        Its technology and its flows are used.
    origin, importers : ndarray of bool, shape (R,)
        Origins of the content, and buyers whose imports are controlled.
    shares : ndarray, shape (S,)
        Share of the controlled product in the output of the origin's sectors.
    counts : {"chain", "direct"}
        Content that the rule goes by.

    Returns
    -------
    ContentFlows

    Raises
    ------
    ScenarioError
        If there is no third country, or no importer beyond the origin.
    """
    pairs = np.outer(~origin, importers)
    np.fill_diagonal(pairs, False)
    if not pairs.any():
        raise ScenarioError("no third country delivers to the importers; name other importers")
    indicator = np.outer(origin, shares).astype(np.float64)
    trade = np.where(pairs[:, None, :], np.maximum(trade_flows(table), 0.0), 0.0)
    return ContentFlows(
        direct_content(table, indicator), embodied_content(table, indicator), trade, counts
    )


def apply_content_control(
    table: MRIOTable, shock: ContentControl, origin: Bool, importers: Bool, shares: Float
) -> tuple[Bool, str]:
    """Flows of third countries under a content rule.

    Parameters
    ----------
    table, origin, importers, shares
        As :func:`content_flows`.
    shock : ContentControl
        Source of threshold and share, and of the content that counts.

    Returns
    -------
    mask : ndarray of bool, shape (R, S, R)
        Flows under the rule [exporter, sector, importer].
    note : str
        Number and value of the flows under it, with and without indirect content.

    Raises
    ------
    ScenarioError
        As :func:`content_flows`.
    """
    reach = content_flows(table, origin, importers, shares, shock.counts)
    mask = reach.under(shock.threshold)
    total, unit = float(reach.trade.sum()), table.attrs["unit"]

    def flows_and_value(content: Float) -> str:
        under = reach.under(shock.threshold, content)
        return f"{int(under.sum())} flows, {float(reach.trade[under].sum()):,.0f} {unit}"

    note = (
        f"Content rule at {shock.threshold:.3%} by {_BY[shock.counts]}: {int(mask.sum())} of "
        f"{int((reach.trade > 0).sum())} flows of third countries fall under it, "
        f"{float(reach.trade[mask].sum()):,.0f} of {total:,.0f} {unit}. By direct content alone "
        f"{flows_and_value(reach.direct)}; through the whole chain "
        f"{flows_and_value(reach.embodied)}. Content is a sector average: "
        "single products lie above and below it."
    )
    return mask, note


_BY = {"chain": "content through the whole chain", "direct": "direct content"}
