"""Build datasets/embedded/world-2014.nc and its validation page.

Run ``python -m datasets.builders.world_2014 --raw FOLDER`` from the root of a checkout.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from datasets.builders.compact_file import write_compact
from datasets.builders.raw import raw_folder
from datasets.builders.wiod_2014 import CLASSIFICATION
from datasets.builders.world_2014_page import write_page_2014
from datasets.builders.world_2014_tables import World2014, build_world_2014, single
from iomodel.table.mrio import MRIOTable
from iomodel.table.readers.wiod import FINAL_USES
from iomodel.table.storage.header import COMPACT

__all__ = ["to_dataset"]

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


def to_dataset(world: World2014) -> xr.Dataset:
    """Dataset of the factors and the tariffs."""
    table, factors = world.table, world.factors
    money = {"units": ATTRS["unit"]}
    by_industry = ("user_region", "sector", "user_sector")
    by_buyer = ("region", "sector", "user_region")
    variables: dict[str, Any] = {
        "domestic_use": (by_industry, single(factors.domestic), money),
        "imported_use": (by_industry, single(factors.imported), money),
        # Not those of the factors, which are scaled to sum to one again on reading.
        "origin_share": (by_buyer, single(table.origin_share), {"units": "fraction"}),
        "final_sales": ((*by_buyer, "final_use"), single(factors.final), money),
        "primary_inputs": (("primary_input", "region", "sector"), factors.primary, money),
        "tariff": (by_buyer, single(world.duties.tariff), {"units": "fraction"}),
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
    page = options.out / "world-2014.md"
    write_page_2014(world, MRIOTable.from_netcdf(target), options.raw, page)
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB; {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
