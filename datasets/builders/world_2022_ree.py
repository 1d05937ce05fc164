"""Build datasets/embedded/world-2022-ree.nc: world-2022 with the rare-earth chain cut out.

Run ``python -m datasets.builders.world_2022_ree`` from the root of a checkout. It reads
``world-2022.nc`` and the committed figures ``data/ree_*.csv``, no raw statistics.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from datasets.builders.collected_duties import LAYER, REFERENCE_LAYER
from datasets.builders.compact_file import write_compact
from datasets.builders.ree_chain import FAMILY, PARENTS, RESTS, Chain, split_labels
from datasets.builders.ree_facts import DATA, PARTS, Facts, read_facts, stated_output, stated_trade
from datasets.builders.ree_placement import open_columns, place_sales
from datasets.builders.world_2022_ree_page import heavy_text, write_page
from iomodel.errors import TableError
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.tariff_shocks import TariffLayer
from iomodel.table.mrio import MRIOTable
from iomodel.table.storage.compact import Factors, expand, read_factors
from iomodel.table.storage.header import COMPACT, JSON
from iomodel.typing import Float

NAMES = {
    "B07_REE": "Rare-earth ores and concentrates",
    "B07_OTH": "Other metal ores",
    "C20_REE": "Separated rare-earth compounds",
    "C20_OTH": "Other chemicals",
    "C24A_REE": "Rare-earth metals and magnet alloys",
    "C24A_OTH": "Other iron and steel",
    "C27_REE": "Rare-earth permanent magnets",
    "C27_OTH": "Other electrical equipment",
}
PARENT = DATA.parents[1] / "embedded" / "world-2022.nc"
TAXES = "TLS_M"
# Purchases of parts leave at least this share of output for other costs and value added.
LEAST_OTHER_COST = 0.05


def build_chain(factors: Factors, dataset: xr.Dataset, facts: Facts) -> Chain:
    """Place the chain in the parent table, from magnets back to ores; nothing is written."""
    regions = dataset["region"].values.tolist()
    products = dataset["sector"].values.tolist()
    sectors = split_labels(products)
    users = [*sectors, *dataset["user"].values.tolist()[len(products) :]]
    rows = [products.index(p) for p in PARENTS]
    parent = factors.trade[:, rows].transpose(1, 0, 2)
    output = stated_output(facts, regions)
    stated = stated_trade(facts, regions, parent, output)
    flows = np.concatenate([cells[:, rows] for cells in expand(factors)], axis=3)
    flows = flows.transpose(1, 0, 2, 3)
    cells = np.maximum(open_columns(flows, products, users), 0.0)
    scale = factors.trade.sum(axis=2)
    duty = _observed_duties()[:, rows].transpose(1, 0, 2)
    sales = place_sales(facts, regions, products, users, scale, stated, cells, duty)
    placed = sales.sum(axis=3)
    use, primary = _columns(
        factors, facts, products, users, sales, duty, placed.sum(axis=2), dataset
    )
    return Chain(regions, sectors, users, facts, stated, placed, sales, use, primary, factors)


def _observed_duties() -> Float:
    """Duties of the parent table with section 301, at the higher of its two weights, (R, S, R)."""
    table = MRIOTable.from_netcdf(PARENT)
    observed = [
        Scenario((TariffLayer(layer, mode="in-force"),), name=layer).lower(table).tariff_observed
        for layer in (LAYER, REFERENCE_LAYER)
    ]
    return np.maximum(*observed)


def _columns(
    factors: Factors,
    facts: Facts,
    products: list[str],
    users: list[str],
    sales: Float,
    duty: Float,
    output: Float,
    dataset: xr.Dataset,
) -> tuple[Float, Float]:
    """Split the columns of the parents: purchases within the chain, then other costs.

    Duties on these purchases are paid before the other costs and booked as taxes on products.
    """
    use, primary = factors.use, factors.primary
    rows = [products.index(p) for p in PARENTS]
    inputs = [*products, *dataset["primary_input"].values.tolist()]
    position = {label: k for k, label in enumerate(users)}
    S, T = len(products), len(split_labels(products))
    sectors = users[:T]
    parent_of = [products.index(FAMILY.get(s, s)) for s in sectors]
    split_use = use[:, :, [*parent_of, *range(S, use.shape[2])]].copy()
    split_primary = primary[:, :, parent_of].copy()
    for p, part in enumerate(PARTS):
        parent, q, rest_column = rows[p], position[part], position[RESTS[p]]
        pattern = np.concatenate([use[:, :, parent], primary[:, :, parent].T], axis=1)
        cost_lines = facts.costs[facts.costs["part"] == part]
        if len(cost_lines):
            stated_costs = np.zeros_like(pattern)
            for row in cost_lines.itertuples():
                stated_costs[:, inputs.index(str(row.input))] = float(str(row.share))
            pattern = stated_costs
        duties = (sales[..., q] * duty).sum(axis=(0, 1))
        chain = sales[..., q].sum(axis=(0, 1)) + duties
        other_costs = output[p] - chain
        if (other_costs < LEAST_OTHER_COST * output[p] - 1e-12).any():
            r = int(np.argmax(LEAST_OTHER_COST * output[p] - other_costs))
            raise TableError(
                f"{part} of region {dataset['region'].values[r]} spends {chain[r]:.6g} of its "
                f"output {output[p, r]:.6g} on the chain; lower the flows that feed it"
            )
        total = pattern.sum(axis=1)
        scale = np.divide(other_costs, total, out=np.zeros_like(other_costs), where=total > 0)
        column = pattern * scale[:, None]
        column[:, inputs.index(TAXES)] += duties
        split_use[:, :, q] = column[:, :S]
        split_primary[:, :, q] = column[:, S:].T
        split_use[:, :, rest_column] -= column[:, :S]
        split_primary[:, :, rest_column] -= column[:, S:].T
    if (split_use < 0).any():
        r, s, u = (int(k) for k in np.argwhere(split_use < 0)[0])
        raise TableError(
            f"{users[u]} of region {dataset['region'].values[r]} would use less than no "
            f"{products[s]}; its other part takes more than the parent"
        )
    return split_use, split_primary


def to_dataset(chain: Chain, parent: xr.Dataset) -> xr.Dataset:
    """Dataset of the factors of the split table."""
    products = parent["sector"].values.tolist()
    names = dict(zip(products, parent["sector_name"].values.tolist(), strict=True)) | NAMES
    units = {"units": parent.attrs["unit"]}
    variables = {
        "trade": (("region", "product", "user_region"), chain.factors.trade, units),
        "use": (("user_region", "product", "user"), chain.use, units),
        "primary_inputs": (("primary_input", "region", "sector"), chain.primary, units),
        "part_sales": (("part", "region", "user_region", "user"), chain.sales, units),
        "tariff": (("region", "product", "user_region"), parent["tariff"].values),
    }
    coordinates = {
        "region": chain.regions,
        "user_region": chain.regions,
        "product": products,
        "sector": chain.sectors,
        "user": chain.users,
        "part": list(PARTS),
        "rest_of_part": ("part", list(RESTS)),
        "product_of": ("sector", [FAMILY.get(s, s) for s in chain.sectors]),
        "sector_name": ("sector", [names[s] for s in chain.sectors]),
        "primary_input": parent["primary_input"].values.tolist(),
        "counts_as_value_added": ("primary_input", parent["counts_as_value_added"].values),
    }
    attrs = {
        **parent.attrs,
        "form": COMPACT,
        "name": "world-2022-ree",
        "title": "World table 2022 with the rare-earth chain of 2024: 81 regions, 41 sectors",
        "source": parent.attrs["source"]
        + "; USGS Mineral Commodity Summaries 2025 and 2026; customs data and shares of the "
        "rare-earth chain as listed in datasets/builders/data/ree_*.csv",
        "citation": parent.attrs["citation"] + "; USGS2025; USGS2026; IEA2024; Adamas2025",
        "classification": "icio-28+services+ree",
        "description": (
            "world-2022 with ores, separated compounds, metals and alloys, and magnets of rare "
            "earths cut out of B07, C20, C24A and C27 at values of 2024. Adding part and rest "
            "gives world-2022 back. Output and trade follow published figures where its cells "
            "admit them; end uses and costs are judgement. See datasets/world-2022-ree.md."
        ),
        "parent_sector": JSON + json.dumps(FAMILY),
        "heavy_rare_earths": (
            "Not a dimension: no source gives all countries. " + heavy_text(chain.facts.values)
        ),
        "history": str(parent.attrs["history"])
        + "\nsplit: B07, C20, C24A and C27 into rare earths and the rest (world_2022_ree.py)",
    }
    return xr.Dataset(variables, coords=coordinates, attrs=attrs)


def main(argv: Sequence[str] | None = None) -> int:
    """Build the file and the page under ``--out`` (default: the folder ``datasets``)."""
    parser = argparse.ArgumentParser(description="Build the embedded table world-2022-ree.")
    parser.add_argument("--out", type=Path, default=DATA.parents[1])
    out: Path = parser.parse_args(argv).out
    factors, parent = read_factors(PARENT)
    chain = build_chain(factors, parent, read_facts())
    target = out / "embedded" / "world-2022-ree.nc"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_compact(to_dataset(chain, parent), target)
    page = out / "world-2022-ree.md"
    write_page(chain, page)
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB; {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
