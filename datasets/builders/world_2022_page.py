"""Validation page of world-2022, written from the build itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from string import Template

import numpy as np

from datasets.builders.concordance import CUBE_GROUPS, DATA, FINAL_USES, Concordance, sector_2014_of
from datasets.builders.donors import DONORS, POWER, leave_one_out
from datasets.builders.duties_page import duty_numbers, duty_table, sources_of_revenue
from datasets.builders.imported_inputs import cube_gaps
from datasets.builders.markdown import markdown
from datasets.builders.repairs import real_estate_position
from datasets.builders.value_added import MAX_TAX_SHARE
from datasets.builders.world import World
from datasets.builders.world_2022_inputs_page import inputs_text
from iomodel._io import atomic_path
from iomodel.errors import TableError
from iomodel.typing import Float

COUNTRIES = ("USA", "CHN", "JPN", "DEU", "IND", "VNM")
# Product group of industries A01 to C33 according to the labels printed in the cube.
PRINTED = (0, 0, 0, 1, 2, 3, 4, 4, 4, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 13, 14, 14)
ALTERNATIVES = ((1, 1.0), (3, 1.0), (3, 2.0), (5, 2.0), (8, 2.0), (41, 0.0))


def write_page(world: World, path: Path) -> None:
    """Write the page as Markdown."""
    template = Template((DATA / "world_2022_page.md").read_text(encoding="utf-8"))
    if world.duties is None:
        raise TableError("the page describes the duties of 2022; this table has the cube's tariffs")
    duties = {
        **duty_numbers(world, world.duties),
        "duties": duty_table(world, world.duties),
        "revenue_sources": sources_of_revenue(),
    }
    inputs = inputs_text(world)
    text = template.substitute(_numbers(world), **_tables(world), **duties, **inputs)
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def spectral_radius(trade: Float, use: Float, sweeps: int = 400) -> float:
    """Dominant eigenvalue of the world's A by power iteration on its factors.

    The n x n matrix is never built: prices are first averaged over origins, then over inputs.
    """
    output = trade.sum(axis=2)
    share = trade / np.maximum(trade.sum(axis=0), 1e-300)
    inputs = _coefficients(use, output)
    price, value = np.ones_like(output), 0.0
    for _ in range(sweeps):
        delivered = np.einsum("isr,is->rs", share, price)
        price = np.einsum("rs,rsu->ru", delivered, inputs)
        value = float(price.max())
        price = price / value
    return value


def _coefficients(use: Float, output: Float) -> Float:
    """Input coefficients (81, 37, 37), zero where there is no output."""
    flows = use[:, :, : output.shape[1]]
    scale = output[:, None, :]
    return np.divide(flows, scale, out=np.zeros_like(flows), where=scale > 0)


def _numbers(world: World) -> dict[str, object]:
    """Single figures of the page, formatted."""
    gaps = cube_gaps(world.wiod, world.concordance)
    accounts, regions = world.accounts, world.icio.regions
    gdp = world.macro.gdp[2022]
    residual = gdp["WLD"] - np.nansum(accounts.gdp_published)
    value_added = world.primary[0]
    R = len(regions)
    home = world.trade[np.arange(R), :, np.arange(R)].sum()
    clipped = [r for r, t in zip(regions, accounts.tax_share, strict=True) if t == MAX_TAX_SHARE]
    assumed = accounts.tax_share[[s.startswith("assumed") for s in accounts.tax_source]]
    inputs = _coefficients(world.national.use, world.trade.sum(axis=2))
    return {
        "regions": R,
        "sectors": len(world.concordance.sectors),
        "goods": world.concordance.goods,
        "services": int(world.concordance.is_service.sum()),
        "output": f"{world.trade.sum() / 1e6:.1f}",
        "value_added": f"{value_added.sum() / 1e6:.1f}",
        "trade": f"{(world.trade.sum() - home) / 1e6:.1f}",
        "donors": DONORS,
        "power": f"{POWER:g}",
        "clipped": " and ".join(clipped),
        "median": f"{assumed[0]:.1%}",
        "iterations": world.national.iterations,
        "column_error": "within 1e-12",
        "replaced": ", ".join(world.technology.replaced),
        "groups": ", ".join(CUBE_GROUPS),
        "gap_home": f"{gaps['home']:.1%}",
        "gap_printed": f"{cube_gaps(world.wiod, _as_printed(world.concordance))['home']:.0%}",
        "gap_exports": f"{gaps['exports']:.1%}",
        "gap_imports": f"{gaps['imports']:.1%}",
        "gap_negative": "no" if gaps["negative"] == 0 else f"{gaps['negative']:.0f}",
        "mexico": f"{_real_estate(world):.0%}",
        "tested": len(world.technology.regions) - 1,
        "row_residual": f"{residual / 1e3:,.0f}",
        "row_value_added": f"{value_added[regions.index('ROW')].sum() / 1e3:,.0f}",
        "taiwan": f"{value_added[regions.index('TWN')].sum() / 1e3:,.0f}",
        "radius": f"{spectral_radius(world.trade, world.national.use):.3f}",
        "column_sum": f"{inputs.sum(axis=1).max():.3f}",
    }


def _real_estate(world: World) -> float:
    """Share of real estate in Mexico's value added of 2014 as repaired."""
    country, real_estate, _ = real_estate_position(world.wiod.regions, list(sector_2014_of()))
    value_added = world.wiod.costs[5, country]
    return float(value_added[real_estate] / value_added.sum())


def _as_printed(concordance: Concordance) -> Concordance:
    """Concordance that the printed labels of the 2014 cube would imply."""
    groups = np.zeros_like(concordance.to_cube)
    groups[np.arange(len(PRINTED)), PRINTED] = 1.0
    groups[len(PRINTED) :, -1] = 1.0
    return replace(concordance, to_cube=groups)


def _tables(world: World) -> dict[str, str]:
    return {
        "leave_one_out": _leave_one_out_table(world),
        "region_table": _region_table(world),
        "sector_table": _sector_table(world),
        "adjustments": _adjustment_table(world),
        "coefficients": _coefficient_table(world),
    }


def _leave_one_out_table(world: World) -> str:
    output = world.trade.sum(axis=2)
    rows = []
    for count, power in ALTERNATIVES:
        errors = leave_one_out(world.icio, world.macro, world.technology, output, count, power)
        mark = " (used)" if (count, power) == (DONORS, POWER) else ""
        rows.append([f"{count}{mark}", f"{power:g}", *(f"{e:.1%}" for e in errors)])
    return markdown(["donors", "power", "inputs", "value added"], rows)


def _region_table(world: World) -> str:
    accounts, donors = world.accounts, world.donors
    total = world.primary[0].sum(axis=1)
    moved = _mean_change(world)
    rows = []
    for r, region in enumerate(world.icio.regions):
        published = np.isfinite(accounts.gdp_published[r])
        lent = [
            f"{code} {weight:.2f}"
            for code, weight in zip(donors.codes[r], donors.shares[r], strict=True)
            if weight > 0
        ]
        star = "*" if accounts.tax_source[r].startswith("assumed") else ""
        value_at_2014_shares = accounts.before[r]
        rows.append(
            [
                region,
                "own" if donors.own[r] else ", ".join(lent),
                accounts.status[r],
                f"{accounts.gdp_published[r] / 1e3:,.1f}" if published else "none",
                f"{accounts.tax_share[r]:.3f}{star}",
                f"{total[r] / 1e3:,.1f}",
                f"{value_at_2014_shares / accounts.gdp_published[r]:.2f}" if published else "none",
                f"{value_at_2014_shares / total[r]:.2f}",
                f"{accounts.shift[r]:+.2f}",
                f"{moved[r]:.2f}",
            ]
        )
    header = ["region", "technology", "value added is", "GDP", "tax share", "value added"]
    header += ["before / GDP", "before / value added", "shift", "RAS"]
    return markdown(header, rows, text_columns=3)


def _mean_change(world: World) -> Float:
    """Flow-weighted mean absolute logarithmic change by RAS, per region."""
    use, seed = world.national.use, world.national.seed
    is_positive = (use > 0) & (seed > 0)
    change = np.abs(np.log(np.where(is_positive, use, 1.0) / np.where(is_positive, seed, 1.0)))
    mean: Float = (change * use).sum(axis=(1, 2)) / use.sum(axis=(1, 2))
    return mean


def _sector_table(world: World) -> str:
    regions, concordance = world.icio.regions, world.concordance
    shares = world.primary[0] / world.primary[0].sum(axis=1, keepdims=True)
    value_added = world.wiod.costs[5] @ concordance.to_parent
    shares_2014 = value_added / value_added.sum(axis=1, keepdims=True)
    parent = concordance.parent_of
    rows = []
    for p, name in enumerate(concordance.parents):
        cells = []
        for code in COUNTRIES:
            cell = f"{shares[regions.index(code), parent == p].sum():.1%}"
            if code in world.technology.regions:
                cell += f" ({shares_2014[world.technology.regions.index(code), p]:.1%})"
            cells.append(cell)
        rows.append([name, *cells])
    return markdown(["sector", *COUNTRIES], rows)


def _adjustment_table(world: World, count: int = 20, per_region: int = 2) -> str:
    use, seed = world.national.use, world.national.seed
    regions, sectors = world.icio.regions, world.concordance.sectors
    weight = np.abs(use - seed) / world.trade.sum(axis=(1, 2))[:, None, None]
    rows: list[list[str]] = []
    count_by_region: dict[str, int] = {}
    for position in np.argsort(-weight, axis=None, kind="stable"):
        r, s, u = np.unravel_index(position, use.shape)
        region = regions[r]
        if count_by_region.get(region, 0) == per_region:
            continue
        count_by_region[region] = count_by_region.get(region, 0) + 1
        flows = [f"{a[r, s, u] / 1e3:,.1f}" for a in (seed, use)]
        rows.append([region, sectors[s], [*sectors, *FINAL_USES][u], *flows])
        rows[-1].append(f"{weight[r, s, u]:.1%}")
        if len(rows) == count:
            break
    return markdown(
        ["region", "product", "user", "seed", "fitted", "of output"], rows, text_columns=3
    )


def _coefficient_table(world: World, count: int = 15) -> str:
    output = world.trade.sum(axis=2)
    inputs = _coefficients(world.national.use, output) * (output > 1e3)[:, None, :]
    regions, sectors = world.icio.regions, world.concordance.sectors
    rows = []
    for position in np.argsort(-inputs, axis=None, kind="stable")[:count]:
        r, s, u = np.unravel_index(position, inputs.shape)
        numbers = [f"{inputs[r, s, u]:.3f}", f"{output[r, u] / 1e3:,.1f}"]
        rows.append([regions[r], sectors[s], sectors[u], *numbers])
    header = ["region", "product", "user", "coefficient", "output, billion USD"]
    return markdown(header, rows, text_columns=3)
