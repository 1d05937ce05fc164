"""Build datasets/embedded/world-2022.nc and its validation page.

Run ``python -m datasets.builders.world_2022 --raw FOLDER`` from the root of a checkout.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from datasets.builders.compact_file import to_dataset, write_compact
from datasets.builders.concordance import load_concordance
from datasets.builders.donors import choose_donors
from datasets.builders.duties import build_duties, extend_tariffs
from datasets.builders.import_shares import build_import_odds
from datasets.builders.imported_inputs import imported_inputs
from datasets.builders.national_tables import read_national_tables
from datasets.builders.national_technology import with_national_tables
from datasets.builders.national_use import NationalUse, fit_national_use
from datasets.builders.raw import (
    Icio,
    Macro,
    raw_folder,
    read_icio,
    read_macro,
    read_wiod_2014,
)
from datasets.builders.repairs import separate_mexican_real_estate
from datasets.builders.services import split_services
from datasets.builders.technology import build_technology
from datasets.builders.value_added import ValueAdded, calibrate_value_added
from datasets.builders.world import World
from datasets.builders.world_2022_page import write_page
from iomodel.errors import TableError
from iomodel.typing import Float

# Largest gap of a column after RAS, relative to output, that value added may take up.
ROUNDING = 1e-9


def build_world(raw: Path, icio: Icio | None = None, macro: Macro | None = None) -> World:
    """Run every step of the recipe on the raw folder; nothing is written.

    Other trade and other accounts, those of an earlier year, may stand in for those of 2022. The
    duties are then the cube's: what was collected is from 2024.
    """
    is_recipe_year = icio is None
    icio, macro = icio or read_icio(raw), macro or read_macro(raw)
    wiod = separate_mexican_real_estate(read_wiod_2014(raw))
    concordance = load_concordance()
    imported = imported_inputs(wiod, concordance)
    technology = build_technology(wiod, concordance, imported)
    if is_recipe_year:
        goods = icio.trade.sum(axis=2)[:, : concordance.goods]
        output_of_goods = dict(zip(icio.regions, goods, strict=True))
        tables = read_national_tables(raw)
        technology = with_national_tables(technology, tables, concordance.sectors, output_of_goods)
    donors = choose_donors(icio, macro, technology.regions)
    trade = split_services(icio, technology, donors)
    output = trade.sum(axis=2)
    accounts = calibrate_value_added(icio, macro, technology, donors, output)
    duties = build_duties(raw, icio, concordance.sectors) if is_recipe_year else None
    cube_tariff = extend_tariffs(icio, len(concordance.sectors))
    national = fit_national_use(technology, donors, trade, accounts)
    return World(
        icio=icio,
        wiod=wiod,
        macro=macro,
        concordance=concordance,
        technology=technology,
        donors=donors,
        trade=trade,
        tariff=duties.tariff if duties else cube_tariff,
        duties=duties,
        accounts=accounts,
        national=national,
        primary=_primary_inputs(output, national, accounts),
        import_log_odds=build_import_odds(
            raw,
            wiod,
            imported,
            concordance,
            donors,
            trade,
            national.use,
            with_national_tables=is_recipe_year,
        ),
    )


def _primary_inputs(output: Float, national: NationalUse, accounts: ValueAdded) -> Float:
    """Primary inputs with value added as the exact column residual, moved by rounding only."""
    intermediate = national.use[:, :, : output.shape[1]].sum(axis=1)
    residual = output - intermediate - accounts.taxes
    gap = np.abs(residual - accounts.value_added) / np.maximum(output, 1e-300)
    if (gap > ROUNDING).any():
        raise TableError(f"columns stay open by {gap.max():.1e} of output; RAS did not close")
    return np.stack([residual, accounts.taxes])


def main(argv: Sequence[str] | None = None) -> int:
    """Build the file and the page under ``--out`` (default: the folder ``datasets``)."""
    options = raw_folder(argv, "Build the embedded table world-2022.")
    world = build_world(options.raw)
    target = options.out / "embedded" / "world-2022.nc"
    write_compact(to_dataset(world), target)
    page = options.out / "world-2022.md"
    write_page(world, page)
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB; {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
