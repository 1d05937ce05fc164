"""Validation page of world-2014, written from the build itself."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from string import Template

import numpy as np

from datasets.builders.concordance import DATA
from datasets.builders.duties import mean_duty
from datasets.builders.markdown import markdown
from datasets.builders.raw import read_icio
from datasets.builders.wiod_2014 import sectors_2014
from datasets.builders.world_2014_tables import World2014
from iomodel._io import atomic_path
from iomodel.indicators.value_added_trade import (
    domestic_value_added_in_exports,
    gross_exports,
    vax,
)
from iomodel.leontief import LeontiefSystem
from iomodel.table.mrio import MRIOTable
from iomodel.table.readers.wiod import FINAL_USES, INVENTORIES
from iomodel.typing import Float

__all__ = ["CITED_EXPORTS", "write_page_2014"]

# Billion USD; another program on the official release.
CITED_EXPORTS = 20_637
GOODS = 22
IMPORTERS = ("USA", "CHN", "DEU", "JPN", "KOR", "IND", "BRA", "RUS", "TUR", "MEX", "ROW")


def write_page_2014(world: World2014, table: MRIOTable, raw: Path, path: Path) -> None:
    """Write the page as Markdown.

    Parameters
    ----------
    world : World2014
        The build.
    table : MRIOTable
        The table as it was written and read again.
    raw : pathlib.Path
        The folder of raw data.
    path : pathlib.Path
        File to write.
    """
    template = Template((DATA / "world_2014_page.md").read_text(encoding="utf-8"))
    trade = table.Z.values.sum(axis=3) + table.Y.values.sum(axis=3)
    text = template.substitute(
        _size(world, table),
        **_repairs(world, table),
        **_value_added(world, table),
        **_value_added_in_trade(table, raw),
        identities=_identities(table),
        **_duties(world, trade),
        **_rest_of_world(table, trade),
        share_gap=f"{100 * _share_gap(table):.1f} percentage points",
    )
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


# ---------------------------------------------------------------------- helpers
def _size(world: World2014, table: MRIOTable) -> dict[str, object]:
    idle = table.x.values == 0.0
    exports = gross_exports(table).sum().item()
    merged = [[s, ", ".join(codes)] for s, codes in sectors_2014().items() if len(codes) > 1]
    return {
        "regions": len(table.regions),
        "sectors": len(table.sectors),
        "output": _trillion(table.x.values.sum()),
        "value_added": _trillion(table.value_added.values.sum()),
        "trade": _trillion(exports),
        "importers": len(table.regions) - 1,
        "cap_crops": f"{world.duties.caps['A01']:.1%}",
        "cap_food": f"{world.duties.caps['C10-C12']:.1%}",
        "proportional_gap": f"{world.source.proportional_gap:.2f}",
        "merged": markdown(["sector", "industries of WIOD"], merged, text_columns=2),
        "idle": int(idle.sum()),
        "idle_russia": int(idle[table.regions.index("RUS")].sum()),
    }


def _identities(table: MRIOTable) -> str:
    rows = [[i.name, f"{i.worst:.0e}"] for i in table.check(1e-9).identities]
    return markdown(["identity", "worst"], rows)


def _repairs(world: World2014, table: MRIOTable) -> dict[str, object]:
    repairs = world.repairs
    sales = repairs.negative_sales
    (seller, sector, buyer), largest = min(sales.items(), key=lambda item: item[1])
    value_added = table.value_added.values
    below = np.argwhere(value_added < 0.0)
    capital = world.table.final[..., FINAL_USES.index("GFCF")]
    inventories = world.table.final[..., INVENTORIES]
    return {
        "real_estate": f"{repairs.real_estate:.0%}",
        "losses": _listed(
            f"{region} {sector} ({loss:.0f} million)"
            for (region, sector), loss in repairs.losses.items()
        ),
        "moved": _listed(
            f"{share:.1%} of imported inputs of {region}" for region, share in repairs.moved.items()
        )
        + " changed industry.",
        "negative": len(sales),
        "negative_total": f"{sum(sales.values()):,.0f}",
        "largest_negative": f"{seller} {sector} to {buyer} ({largest:,.0f})",
        "negative_inventories": f"{_below_zero(inventories):,.0f}",
        "negative_capital": f"{_below_zero(capital):,.0f}",
        "negative_value_added": _listed(
            f"{table.regions[r]} {table.sectors[s]} ({value_added[r, s]:,.0f} million)"
            for r, s in below
        ),
    }


def _value_added(world: World2014, table: MRIOTable) -> dict[str, str]:
    """Gaps to the value added of WIOD's costs."""
    published = world.table.costs["value_added"]
    gap = table.value_added.values[:-1] - published
    by_country = gap.sum(axis=1) / published.sum(axis=1)
    country = int(np.abs(by_country).argmax())
    r, s = np.unravel_index(int(np.abs(gap).argmax()), gap.shape)
    mean = np.abs(gap).sum() / np.abs(published).sum()
    return {
        "va_world": f"{gap.sum() / published.sum():+.4%}",
        "va_country": f"{table.regions[country]} ({by_country[country]:+.2%})",
        "va_industry": (
            f"{table.regions[r]} {table.sectors[s]} ({gap[r, s]:+,.0f} on {published[r, s]:,.0f} "
            "million)"
        ),
        "va_mean": f"{mean:.3%}",
    }


def _value_added_in_trade(table: MRIOTable, raw: Path) -> dict[str, str]:
    system = LeontiefSystem(table)
    exports = gross_exports(table).values / 1e3
    domestic = domestic_value_added_in_exports(table).values / 1e3
    absorbed = vax(table, system).values / 1e3
    icio = read_icio(raw, 2014)
    position = [icio.regions.index(region) for region in table.regions[:-1]]
    cube = icio.trade.sum(axis=1) / 1e3
    np.fill_diagonal(cube, 0.0)
    cube_exports = cube.sum(axis=1)[position]
    from_rest = cube[:, position].sum() - cube[np.ix_(position, position)].sum()
    rows = [
        [
            region,
            f"{exports[k]:,.1f}",
            f"{domestic[k]:,.1f}",
            f"{absorbed[k]:,.1f}",
            f"{absorbed[k] / exports[k]:.3f}",
            f"{cube_exports[k]:,.1f}" if k < len(cube_exports) else "",
        ]
        for k, region in enumerate(table.regions)
    ]
    header = ["region", "gross exports", "domestic value added in exports"]
    header += ["value added absorbed abroad", "ratio (VAX)", "gross exports, ICIO"]
    return {
        "exports": f"{exports.sum():,.0f}",
        "exports_cited": f"{CITED_EXPORTS:,}",
        "value_added_in_trade": markdown(header, rows),
        "icio_total": f"{cube_exports.sum() + from_rest:,.0f}",
        "icio_median": f"{np.median(np.abs(cube_exports / exports[:-1] - 1.0)):.1%}",
    }


def _share_gap(table: MRIOTable) -> float:
    """Mean distance of industries' import shares from the country's, weighted by use."""
    home = np.arange(len(table.regions))
    use, domestic = table.Z.values.sum(axis=0), table.Z.values[home, :, home]
    use = np.ascontiguousarray(use.transpose(1, 0, 2))
    final, final_home = table.Y.values.sum(axis=(0, 3)).T, table.Y.values.sum(axis=3)[home, :, home]
    total = use.sum(axis=2) + final
    common = 1.0 - _over(domestic.sum(axis=2) + final_home, total)
    gap = np.abs(1.0 - _over(domestic, use) - common[..., None])
    return float((gap * use).sum() / use.sum())


def _duties(world: World2014, trade: Float) -> dict[str, str]:
    """Mean duties on goods by importer, and on the two with prohibitive lines."""
    table, rates = world.table, (world.duties.tariff, world.duties.weighted)

    def means(sectors: list[int], code: str) -> list[str]:
        importer = table.regions.index(code)
        return [f"{mean_duty(rate, trade, sectors)[importer]:.1%}" for rate in rates]

    rows = [[code, *means(list(range(GOODS)), code)] for code in IMPORTERS]
    crops = means([table.sectors.index("A01")], "KOR")
    food = means([table.sectors.index("C10-C12")], "IND")
    return {
        "duties": markdown(["importer", "world-2014", "trade-weighted source"], rows),
        "korea_crops": crops[0],
        "korea_crops_weighted": crops[1],
        "india_food": food[0],
        "india_food_weighted": food[1],
    }


def _rest_of_world(table: MRIOTable, trade: Float) -> dict[str, str]:
    """Trade of the rest of the world, the last region."""
    exports, imports = trade[-1, :, :-1].sum() / 1e3, trade[:-1, :, -1].sum() / 1e3
    value_added = table.value_added.values[-1].sum() / 1e3
    return {
        "rest_exports": f"{exports:,.0f}",
        "rest_imports": f"{imports:,.0f}",
        "rest_deficit": f"{(imports - exports) / value_added:.0%}",
    }


def _over(numerator: Float, denominator: Float) -> Float:
    quotient: Float = np.divide(
        numerator, denominator, out=np.zeros_like(numerator), where=denominator != 0.0
    )
    return quotient


def _below_zero(cells: Float) -> float:
    """Sum of negative cells, billion USD."""
    return float(np.minimum(cells, 0.0).sum() / 1e3)


def _trillion(value: float) -> str:
    return f"{value / 1e6:.1f}"


def _listed(items: Iterable[str]) -> str:
    return " and ".join(items)
