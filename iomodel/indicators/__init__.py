"""Indicators of a table, each labelled, with its equation, unit and source.

``value_added_trade`` value added in trade; ``cumulative_tariffs`` tariffs along chains of inputs;
``extraction`` hypothetical extraction of industries; ``inoperability`` relative losses of output.
Multipliers are :meth:`iomodel.LeontiefSystem.multipliers`.
"""

from iomodel.indicators.cumulative_tariffs import cumulative_tariff, cumulative_tariff_by_industry
from iomodel.indicators.extraction import extract_industries, industry_indices
from iomodel.indicators.inoperability import dynamic_inoperability, inoperability, resilience
from iomodel.indicators.value_added_trade import (
    domestic_value_added_in_exports,
    gross_exports,
    value_added_absorbed,
    vax,
    vax_ratio,
)

__all__ = [
    "cumulative_tariff",
    "cumulative_tariff_by_industry",
    "domestic_value_added_in_exports",
    "dynamic_inoperability",
    "extract_industries",
    "gross_exports",
    "industry_indices",
    "inoperability",
    "resilience",
    "value_added_absorbed",
    "vax",
    "vax_ratio",
]
