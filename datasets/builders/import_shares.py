"""Imported share of each use: industries and final uses of a region import different shares.

WIOD 2014 for its countries, BEA 2022 for the United States, NBS 2020 (42 sectors) for China, donors
for all others; then fitted to the imports of 2022 by one shift of log odds per region and product.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from datasets.builders.concordance import Concordance
from datasets.builders.donors import Donors
from datasets.builders.national_tables import ImportedUse, read_imported_uses, sector_groups
from datasets.builders.raw import Wiod2014
from datasets.builders.technology import WORLD_WEIGHT
from iomodel.table.storage.import_odds import fit_import_share
from iomodel.typing import Float

# Odds of an import are stored to .4 percent, in steps of their logarithm: finer ones no source
# knows. No user imports less than a millionth of a product, or buys less of it at home.
STEPS_PER_UNIT = 256
LEAST_SHARE = 1e-6


def build_import_odds(
    raw: Path,
    wiod: Wiod2014,
    imported: Float,
    concordance: Concordance,
    donors: Donors,
    trade: Float,
    use: Float,
    *,
    with_national_tables: bool,
) -> Float:
    """Log odds of imports in each use (81, 37, 40), fitted to the imports of 2022 and rounded.

    Parameters
    ----------
    imported : ndarray, shape (43, 56, 56)
        Imported inputs of 2014.
    trade : ndarray, shape (81, 37, 81)
    use : ndarray, shape (81, 37, 40)
    with_national_tables : bool
        The United States and China from their own tables.
    """
    national = _shares_of_2014(wiod, imported, concordance)
    tables = read_imported_uses(raw) if with_national_tables else []
    for table in tables:
        national[wiod.regions.index(table.region)] = _shares_of_table(table, concordance.sectors)
    regions = np.arange(len(trade))
    absorbed = np.maximum(trade.sum(axis=0).T, 1e-300)
    common = 1.0 - trade[regions, :, regions] / absorbed
    # A user that imported nothing may begin to: the common share enters with the same weight as
    # the world average in technology.
    seed = (1.0 - WORLD_WEIGHT) * np.einsum("rd,dsu->rsu", donors.weights, national)
    seed += WORLD_WEIGHT * common[..., None]
    odds = _log_odds(seed)
    fitted = _log_odds(fit_import_share(trade, use, odds))
    rounded: Float = np.round(fitted * STEPS_PER_UNIT) / STEPS_PER_UNIT
    return rounded


def _log_odds(share: Float) -> Float:
    share = np.clip(share, LEAST_SHARE, 1.0 - LEAST_SHARE)
    log_odds: Float = np.log(share / (1.0 - share))
    return log_odds


def _shares_of_2014(wiod: Wiod2014, imported: Float, concordance: Concordance) -> Float:
    """Import shares of WIOD's 43 countries (43, 37, 40)."""
    to_parent, parent = concordance.to_parent, concordance.parent_of
    pair = []
    at_home = np.einsum("riru->riu", wiod.final)[:43]
    abroad = wiod.final.sum(axis=0).transpose(1, 0, 2)[:43] - at_home
    for inputs, final in ((imported, abroad), (wiod.domestic[:43], at_home)):
        inputs = np.einsum("rij,ip,jq->rpq", inputs, to_parent, to_parent)
        final = np.maximum(np.einsum("riu,ip->rpu", final, to_parent), 0.0)
        uses = [final[..., :2].sum(axis=2), final[..., 2], final[..., 3:].sum(axis=2)]
        pair.append(
            np.concatenate([inputs[:, parent][:, :, parent], np.stack(uses, 2)[:, parent]], axis=2)
        )
    return _share(*pair)


def _shares_of_table(table: ImportedUse, sectors: Sequence[str]) -> Float:
    """Import shares (37, 40) of a national table; users of one group share them."""
    groups, member = sector_groups(table.source, table.sectors, list(sectors))
    count = len(table.sectors)
    pair = []
    for flows in (table.imported, table.domestic):
        inputs = member @ flows[:, :count] @ member.T
        cells = np.concatenate([inputs @ groups, member @ flows[:, count:]], axis=1)
        pair.append(groups.T @ np.maximum(cells, 0.0))
    return _share(*pair)


def _share(imported: Float, domestic: Float) -> Float:
    """Share of imports in use; that of all users of a product where one uses nothing."""
    total = imported + domestic
    mean = imported.sum(axis=-1, keepdims=True) / np.maximum(
        total.sum(axis=-1, keepdims=True), 1e-300
    )
    filled = np.broadcast_to(mean, total.shape).copy()
    share: Float = np.divide(imported, total, out=filled, where=total > 0)
    return share
