"""Validation of the duties of world-2022: revenue and mean rates against what was collected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from datasets.builders.collected_duties import CHINA
from datasets.builders.concordance import DATA
from datasets.builders.duties import FOOD, IMPORTER, Duties, extend_tariffs, mean_duty
from datasets.builders.markdown import markdown
from datasets.builders.world import World
from iomodel.table.groups import region_groups
from iomodel.typing import Float

RULES = {"a": "collected", "b": "smaller of two", "c": "cube, food capped"}
THOUSAND = 1e3


def duty_numbers(world: World, duties: Duties) -> dict[str, object]:
    """Single figures on duties for the page, formatted."""
    revenue, us = duties.us.revenue, world.icio.regions.index(IMPORTER)
    imports = _imports(world)
    from_china = imports[world.icio.regions.index(CHINA), :, us]
    section_301 = from_china @ duties.us.section_301
    reference = from_china @ duties.us.section_301_reference
    return {
        "food_cap": f"{duties.food_cap:.1%}",
        "us_ordinary": f"{revenue['ordinary']:.1f}",
        "us_additional": f"{revenue['section_301']:.1f}",
        "us_imports": f"{revenue['imports']:,.0f}",
        "us_table_imports": f"{imports[:, :, us].sum() / THOUSAND:,.0f}",
        "us_missing": f"{1 - imports[:, :, us].sum() / THOUSAND / revenue['imports']:.0%}",
        "section_301_rate": f"{section_301 / from_china.sum():.1%}",
        "section_301_reference": f"{reference / from_china.sum():.1%}",
    }


def duty_table(world: World, duties: Duties) -> str:
    """Revenue in billion USD and mean rates of the larger importers, as a Markdown table."""
    cube = extend_tariffs(world.icio, len(world.concordance.sectors))
    collected = pd.read_csv(DATA / "duties_collected.csv", dtype=str)
    us = duties.us.revenue
    ordinary, additional = (f"{us[key]:.1f} (2024)" for key in ("ordinary", "section_301"))
    rows = [
        _row(world, duties, cube, f"{IMPORTER}, ordinary", [IMPORTER], ordinary),
        _section_301_row(world, duties, additional),
    ]
    for line in collected.itertuples():
        members = region_groups().get(str(line.importer), [str(line.importer)])
        low, high = str(line.low), str(line.high)
        amount = low if low == high else f"{low}-{high}"
        rows.append(
            _row(world, duties, cube, str(line.importer), members, f"{amount} ({line.year})")
        )
    others = [region for region, rule in duties.by_rule.items() if rule == "c"]
    rows.append(_row(world, duties, cube, "outside WIOD", others, ""))
    rows.append(_row(world, duties, cube, "world", world.icio.regions, ""))
    header = ["importer", "rule", "collected", "revenue", "by the cube"]
    header += ["mean duty", "by the cube", "on food", "by the cube"]
    return markdown(header, rows, text_columns=3)


def sources_of_revenue() -> str:
    """List the sources of the revenue collected."""
    collected = pd.read_csv(DATA / "duties_collected.csv", dtype=str)
    return "; ".join(f"{line.importer}: {line.source}" for line in collected.itertuples())


def _row(
    world: World, duties: Duties, cube: Float, name: str, importers: Sequence[str], collected: str
) -> list[str]:
    regions, food = world.icio.regions, world.concordance.sectors.index(FOOD)
    columns = [regions.index(region) for region in importers]
    goods = list(range(world.concordance.goods))
    rules = {RULES[duties.by_rule[region]] for region in importers}
    cells = [name, rules.pop() if len(rules) == 1 else "", collected]
    revenue = [_revenue(world, rates)[columns].sum() for rates in (duties.tariff, cube)]
    cells += [f"{amount / THOUSAND:.1f}" for amount in revenue]
    for sectors in (goods, [food]):
        for rates in (duties.tariff, cube):
            cells.append(f"{_pooled_duty(world, rates, sectors, columns):.1%}")
    return cells


def _section_301_row(world: World, duties: Duties, collected: str) -> list[str]:
    regions = world.icio.regions
    seller, us = regions.index(CHINA), regions.index(IMPORTER)
    flows = _imports(world)[seller, :, us]
    amount = flows @ duties.us.section_301
    food = duties.us.section_301[world.concordance.sectors.index(FOOD)]
    cells = [f"{IMPORTER}, section 301 on {CHINA}", "collected", collected]
    cells += [f"{amount / THOUSAND:.1f}", "none", f"{amount / flows.sum():.1%}", "none"]
    return [*cells, f"{food:.1%}", "none"]


def _pooled_duty(world: World, rates: Float, sectors: list[int], importers: list[int]) -> float:
    """Mean duty of several importers together, weighted by imports."""
    imports = _imports(world)[:, sectors].sum(axis=(0, 1))[importers]
    means = mean_duty(rates, world.trade, sectors)[importers]
    return float(means @ imports / imports.sum())


def _imports(world: World) -> Float:
    """Trade across borders in goods, million USD; zero for services and own sales."""
    imports = world.trade.copy()
    imports[:, world.concordance.goods :] = 0.0
    own = np.arange(len(imports))
    imports[own, :, own] = 0.0
    return imports


def _revenue(world: World, rates: Float) -> Float:
    """Duties by importer, million USD."""
    return np.asarray((_imports(world) * rates).sum(axis=(0, 1)), dtype=np.float64)
