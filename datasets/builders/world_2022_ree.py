"""Build datasets/embedded/world-2022-ree.nc: world-2022 with the rare-earth chain cut out.

Run ``python -m datasets.builders.world_2022_ree`` from the root of a checkout. It reads
``world-2022.nc`` and the committed figures ``data/ree_*.csv``, no raw statistics.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from datasets.builders.compact_file import write_compact
from datasets.builders.ree_facts import (
    DATA,
    MAGNET,
    METAL,
    ORE,
    OXIDE,
    PARTS,
    Facts,
    read_facts,
    wanted_output,
    wanted_trade,
)
from datasets.builders.world_2022_ree_page import heavy_text, write_page
from iomodel.errors import TableError
from iomodel.table.storage.compact import Factors, expand, read_factors
from iomodel.table.storage.header import COMPACT, JSON
from iomodel.typing import Float

PARENTS = ("B07", "C20", "C24A", "C27")
RESTS = tuple(f"{parent}_OTH" for parent in PARENTS)
FAMILY = {**dict(zip(PARTS, PARENTS, strict=True)), **dict(zip(RESTS, PARENTS, strict=True))}
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
# No part takes more of a parent's cell than this: the rest keeps its own users and suppliers.
LARGEST_SHARE = 0.9
# What ore cannot be booked with chemicals of the parent table goes to non-ferrous metals, where
# the Chinese classification (GB/T 4754, class 3232) has the smelting of rare earths.
OVERFLOW = "C24B"
# Purchases of parts leave at least this share of output for other costs and value added.
LEAST_OTHER_COST = 0.05


@dataclass(frozen=True)
class Chain:
    """The rare-earth chain within a world table.

    Attributes
    ----------
    regions, sectors, users : list of str
        Labels of the split table; users are its sectors and final uses.
    facts : Facts
    wanted, placed : ndarray, shape (P, R, R)
        Sales of each part that the facts ask for, and those that the parent's cells admit.
    sales : ndarray, shape (P, R, R, T + U)
        Sales by user.
    use : ndarray, shape (R, S, T + U)
        Use of unsplit products after the split of columns.
    primary : ndarray, shape (p, R, T)
    factors : Factors
        Of the parent table.
    """

    regions: list[str]
    sectors: list[str]
    users: list[str]
    facts: Facts
    wanted: Float
    placed: Float
    sales: Float
    use: Float
    primary: Float
    factors: Factors

    @property
    def largest_share(self) -> float:
        """Largest share of a parent's cell that a part may take."""
        return LARGEST_SHARE

    @property
    def output(self) -> Float:
        """Output (P, R) as placed."""
        total: Float = self.placed.sum(axis=2)
        return total


def build_chain(factors: Factors, dataset: xr.Dataset, facts: Facts) -> Chain:
    """Place the chain in the parent table, from magnets back to ores; nothing is written."""
    regions = dataset["region"].values.tolist()
    products = dataset["sector"].values.tolist()
    sectors = split_labels(products)
    users = [*sectors, *dataset["user"].values.tolist()[len(products) :]]
    rows = [products.index(p) for p in PARENTS]
    parent = factors.trade[:, rows].transpose(1, 0, 2)
    output = wanted_output(facts, regions)
    wanted = wanted_trade(facts, regions, parent, output)
    flows = np.concatenate([cells[:, rows] for cells in expand(factors)], axis=3)
    flows = flows.transpose(1, 0, 2, 3)
    cells = np.maximum(_open_columns(flows, products, users), 0.0)
    sales = np.zeros((len(PARTS), len(regions), len(regions), len(users)))
    scale = factors.trade.sum(axis=2)
    for p in reversed(range(len(PARTS))):
        shares = _end_uses(facts, PARTS[p], regions, products, users, scale, wanted[p], sales)
        limit = LARGEST_SHARE * cells[p]
        sales[p] = allocate(wanted[p], shares, limit)
        if PARTS[p] == METAL:
            # Magnet makers make at home the alloys that the parent's trade does not let them buy.
            home = np.arange(len(regions))
            lacking = (wanted[p] - sales[p].sum(axis=2)).sum(axis=0)
            own = np.zeros_like(wanted[p])
            own[home, home] = wanted[p][home, home] + lacking
            own_sales = allocate(own, shares, limit)
            sales[p][home, home] = own_sales[home, home]
        if PARTS[p] == ORE:
            left = np.maximum(wanted[p] - sales[p].sum(axis=2), 0.0)
            spill = np.zeros_like(shares)
            spill[:, users.index(OVERFLOW)] = 1.0
            sales[p] += allocate(left, spill, limit)
    placed = sales.sum(axis=3)
    use, primary = _columns(factors, facts, products, users, sales, placed.sum(axis=2), dataset)
    return Chain(regions, sectors, users, facts, wanted, placed, sales, use, primary, factors)


def split_labels(products: Sequence[str]) -> list[str]:
    """Return the sectors after the split: part and rest stand where the parent stood."""
    pairs = {k: (p, r) for k, p, r in zip(PARENTS, PARTS, RESTS, strict=True)}
    return [label for s in products for label in pairs.get(s, (s,))]


def allocate(wanted: Float, shares: Float, limit: Float) -> Float:
    """Share flows (R, R) over users in proportion to `shares` (R, J), none above `limit`.

    What a user cannot take goes to the others in proportion; what none can take is not placed.
    The level at which the cells add up to the flow is found by bisection, all flows at once.
    """
    weight = np.broadcast_to(shares[None], limit.shape)
    limit = np.where(weight > 0, limit, 0.0)
    target = np.minimum(wanted, limit.sum(axis=2))
    ratio = np.divide(limit, weight, out=np.zeros_like(limit), where=weight > 0)
    low, high = np.zeros_like(wanted), ratio.max(axis=2)
    for _ in range(200):
        middle = (low + high) / 2
        short = np.minimum(middle[..., None] * weight, limit).sum(axis=2) < target
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    cells = np.minimum(high[..., None] * weight, limit)
    total = cells.sum(axis=2)
    factor = np.divide(target, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(cells * np.minimum(factor, 1.0)[..., None], dtype=np.float64)


def _open_columns(flows: Float, products: Sequence[str], users: Sequence[str]) -> Float:
    """Give part and rest the parent's column each: together they may not exceed it."""
    old = [*products, *users[-(flows.shape[3] - len(products)) :]]
    cells = flows[..., [old.index(FAMILY.get(u, u)) for u in users]]
    # The rest's column holds what the part leaves; parts of the chain come first.
    for rest in RESTS:
        cells[..., list(users).index(rest)] *= 1 - LARGEST_SHARE
    for part in PARTS:
        cells[..., list(users).index(part)] *= LARGEST_SHARE
    return cells


def _end_uses(
    facts: Facts,
    part: str,
    regions: Sequence[str],
    products: Sequence[str],
    users: Sequence[str],
    output: Float,
    wanted: Float,
    sales: Float,
) -> Float:
    """Return the share of each user in the use of a part, by buying region (R, J)."""
    shares = np.zeros((len(regions), len(users)))
    nxt = {ORE: OXIDE, METAL: MAGNET}
    if part in nxt:
        shares[:, list(users).index(nxt[part])] = 1.0
        return shares
    frame = facts.use[facts.use["part"] == part]
    for r, region in enumerate(regions):
        own = frame[frame["scope"] == region]
        lines = own if len(own) else frame[frame["scope"] == "*"]
        for row in lines.itertuples():
            user = str(row.user)
            k = list(products).index(user.removesuffix("_OTH"))
            # World shares spread like the users themselves; a country's own shares are its own.
            size = 1.0 if len(own) else output[r, k] / output[:, k].sum()
            shares[r, list(users).index(user)] = float(str(row.share)) * size
    total = shares.sum(axis=1, keepdims=True)
    shares = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    if part == OXIDE:
        made = sales[PARTS.index(METAL)].sum(axis=(1, 2))
        need = facts.values["oxide_cost_in_metal"] * made
        bought = wanted.sum(axis=0)
        metal = np.divide(need, bought, out=np.zeros_like(need), where=bought > 0).clip(max=1.0)
        shares *= (1 - metal)[:, None]
        shares[:, list(users).index(METAL)] = metal
    return np.asarray(shares, dtype=np.float64)


def _columns(
    factors: Factors,
    facts: Facts,
    products: list[str],
    users: list[str],
    sales: Float,
    output: Float,
    dataset: xr.Dataset,
) -> tuple[Float, Float]:
    """Split the columns of the parents: purchases within the chain, then other costs."""
    use, primary = factors.use, factors.primary
    rows = [products.index(p) for p in PARENTS]
    inputs = [*products, *dataset["primary_input"].values.tolist()]
    position = {label: k for k, label in enumerate(users)}
    S, T = len(products), len(split_labels(products))
    sectors = users[:T]
    old = [products.index(FAMILY.get(s, s)) for s in sectors]
    new_use = use[:, :, [*old, *range(S, use.shape[2])]].copy()
    new_primary = primary[:, :, old].copy()
    for p, part in enumerate(PARTS):
        parent, q, rest = rows[p], position[part], position[RESTS[p]]
        pattern = np.concatenate([use[:, :, parent], primary[:, :, parent].T], axis=1)
        told = facts.costs[facts.costs["part"] == part]
        if len(told):
            stated = np.zeros_like(pattern)
            for row in told.itertuples():
                stated[:, inputs.index(str(row.input))] = float(str(row.share))
            pattern = stated
        chain = sales[..., q].sum(axis=(0, 1))
        other = output[p] - chain
        if (other < LEAST_OTHER_COST * output[p] - 1e-12).any():
            r = int(np.argmax(LEAST_OTHER_COST * output[p] - other))
            raise TableError(
                f"{part} of region {dataset['region'].values[r]} spends {chain[r]:.6g} of its "
                f"output {output[p, r]:.6g} on the chain; lower the flows that feed it"
            )
        total = pattern.sum(axis=1)
        scale = np.divide(other, total, out=np.zeros_like(other), where=total > 0)
        column = pattern * scale[:, None]
        new_use[:, :, q] = column[:, :S]
        new_primary[:, :, q] = column[:, S:].T
        new_use[:, :, rest] -= column[:, :S]
        new_primary[:, :, rest] -= column[:, S:].T
    if (new_use < 0).any():
        r, s, u = (int(k) for k in np.argwhere(new_use < 0)[0])
        raise TableError(
            f"{users[u]} of region {dataset['region'].values[r]} would use less than no "
            f"{products[s]}; its other part takes more than the parent"
        )
    return new_use, new_primary


def to_dataset(chain: Chain, parent: xr.Dataset) -> xr.Dataset:
    """Collect the factors of the split table in one dataset."""
    products = parent["sector"].values.tolist()
    known = dict(zip(products, parent["sector_name"].values.tolist(), strict=True)) | NAMES
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
        "sector_name": ("sector", [known[s] for s in chain.sectors]),
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
    factors, parent = read_factors(DATA.parents[1] / "embedded" / "world-2022.nc")
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
