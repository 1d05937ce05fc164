"""Names of effects, with unit, meaning, and base of each percentage.

One registry for every model: the same name means the same thing wherever it is met. A model that
needs a new name adds a row here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from iomodel.errors import IOModelError, unknown_label
from iomodel.typing import BY_FLOW, BY_INDUSTRY, BY_PARTNER, BY_REGION

__all__ = [
    "BAND_SUFFIX",
    "BY_DRAW",
    "CHAINED_VOLUME",
    "CLOSURE_SUFFIX",
    "DRAW_SUFFIX",
    "VARIABLES",
    "EffectVariable",
    "base_of",
    "check_dims",
    "new_of",
    "stem_of",
    "variable",
    "without_suffix",
]

CLOSURE_SUFFIX, BAND_SUFFIX, DRAW_SUFFIX = "_by_closure", "_by_sigma", "_by_draw"
CHAINED_VOLUME = "chained volume at market prices"
"""Definition of GDP in models with prices."""

BY_SIGMA = "by elasticity of substitution across origins"
BY_DRAW = "by draw of trade elasticities"

# Weights of percentages when sectors or regions are added together.
WEIGHTS = {"sector": "output_base", "region": "gdp_base"}


@dataclass(frozen=True)
class EffectVariable:
    """Declaration of one variable of the effects.

    Attributes
    ----------
    name : str
    dims : tuple of str
        Dimensions, in this order. Dynamic models and batches put further ones in front.
    long_name : str
        The variable in words.
    percent_of : str
        Base of the percentage; empty for levels.
    weight : str
        Variable that weights the percentage when regions or sectors are added together; empty for
        levels, which are summed.
    """

    name: str
    dims: tuple[str, ...]
    long_name: str
    percent_of: str = ""
    weight: str = ""

    def unit(self, currency: str) -> str:
        """Return ``percent``, or for levels the unit of the table."""
        return "percent" if self.percent_of else currency


class Level(NamedTuple):
    """Quantity with a level: ``stem_base``, ``stem_new`` in the unit of the table, ``stem_pct``."""

    stem: str
    dims: tuple[str, ...]
    quantity: str
    definitions: tuple[str, ...] = ("",)
    """How the quantity may be measured, the usual way at the front."""

    def variables(self, definition: str) -> Iterator[EffectVariable]:
        """Yield the declarations of base, new level, change, and change by closure, sigma, draw.

        The base is the level of the table whatever the definition: a volume index starts from it.
        """
        base, name = self._words(self.definitions[0]), self._words(definition)
        change, percent_of, weight = f"change of {name}", f"base {name}", f"{self.stem}_base"
        yield EffectVariable(f"{self.stem}_base", self.dims, f"{base}, base")
        yield EffectVariable(f"{self.stem}_new", self.dims, f"{name}, under the scenario")
        percent = EffectVariable(f"{self.stem}_pct", self.dims, change, percent_of, weight)
        yield percent
        yield _along(percent, "closure", CLOSURE_SUFFIX, "by closure")
        yield _along(percent, "sigma", BAND_SUFFIX, BY_SIGMA)
        yield _along(percent, "draw", DRAW_SUFFIX, BY_DRAW)

    def _words(self, definition: str) -> str:
        return f"{self.quantity} ({definition})" if definition else self.quantity


class Percentage(NamedTuple):
    """Percentage without a level of its own."""

    name: str
    dims: tuple[str, ...]
    quantity: str
    percent_of: str
    weight: str = ""
    is_banded: bool = False
    """Whether it may be given by elasticity of substitution or by draw of elasticities too."""

    def variables(self) -> Iterator[EffectVariable]:
        """Yield the declaration, by sigma and draw too; weights default to base output and GDP."""
        words = f"change of {self.quantity}" if self.name.endswith("_pct") else self.quantity
        weight = self.weight or WEIGHTS[self.dims[-1]]
        percent = EffectVariable(self.name, self.dims, words, self.percent_of, weight)
        yield percent
        if self.is_banded:
            yield _along(percent, "sigma", BAND_SUFFIX, BY_SIGMA)
            yield _along(percent, "draw", DRAW_SUFFIX, BY_DRAW)


def _along(declared: EffectVariable, dim: str, suffix: str, words: str) -> EffectVariable:
    """Return the declaration of a variable along one more dimension."""
    name, long_name = f"{declared.name}{suffix}", f"{declared.long_name}, {words}"
    return replace(declared, name=name, dims=(dim, *declared.dims), long_name=long_name)


LEVELS = (
    Level("output", BY_INDUSTRY, "gross output"),
    Level("value_added", BY_INDUSTRY, "value added at basic prices"),
    Level("factor_income", BY_INDUSTRY, "factor income (value added) at current prices"),
    Level("final_sales", BY_INDUSTRY, "sales to final demand"),
    Level("gdp", BY_REGION, "GDP", ("value added at basic prices", CHAINED_VOLUME)),
    Level("final_demand", BY_REGION, "final demand of the region"),
    Level("exports", BY_REGION, "exports"),
    Level("imports", BY_REGION, "imports"),
    Level("tariff_revenue", BY_REGION, "tariff revenue"),
    Level("trade", BY_PARTNER, "exports to each partner"),
    Level("trade_value", BY_PARTNER, "exports to each partner, current prices before duty"),
    Level("trade_by_sector", BY_FLOW, "exports of each product to each partner"),
    Level(
        "trade_value_by_sector",
        BY_FLOW,
        "exports of each product to each partner, current prices before duty",
    ),
)

PERCENTAGES = (
    Percentage("price_pct", BY_INDUSTRY, "producer price", "base price"),
    Percentage(
        "price_direct_pct",
        BY_INDUSTRY,
        "producer price, duties and costs on the industry's own inputs",
        "base price",
    ),
    Percentage(
        "price_cascaded_pct", BY_INDUSTRY, "producer price, passed on by suppliers", "base price"
    ),
    Percentage(
        "cumulative_tariff_base",
        BY_INDUSTRY,
        "tariffs paid along the whole chain of inputs, before",
        "value of output",
    ),
    Percentage(
        "cumulative_tariff_new",
        BY_INDUSTRY,
        "tariffs paid along the whole chain of inputs, after",
        "value of output",
    ),
    Percentage(
        "output_base_shift_pct",
        BY_INDUSTRY,
        "gross output from the table to the base that was solved",
        "base gross output",
    ),
    Percentage(
        "gdp_base_shift_pct",
        BY_REGION,
        "factor income from the table to the base that was solved",
        "base factor income",
    ),
    Percentage(
        "exports_base_shift_pct",
        BY_REGION,
        "exports from the table to the base that was solved",
        "base exports",
        "exports_base",
    ),
    Percentage(
        "imports_base_shift_pct",
        BY_REGION,
        "imports from the table to the base that was solved",
        "base imports",
        "imports_base",
    ),
    Percentage(
        "consumer_price_pct",
        BY_REGION,
        "consumer prices",
        "base consumer prices",
        is_banded=True,
    ),
    Percentage(
        "consumer_price_direct_pct",
        BY_REGION,
        "consumer prices, duties and costs on imported final goods",
        "base consumer prices",
    ),
    Percentage(
        "consumer_price_cascaded_pct",
        BY_REGION,
        "consumer prices, passed on through inputs",
        "base consumer prices",
    ),
    Percentage(
        "real_income_pct",
        BY_REGION,
        "real income (income with tariff revenue over consumer prices)",
        "base real income",
        is_banded=True,
    ),
    Percentage(
        "gni_pct",
        BY_REGION,
        "real national income (factor income, tariff revenue and rents over consumer prices)",
        "base real national income",
        is_banded=True,
    ),
    Percentage("real_wage_pct", BY_REGION, "real wage", "base real wage"),
    Percentage("capital_pct", BY_REGION, "capital in its steady state", "base capital"),
    Percentage(
        "real_consumption_pct",
        BY_REGION,
        "real consumption (final spending without investment, over consumer prices)",
        "base real consumption",
    ),
    Percentage(
        "gdp_cumulative_pct", BY_REGION, "GDP, added up over the whole run", "base GDP of one year"
    ),
    Percentage(
        "real_income_cumulative_pct",
        BY_REGION,
        "real income, added up over the years from the scenario's first to the last",
        "the same sum along the baseline",
    ),
    Percentage(
        "real_income_diffusion_cumulative_pct",
        BY_REGION,
        "real income due to diffusion of ideas, added up over the years: with it less without it",
        "the same sum along the baseline",
    ),
    Percentage(
        "exports_cumulative_pct",
        BY_REGION,
        "exports, added up over the years from the scenario's first to the last",
        "the same sum along the baseline",
        "exports_base",
    ),
    Percentage(
        "trade_cumulative_pct",
        BY_PARTNER,
        "exports to each partner, added up over the years from the scenario's first to the last",
        "the same sum along the baseline",
        "trade_base",
    ),
    Percentage(
        "knowledge_pct",
        BY_INDUSTRY,
        "knowledge (scale of productivity)",
        "knowledge of the baseline",
    ),
    Percentage(
        "knowledge_cumulative_pct",
        BY_INDUSTRY,
        "knowledge, added up over the years from the scenario's first to the last",
        "the same sum along the baseline",
    ),
    Percentage("gdp_path_pct", ("time", *BY_REGION), "GDP along the path", "base GDP"),
    Percentage(
        "gdp_baseline_path_pct",
        ("time", *BY_REGION),
        "GDP of the baseline along the path",
        "GDP of the base year",
    ),
    Percentage(
        "real_income_path_pct",
        ("time", *BY_REGION),
        "real income along the path",
        "real income of the baseline in the same year",
    ),
    Percentage(
        "real_income_no_diffusion_path_pct",
        ("time", *BY_REGION),
        "real income along the path without diffusion of ideas",
        "real income of the baseline without diffusion in the same year",
    ),
    Percentage(
        "real_income_diffusion_pct",
        BY_REGION,
        "real income due to diffusion of ideas: with it less without it",
        "base real income",
    ),
    Percentage(
        "output_path_pct", ("time", *BY_INDUSTRY), "gross output, day by day", "base gross output"
    ),
    Percentage(
        "stock_path_pct",
        ("time", *BY_INDUSTRY),
        "stocks of inputs, day by day",
        "base stocks of inputs",
    ),
    Percentage("terms_of_trade_pct", BY_REGION, "terms of trade", "base terms of trade"),
    Percentage(
        "shadow_price",
        BY_INDUSTRY,
        "worth of one more unit of the product to the region that uses it",
        "base price",
    ),
    Percentage(
        "welfare_first_order_pct",
        BY_REGION,
        "welfare to first order (terms and volume of trade, and transfers)",
        "base income",
    ),
    Percentage(
        "welfare_terms_of_trade_pct",
        BY_REGION,
        "welfare to first order: terms of trade",
        "base income",
    ),
    Percentage(
        "welfare_transfer_pct",
        BY_REGION,
        "welfare to first order: change of the transfer that pays for the deficit",
        "base income",
    ),
    Percentage(
        "welfare_volume_of_trade_pct",
        BY_REGION,
        "welfare to first order: volume of trade",
        "base income",
    ),
    Percentage(
        "employment_pct",
        BY_INDUSTRY,
        "employment",
        "base employment",
        "value_added_base",
        is_banded=True,
    ),
    Percentage(
        "scarcity_rent",
        BY_INDUSTRY,
        "rent on what may not be delivered in full, where it is dearest",
        "unit cost under the scenario",
    ),
)


VARIABLES: dict[str, EffectVariable] = {
    declared.name: declared
    for declared in (
        *(v for level in LEVELS for v in level.variables(level.definitions[0])),
        *(v for percentage in PERCENTAGES for v in percentage.variables()),
    )
}


def variable(name: str, definition: str = "") -> EffectVariable:
    """Return the declaration of a variable.

    Parameters
    ----------
    name : str
    definition : str
        How the quantity is measured, where the registry has several ways; by default the usual one.

    Raises
    ------
    LabelError
        If the name is not registered, or not with this definition.
    """
    if name not in VARIABLES:
        raise unknown_label("effects variable", name, VARIABLES)
    if not definition:
        return VARIABLES[name]
    definitions = {level.stem: level.definitions for level in LEVELS}.get(stem_of(name), ())
    if definition not in definitions:
        raise unknown_label(f"definition of {name!r}", definition, [d for d in definitions if d])
    level = next(level for level in LEVELS if level.stem == stem_of(name))
    return next(v for v in level.variables(definition) if v.name == name)


def stem_of(name: str) -> str:
    """Return the name without its suffix, for example ``gdp`` for ``gdp_pct``."""
    bare = without_suffix(name)
    return next((bare.removesuffix(s) for s in ("_pct", "_base", "_new") if bare.endswith(s)), bare)


def without_suffix(name: str) -> str:
    """Return the name without the suffix of a further dimension: ``gdp_pct``."""
    for suffix in (CLOSURE_SUFFIX, BAND_SUFFIX, DRAW_SUFFIX):
        name = name.removesuffix(suffix)
    return name


def base_of(name: str) -> str:
    """Return the name of the base level of a percentage, for example ``gdp_base``."""
    return stem_of(name) + "_base"


def new_of(name: str) -> str:
    """Return the name of the level under the scenario, for example ``gdp_new``."""
    return stem_of(name) + "_new"


def check_dims(name: str, dims: Iterable[str], extra: Iterable[str]) -> None:
    """Refuse dimensions other than the registered ones; further ones may stand in front.

    Parameters
    ----------
    name : str
        A registered name.
    dims : iterable of str
        Dimensions of the array.
    extra : iterable of str
        Dimensions added by the model, such as ``time``.

    Raises
    ------
    LabelError
        If `name` is not registered.
    IOModelError
        If the dimensions are not those of the registry.
    """
    actual, registered = tuple(dims), variable(name).dims
    front = actual[: len(actual) - len(registered)]
    if actual != (*front, *registered) or not set(front) <= set(extra):
        raise IOModelError(
            f"effects variable {name!r} has dimensions {actual}; it needs {registered}"
        )
