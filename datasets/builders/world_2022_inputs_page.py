"""How far data on inputs move the technology of world-2022: text of its page."""

from __future__ import annotations

import numpy as np

from datasets.builders.imported_inputs import estimated_imports, imported_inputs
from datasets.builders.markdown import markdown
from datasets.builders.national_tables import SOURCES
from datasets.builders.national_use import fit_national_use
from datasets.builders.technology import build_technology
from datasets.builders.value_added import calibrate_value_added
from datasets.builders.world import World
from iomodel.table.storage.import_odds import fit_import_share
from iomodel.typing import Float


def inputs_text(world: World) -> dict[str, str]:
    """Table by region and world averages of misplaced inputs, formatted."""
    estimate, imported, lenders = _imports_of_2014(world)
    earlier, use = _earlier_use(world), world.national.use
    goods_and_services = len(world.concordance.sectors)
    old_inputs, inputs = earlier[:, :, :goods_and_services], use[:, :, :goods_and_services]
    common, by_user = _imports_by_user(world)
    regions = world.icio.regions
    pairs = [(old_inputs, inputs), (common, by_user)]
    moved = [_misplaced(*pair) for pair in pairs]
    misplaced = dict(zip(lenders, _misplaced(estimate, imported), strict=True))
    rows = [
        [
            region,
            SOURCES.get(region, "WIOD 2014" if region in misplaced else "donors"),
            f"{misplaced[region]:.1%}" if region in misplaced else "none",
            *(f"{share[r]:.1%}" for share in moved),
        ]
        for r, region in enumerate(regions)
    ]
    header = ["region", "inputs from", "imported inputs", "inputs", "by user"]
    return {
        "inputs_table": markdown(header, rows, text_columns=2),
        "tested_imports": str(len(lenders)),
        "misplaced": f"{_overall(estimate, imported):.1%}",
        "moved": f"{_overall(*pairs[0]):.1%}",
        "by_user": f"{_overall(*pairs[1]):.1%}",
    }


def _imports_of_2014(world: World) -> tuple[Float, Float, list[str]]:
    """Estimate and data of the imported inputs of 2014, (43, 31, 31) each, and their countries."""
    to_parent = world.concordance.to_parent
    pair = [
        np.einsum("rij,ip,jq->rpq", recipe(world.wiod, world.concordance), to_parent, to_parent)
        for recipe in (estimated_imports, imported_inputs)
    ]
    return pair[0], pair[1], world.technology.regions


def _earlier_use(world: World) -> Float:
    """Use of 2022 with imported inputs estimated and the technology of 2014 everywhere."""
    imported = estimated_imports(world.wiod, world.concordance)
    technology = build_technology(world.wiod, world.concordance, imported)
    output = world.trade.sum(axis=2)
    accounts = calibrate_value_added(world.icio, world.macro, technology, world.donors, output)
    return fit_national_use(technology, world.donors, world.trade, accounts).use


def _imports_by_user(world: World) -> tuple[Float, Float]:
    """Use of imports in 2022 under common import shares and under shares by user."""
    trade, use = world.trade, world.national.use
    regions = np.arange(len(trade))
    absorbed = trade.sum(axis=0)
    imports = absorbed - trade[regions, :, regions].T
    common = np.divide(imports, absorbed, out=np.zeros_like(imports), where=absorbed > 0)
    by_user = fit_import_share(trade, use, world.import_log_odds)
    return use * common.T[..., None], use * by_user


def _misplaced(estimate: Float, data: Float) -> Float:
    """Share of flows in the wrong cell, by region."""
    gap = np.abs(estimate - data).sum(axis=(1, 2))
    share: Float = 0.5 * gap / data.sum(axis=(1, 2))
    return share


def _overall(estimate: Float, data: Float) -> float:
    return float(0.5 * np.abs(estimate - data).sum() / data.sum())
