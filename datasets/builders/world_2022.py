"""Build datasets/embedded/world-2022.nc and its validation page.

Run ``python -m datasets.builders.world_2022 --raw FOLDER`` from the root of a checkout.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from datasets.builders.compact_file import to_dataset, write_compact
from datasets.builders.concordance import Concordance, load_concordance
from datasets.builders.donors import Donors, choose_donors
from datasets.builders.national_use import NationalUse, fit_national_use
from datasets.builders.raw import (
    Icio,
    Macro,
    Wiod2014,
    raw_folder,
    read_icio,
    read_macro,
    read_wiod_2014,
)
from datasets.builders.repairs import separate_mexican_real_estate
from datasets.builders.services import extend_tariffs, split_services
from datasets.builders.technology import Technology, build_technology
from datasets.builders.value_added import ValueAdded, calibrate_value_added
from datasets.builders.world_2022_page import write_page
from iomodel.errors import TableError
from iomodel.typing import Float

# What RAS may leave open of a column, relative to output, before it is given to value added.
ROUNDING = 1e-9


@dataclass(frozen=True)
class World:
    """Everything that went into the table and came out of the build.

    Attributes
    ----------
    trade, tariff : ndarray, shape (81, 37, 81)
        Seller, sector, buyer.
    primary : ndarray, shape (2, 81, 37)
        Value added; taxes with international margins.
    """

    icio: Icio
    wiod: Wiod2014
    macro: Macro
    concordance: Concordance
    technology: Technology
    donors: Donors
    trade: Float
    tariff: Float
    accounts: ValueAdded
    national: NationalUse
    primary: Float


def build_world(raw: Path, icio: Icio | None = None, macro: Macro | None = None) -> World:
    """Run every step of the recipe on the raw folder; nothing is written.

    Other trade and other accounts, those of an earlier year, may stand in for those of 2022.
    """
    icio, macro = icio or read_icio(raw), macro or read_macro(raw)
    wiod = separate_mexican_real_estate(read_wiod_2014(raw))
    concordance = load_concordance()
    technology = build_technology(wiod, concordance)
    donors = choose_donors(icio, macro, technology.regions)
    trade = split_services(icio, technology, donors)
    output = trade.sum(axis=2)
    accounts = calibrate_value_added(icio, macro, technology, donors, output)
    national = fit_national_use(technology, donors, trade, accounts)
    return World(
        icio=icio,
        wiod=wiod,
        macro=macro,
        concordance=concordance,
        technology=technology,
        donors=donors,
        trade=trade,
        tariff=extend_tariffs(icio, len(concordance.sectors)),
        accounts=accounts,
        national=national,
        primary=_primary_inputs(output, national, accounts),
    )


def _primary_inputs(output: Float, national: NationalUse, accounts: ValueAdded) -> Float:
    """Return value added as the exact column residual, which may move it by rounding only."""
    intermediate = national.use[:, :, : output.shape[1]].sum(axis=1)
    residual = output - intermediate - accounts.taxes
    moved = np.abs(residual - accounts.value_added) / np.maximum(output, 1e-300)
    if (moved > ROUNDING).any():
        raise TableError(f"columns stay open by {moved.max():.1e} of output; RAS did not close")
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
