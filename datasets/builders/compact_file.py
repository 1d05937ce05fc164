"""Compact NetCDF file of world-2022, byte for byte the same on every run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from datasets.builders.concordance import FINAL_USES
from datasets.builders.world import World
from iomodel._io import atomic_path
from iomodel.table.storage.header import COMPACT
from iomodel.table.storage.import_odds import IMPORT_LOG_ODDS
from iomodel.table.storage.seal import seal

ATTRS: dict[str, Any] = {
    "form": COMPACT,
    "name": "world-2022",
    "title": "World input-output table 2022: 81 regions, 37 sectors",
    "unit": "million USD (current)",
    "year": 2022,
    "source": (
        "OECD Inter-Country Input-Output tables, extended 2023 edition (trade 2022); World "
        "Input-Output Database, 2016 release (technology 2014; imported inputs by user with the "
        "replication data of Felbermayr, Groeschl, Heiland); World Bank, World Development "
        "Indicators (GDP 2022 and 2014, population 2022); Teti, Global Tariff Database (tariffs)"
    ),
    "citation": "OECD2023ICIO; Timmer2015; Timmer2016; Felbermayr2022; WorldBankWDI; Teti2024",
    "licence": "CC BY 4.0 (OECD ICIO, WIOD), World Bank CC BY 4.0",
    "price_basis": "basic prices; flows fob",
    "classification": "icio-28+services",
    "description": (
        "An estimate consistent with ICIO 2022 trade; not an official table. Every goods cell of "
        "the ICIO trade cube is reproduced. Which industry uses a product is borrowed from WIOD "
        "2014 (own country or similar ones){national} and fitted by RAS; all users of a country "
        "share the same origins of a product unless loaded with import shares by user; ten "
        "services split one aggregate by 2014 mixes; value added is fixed to published GDP. See "
        "datasets/world-2022.md."
    ),
}

# Only the table of the recipe's year carries these: those of earlier years have the duties of the
# cube and the technology of 2014 everywhere.
NATIONAL = ", the United States' from BEA 2022 and China's from NBS 2020,"
RECIPE_SOURCE = (
    "; Bureau of Economic Analysis (technology of the United States 2022); National Bureau of "
    "Statistics of China (technology of China 2020); trade-weighted tariffs of 2014 (Felbermayr, "
    "Groeschl, Heiland); US Census Bureau, imports and calculated duties 2024 (compiled by Waugh)"
)
RECIPE_CITATION = "; BEA2023UseTables; NBS2022InputOutput; Census2024"
NATIONAL_STEP = (
    "technology: United States from BEA 2022 (71 industries, before redefinitions), China from "
    "NBS 2020 (153 sectors)"
)
DUTIES_STEP = (
    "tariff: ordinary US duties collected in 2024, without section 301; the smaller of the rates "
    "of 2021 and 2014 for other WIOD countries; food capped elsewhere"
)

STEPS = (
    "trade: ICIO 2022 cube, 27 goods cell by cell",
    "services: aggregate split into ten by 2014 mixes of domestic sales and exports (WIOD 2014)",
    "technology: WIOD 2014 with its imported inputs for 43 countries, five nearest donors for 38 "
    "regions",
    "Mexico's real estate separated from its administrative services in WIOD 2014",
    "rows of mining, basic metals and other transport equipment split by seeds (split_*.csv)",
    "value added: one logit shift per region to published GDP 2022 less taxes on products",
    "use: 81 national matrices fitted by RAS to absorption, intermediate costs and final uses",
    "expansion: import shares common to all users of a region (proportionality)",
)


def to_dataset(world: World) -> xr.Dataset:
    """Dataset of the factors, the tariffs and the notes on each region."""
    sectors, regions = world.concordance.sectors, world.icio.regions
    accounts, donors = world.accounts, world.donors
    by_region = {
        "gdp_published": (accounts.gdp_published, "GDP at market prices 2022, World Bank"),
        "tax_share": (accounts.tax_share, "taxes less subsidies on products, share of GDP"),
        "value_added_before": (accounts.before, "value added at 2014 shares of output"),
        "logit_shift": (accounts.shift, "shift of value-added shares, same for all sectors"),
        "tax_share_source": (np.array(accounts.tax_source), "origin of tax_share"),
        "value_added_status": (np.array(accounts.status), "calibrated to GDP, or technology only"),
    }
    variables: dict[str, Any] = {
        "trade": (("region", "sector", "user_region"), world.trade, {"units": ATTRS["unit"]}),
        "use": (("user_region", "sector", "user"), world.national.use, {"units": ATTRS["unit"]}),
        "primary_inputs": (
            ("primary_input", "region", "sector"),
            world.primary,
            {"units": ATTRS["unit"]},
        ),
        IMPORT_LOG_ODDS: (
            ("user_region", "sector", "user"),
            world.import_log_odds.astype(np.float32),
            {"long_name": "logarithm of imported over domestic use", "units": "1"},
        ),
        "tariff": (("region", "sector", "user_region"), world.tariff, {"units": "fraction"}),
        "donor": (("region", "donor_rank"), donors.codes),
        "donor_weight": (("region", "donor_rank"), donors.shares),
        **{k: (("region",), v, {"long_name": text}) for k, (v, text) in by_region.items()},
    }
    coordinates: dict[str, Any] = {
        "region": regions,
        "user_region": regions,
        "sector": sectors,
        "user": [*sectors, *FINAL_USES],
        "primary_input": ["VA", "TLS_M"],
        "sector_name": ("sector", world.concordance.names),
        "counts_as_value_added": ("primary_input", np.array([1, 0], dtype=np.int8)),
        "primary_input_name": (
            "primary_input",
            [
                "Value added at basic prices",
                "Taxes less subsidies on products and international margins",
            ],
        ),
    }
    steps, national = list(STEPS), ""
    attrs = dict(ATTRS)
    if world.duties is not None:
        attrs["source"] += RECIPE_SOURCE
        attrs["citation"] += RECIPE_CITATION
        national = NATIONAL
        steps = [*steps[:3], NATIONAL_STEP, *steps[3:], DUTIES_STEP]
    attrs["description"] = attrs["description"].format(national=national)
    attrs["history"] = "\n".join(steps)
    return xr.Dataset(variables, coords=coordinates, attrs=attrs)


def write_compact(dataset: xr.Dataset, path: Path, *, shuffle: bool = True) -> None:
    """Write a dataset compressed, with fixed settings, no time stamps and a checksum."""
    packed = {"zlib": True, "complevel": 9, "shuffle": shuffle, "_FillValue": None}
    encoding = {
        str(name): packed if variable.dtype.kind == "f" else {}
        for name, variable in dataset.data_vars.items()
    }
    with atomic_path(path) as temporary:
        dataset.to_netcdf(temporary, engine="h5netcdf", format="NETCDF4", encoding=encoding)
        seal(temporary)
