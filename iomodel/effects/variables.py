"""The names that effects may carry: what each is, its unit, and what its percentage is of.

One registry for every model, so that a name means the same thing wherever it is met. A model that
needs a new name adds a row here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from iomodel.errors import IOModelError, unknown_label

__all__ = ["CLOSURE_SUFFIX", "VARIABLES", "EffectVariable", "base_of", "new_of", "variable"]

BY_INDUSTRY = ("region", "sector")
BY_REGION = ("region",)
BY_PARTNER = ("region", "user_region")
BY_FLOW = ("region", "sector", "user_region")
CLOSURE_SUFFIX = "_by_closure"


@dataclass(frozen=True)
class EffectVariable:
    """What one name of the effects stands for.

    Attributes
    ----------
    name : str
    dims : tuple of str
        Dimensions, in this order. Dynamic models and batches put further ones in front.
    long_name : str
        The variable in words.
    percent_of : str
        What the percentage is of; empty where the variable is a level in the table's unit.
    weight : str
        Variable that weights the percentage when regions or sectors are added together; empty for
        levels, which are summed.
    """

    name: str
    dims: tuple[str, ...]
    long_name: str
    percent_of: str = ""
    weight: str = ""


# Levels come in triplets: stem_base, stem_new in the table's unit, stem_pct in percent of the base.
LEVELS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("output", BY_INDUSTRY, "gross output"),
    ("value_added", BY_INDUSTRY, "value added at basic prices"),
    ("factor_income", BY_INDUSTRY, "factor income (value added) at current prices"),
    ("final_sales", BY_INDUSTRY, "sales to final demand"),
    ("gdp", BY_REGION, "GDP (value added at basic prices)"),
    ("final_demand", BY_REGION, "final demand of the region"),
    ("exports", BY_REGION, "exports"),
    ("imports", BY_REGION, "imports"),
    ("tariff_revenue", BY_REGION, "tariff revenue"),
    ("trade", BY_PARTNER, "exports to each partner"),
    ("trade_value", BY_PARTNER, "exports to each partner, current prices before duty"),
    ("trade_by_sector", BY_FLOW, "exports of each product to each partner"),
    (
        "trade_value_by_sector",
        BY_FLOW,
        "exports of each product to each partner, current prices before duty",
    ),
)

# Percentages without a level of their own: name, dimensions, what, percent of what, weight.
PERCENTAGES: tuple[tuple[str, tuple[str, ...], str, str, str], ...] = (
    ("price_pct", BY_INDUSTRY, "producer price", "base price", "output_base"),
    (
        "price_direct_pct",
        BY_INDUSTRY,
        "producer price, duties and costs on the industry's own inputs",
        "base price",
        "output_base",
    ),
    (
        "price_cascaded_pct",
        BY_INDUSTRY,
        "producer price, passed on by suppliers",
        "base price",
        "output_base",
    ),
    (
        "cumulative_tariff_base",
        BY_INDUSTRY,
        "tariffs paid along the whole chain of inputs, before",
        "value of output",
        "output_base",
    ),
    (
        "cumulative_tariff_new",
        BY_INDUSTRY,
        "tariffs paid along the whole chain of inputs, after",
        "value of output",
        "output_base",
    ),
    ("consumer_price_pct", BY_REGION, "consumer prices", "base consumer prices", "gdp_base"),
    (
        "consumer_price_direct_pct",
        BY_REGION,
        "consumer prices, duties and costs on imported final goods",
        "base consumer prices",
        "gdp_base",
    ),
    (
        "consumer_price_cascaded_pct",
        BY_REGION,
        "consumer prices, passed on through inputs",
        "base consumer prices",
        "gdp_base",
    ),
    (
        "real_income_pct",
        BY_REGION,
        "real income (income with tariff revenue over consumer prices)",
        "base real income",
        "gdp_base",
    ),
    ("real_wage_pct", BY_REGION, "real wage", "base real wage", "gdp_base"),
    (
        "gdp_cumulative_pct",
        BY_REGION,
        "GDP, added up over the whole run",
        "base GDP of one year",
        "gdp_base",
    ),
    ("gdp_path_pct", ("time", *BY_REGION), "GDP along the path", "base GDP", "gdp_base"),
    (
        "gdp_baseline_path_pct",
        ("time", *BY_REGION),
        "GDP of the baseline along the path",
        "GDP of the base year",
        "gdp_base",
    ),
    (
        "real_income_path_pct",
        ("time", *BY_REGION),
        "real income along the path",
        "real income of the baseline in the same year",
        "gdp_base",
    ),
    (
        "real_income_no_diffusion_path_pct",
        ("time", *BY_REGION),
        "real income along the path without diffusion of ideas",
        "real income of the baseline without diffusion in the same year",
        "gdp_base",
    ),
    (
        "real_income_diffusion_pct",
        BY_REGION,
        "real income due to diffusion of ideas: with it less without it",
        "base real income",
        "gdp_base",
    ),
    (
        "output_path_pct",
        ("time", *BY_INDUSTRY),
        "gross output, day by day",
        "base gross output",
        "output_base",
    ),
    (
        "stock_path_pct",
        ("time", *BY_INDUSTRY),
        "stocks of inputs, day by day",
        "base stocks of inputs",
        "output_base",
    ),
    ("terms_of_trade_pct", BY_REGION, "terms of trade", "base terms of trade", "gdp_base"),
    (
        "shadow_price",
        BY_INDUSTRY,
        "worth of one more unit of the product to the region that uses it",
        "base price",
        "output_base",
    ),
    (
        "welfare_first_order_pct",
        BY_REGION,
        "welfare to first order (terms plus volume of trade)",
        "base income",
        "gdp_base",
    ),
    (
        "welfare_terms_of_trade_pct",
        BY_REGION,
        "welfare to first order: terms of trade",
        "base income",
        "gdp_base",
    ),
    (
        "welfare_volume_of_trade_pct",
        BY_REGION,
        "welfare to first order: volume of trade",
        "base income",
        "gdp_base",
    ),
    ("employment_pct", BY_INDUSTRY, "employment", "base employment", "value_added_base"),
    (
        "scarcity_rent",
        BY_INDUSTRY,
        "rent on what may not be delivered in full, where it is dearest",
        "unit cost under the scenario",
        "output_base",
    ),
)


def _registry() -> dict[str, EffectVariable]:
    found = []
    for stem, dims, name in LEVELS:
        found += [
            EffectVariable(f"{stem}_base", dims, f"{name}, base"),
            EffectVariable(f"{stem}_new", dims, f"{name}, under the scenario"),
            EffectVariable(
                f"{stem}_pct", dims, f"change of {name}", f"base {name}", f"{stem}_base"
            ),
            EffectVariable(
                f"{stem}_pct{CLOSURE_SUFFIX}",
                ("closure", *dims),
                f"change of {name}, by closure",
                f"base {name}",
                f"{stem}_base",
            ),
        ]
    for name, dims, words, of, weight in PERCENTAGES:
        change = f"change of {words}" if name.endswith("_pct") else words
        found.append(EffectVariable(name, dims, change, of, weight))
    return {v.name: v for v in found}


VARIABLES: dict[str, EffectVariable] = _registry()


def variable(name: str) -> EffectVariable:
    """Return what a name stands for.

    Raises
    ------
    LabelError
        If no model may use the name.
    """
    if name not in VARIABLES:
        raise unknown_label("effects variable", name, VARIABLES)
    return VARIABLES[name]


def base_of(name: str) -> str:
    """Return the name of the base level of a percentage, for example ``gdp_base``."""
    return _stem(name) + "_base"


def new_of(name: str) -> str:
    """Return the name of the level under the scenario, for example ``gdp_new``."""
    return _stem(name) + "_new"


def _stem(name: str) -> str:
    return name.removesuffix(CLOSURE_SUFFIX).removesuffix("_pct")


def check_dims(name: str, dims: Iterable[str], extra: Iterable[str]) -> None:
    """Refuse dimensions other than the registered ones, further ones allowed in front.

    Parameters
    ----------
    name : str
        A registered name.
    dims : iterable of str
        Dimensions of the array.
    extra : iterable of str
        Dimensions that the model brought along, such as ``time``.

    Raises
    ------
    LabelError
        If `name` is not registered.
    IOModelError
        If the dimensions are not those of the registry.
    """
    given, wanted = tuple(dims), variable(name).dims
    front = given[: len(given) - len(wanted)]
    if given != (*front, *wanted) or not set(front) <= set(extra):
        raise IOModelError(f"effects variable {name!r} has dimensions {given}; it needs {wanted}")
