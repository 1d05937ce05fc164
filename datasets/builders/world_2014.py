"""Build datasets/embedded/world-2014.nc and its validation page.

Run ``python -m datasets.builders.world_2014 --raw FOLDER`` from the root of a checkout.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from datasets.builders.compact_file import write_compact
from datasets.builders.duties_2014 import Duties2014, build_duties_2014
from datasets.builders.raw import raw_folder
from datasets.builders.wiod_2014 import CLASSIFICATION, FINAL_USES, Table2014, read_table_2014
from datasets.builders.world_2014_repairs import Repairs, repaired
from iomodel.table.storage.compact_by_user import UserFactors, expand_by_user, normalised
from iomodel.table.storage.header import COMPACT
from iomodel.typing import Float

__all__ = ["World2014", "build_world_2014", "to_dataset"]

ATTRS: dict[str, Any] = {
    "form": COMPACT,
    "name": "world-2014",
    "title": "World input-output table 2014: 44 regions, 50 sectors, import shares by user",
    "unit": "million USD (current)",
    "year": 2014,
    "source": (
        "World Input-Output Database, 2016 release (domestic blocks, final demand, costs); "
        "replication data of Felbermayr, Groeschl, Heiland (trade by product, imported inputs by "
        "industry, trade-weighted tariffs of 2014); Teti, Global Tariff Database (tariffs of 2014)"
    ),
    "citation": "Timmer2015; Timmer2016; Felbermayr2022; Teti2024",
    "licence": "CC BY 4.0 (WIOD); cite the article of Felbermayr, Groeschl and Heiland (2022)",
    "price_basis": "basic prices; flows fob",
    "classification": CLASSIFICATION,
    "description": (
        "WIOD 2014, rebuilt. Domestic inputs, imported inputs by industry, bilateral trade by "
        "product and final demand are data; only the origins of imported inputs are common to all "
        "industries of a country (proportionality). See datasets/world-2014.md."
    ),
}


@dataclass(frozen=True)
class World2014:
    """Inputs and results of the build of world-2014.

    Attributes
    ----------
    source, table : Table2014
        As read, and repaired.
    repairs : Repairs
    factors : UserFactors
        In single precision, as the file holds them, with primary inputs in double.
    duties : Duties2014
    """

    source: Table2014
    table: Table2014
    repairs: Repairs
    factors: UserFactors
    duties: Duties2014


def build_world_2014(raw: Path) -> World2014:
    """Run every step on the raw folder; nothing is written."""
    source = read_table_2014(raw)
    table, repairs = repaired(source)
    factors = _factors(table)
    Z, Y, _ = expand_by_user(factors)
    trade = Z.sum(axis=3) + Y.sum(axis=3)
    duties = build_duties_2014(raw, table.regions, table.sectors, trade)
    return World2014(source, table, repairs, factors, duties)


def to_dataset(world: World2014) -> xr.Dataset:
    """Dataset of the factors and the tariffs."""
    table, factors = world.table, world.factors
    money = {"units": ATTRS["unit"]}
    by_industry = ("user_region", "sector", "user_sector")
    by_buyer = ("region", "sector", "user_region")
    variables: dict[str, Any] = {
        "domestic_use": (by_industry, _single(factors.domestic), money),
        "imported_use": (by_industry, _single(factors.imported), money),
        # Not those of the factors, which are scaled to sum to one again on reading.
        "origin_share": (by_buyer, _single(table.origin_share), {"units": "fraction"}),
        "final_sales": ((*by_buyer, "final_use"), _single(factors.final), money),
        "primary_inputs": (("primary_input", "region", "sector"), factors.primary, money),
        "tariff": (by_buyer, _single(world.duties.tariff), {"units": "fraction"}),
    }
    coordinates: dict[str, Any] = {
        "region": table.regions,
        "user_region": table.regions,
        "sector": table.sectors,
        "user_sector": table.sectors,
        "final_use": list(FINAL_USES),
        "primary_input": ["VA", "TLS_M"],
        "sector_name": ("sector", table.names),
        "counts_as_value_added": ("primary_input", np.array([1, 0], dtype=np.int8)),
        "primary_input_name": (
            "primary_input",
            [
                "Value added at basic prices",
                "Taxes less subsidies on products and international margins",
            ],
        ),
    }
    return xr.Dataset(variables, coordinates, {**ATTRS, "history": "\n".join(_history(world))})


def _factors(table: Table2014) -> UserFactors:
    """Factors rounded to single precision, and primary inputs that close them exactly.

    Taxes and margins are WIOD's share of output; value added is the residual of the column. WIOD
    has no costs of the rest of the world, whose taxes are in its value added.
    """
    flows = UserFactors(
        domestic=_rounded(table.domestic),
        imported=_rounded(table.imported),
        origin_share=normalised(_rounded(table.origin_share)),
        final=_rounded(table.final),
        primary=np.zeros((2, *table.output.shape)),
    )
    taxes = np.zeros_like(table.output)
    taxes[:-1] = table.cost_share("taxes") * flows.output[:-1]
    inputs = flows.domestic.sum(axis=1) + flows.imported.sum(axis=1)
    primary = np.stack([flows.output - inputs - taxes, taxes])
    return UserFactors(flows.domestic, flows.imported, flows.origin_share, flows.final, primary)


def _single(cells: Float) -> np.ndarray[Any, np.dtype[np.float32]]:
    return cells.astype(np.float32)


def _rounded(cells: Float) -> Float:
    """Cells as they come back from single precision."""
    return _single(cells).astype(np.float64)


def _history(world: World2014) -> list[str]:
    repairs = world.repairs
    losses = ", ".join(f"{region} {sector}" for region, sector in repairs.losses)
    return [
        "sectors: WIOD's 56 industries merged to 50; origins of imported inputs proportional",
        f"Mexico's real estate separated: {repairs.real_estate:.1%} of its administrative services",
        f"imported inputs fitted to published costs where an industry made a loss: {losses}",
        f"{len(repairs.negative_sales)} negative sales set to zero through inventories",
        "value added: output less inputs, taxes and margins; ROW's holds its taxes",
        "tariff: smaller of trade-weighted and unweighted rates of 2014; ROW's on food capped",
        "cells in single precision, value added in double",
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Build the file and the page under ``--out`` (default: the folder ``datasets``)."""
    options = raw_folder(argv, "Build the embedded table world-2014.")
    world = build_world_2014(options.raw)
    target = options.out / "embedded" / "world-2014.nc"
    write_compact(to_dataset(world), target)
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
