"""Rates of a tariff layer by partner and sector, from ``us-duties.csv``.

The file has one row per layer, region and date on which a rate of that region changes, with percent
by sector of ``world-2022``. Regions without rows take those of ``ROW``.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from iomodel.errors import LabelError
from iomodel.table.groups import REST_OF_WORLD
from iomodel.typing import Bool, Float

if TYPE_CHECKING:
    from iomodel.scenario.label_resolver import LabelResolver
    from iomodel.scenario.layers import LayerRow

__all__ = ["DetailedRate", "detailed_rates", "duty_array", "rates_by_partner"]

RatesBySector = dict[str, float]
DetailedRate = tuple[dt.date, str, RatesBySector]
"""First day, partner (a region or a group) and rates by sector code, as fractions."""

KEYS = ("layer", "effective", "partner")


def detailed_rates(layer: str) -> list[DetailedRate]:
    """Read the rates of a layer, one entry per partner and date of change, in order of dates.

    Parameters
    ----------
    layer : str
        Name of a layer with rates by sector.

    Returns
    -------
    list of (datetime.date, str, dict of str to float)
    """
    from iomodel.table.catalogue import embedded

    with embedded("us-duties.csv").open(encoding="utf-8", newline="") as stream:
        lines = (line for line in stream if not line.startswith("#"))
        records = [record for record in csv.DictReader(lines) if record["layer"] == layer]
    return [
        (
            dt.date.fromisoformat(record["effective"]),
            record["partner"],
            {key: float(cell) / 100.0 for key, cell in record.items() if key not in KEYS},
        )
        for record in records
    ]


def rates_by_partner(layer: str, date: dt.date) -> dict[str, RatesBySector]:
    """Rates of a layer on a day, by partner and sector, as fractions."""
    # Entries are in order of dates: a later one replaces an earlier one.
    return {partner: rates for day, partner, rates in detailed_rates(layer) if day <= date}


def duty_array(row: LayerRow, labels: LabelResolver) -> Float:
    """Rates of a layer in the order of a table's labels.

    Parameters
    ----------
    row : LayerRow
        State of a layer with rates by sector.
    labels : LabelResolver
        Labels of a table; a sector that it splits gives its rate to every part.

    Returns
    -------
    ndarray, shape (R, S)
        Fractions [exporter, sector]; zero for the importer itself and for services.

    Raises
    ------
    LabelError
        If the table has goods without a rate: its sectors are of another classification.
    """
    by_partner = rates_by_partner(row.layer, row.effective)
    is_importer = labels.region_mask(row.importer)
    sectors = dict.fromkeys(code for rates in by_partner.values() for code in rates)
    positions = _sector_masks(sectors, labels)
    array = np.zeros((len(labels.regions), len(labels.sectors)))
    without_rates = ~is_importer
    for partner, rates in by_partner.items():
        try:
            exporters = labels.region_mask(partner) & ~is_importer
        except LabelError:
            # The layer has partners that small tables lack.
            continue
        for sector, rate in rates.items():
            array[np.ix_(exporters, positions[sector])] = rate
        without_rates &= ~exporters
    if without_rates.any() and REST_OF_WORLD in by_partner:
        for sector, rate in by_partner[REST_OF_WORLD].items():
            array[np.ix_(without_rates, positions[sector])] = rate
        names = [
            name for name, has_none in zip(labels.regions, without_rates, strict=True) if has_none
        ]
        labels.note(
            f"Tariff layer {row.layer}: {', '.join(names)} pay the rates of {REST_OF_WORLD}."
        )
    return array


def _sector_masks(sectors: Iterable[str], labels: LabelResolver) -> dict[str, Bool]:
    """Sectors of the table by sector of the file; what is neither must be a service."""
    masks = {sector: _mask_or_none(sector, labels) for sector in sectors}
    covered = np.any(list(masks.values()), axis=0)
    beyond = ~covered & ~_mask_or_none("services", labels)
    if beyond.any() or not covered.any():
        names = [name for name, lacks in zip(labels.sectors, beyond, strict=True) if lacks]
        raise LabelError(
            f"no duty by sector for {', '.join(names or labels.sectors)}; give a table with the "
            f"sectors {', '.join(sectors)}"
        )
    return masks


def _mask_or_none(sectors: str, labels: LabelResolver) -> Bool:
    try:
        return labels.sector_mask(sectors)
    except LabelError:
        return np.zeros(len(labels.sectors), dtype=bool)
