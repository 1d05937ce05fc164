"""Duties of world-2014 by exporter, sector and importer.

The rule of world-2022 (:mod:`datasets.builders.duties`), as far as the year allows:

(a) countries of WIOD levy the smaller, cell by cell, of the trade-weighted rate of 2014 and the
    cube's of 2014 (unweighted, too high where a few lines carry prohibitive rates); on goods from
    the rest of the world, which the cube does not have as WIOD draws it, the former;
(b) the rest of the world the trade-weighted rate, on food and crops at most the 90th percentile of
    what importers under (a) levy there;
(c) services and own sales pay nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from datasets.builders.duties import FOOD_PERCENTILE, SECTOR_2014, mean_duty
from datasets.builders.flows_2014 import sector_label
from datasets.builders.raw import Icio, read_icio, read_tariffs_2014
from iomodel.errors import TableError
from iomodel.table.groups import REST_OF_WORLD
from iomodel.typing import Float

__all__ = ["CAPPED", "Duties2014", "build_duties_2014"]

CAPPED = ("A01", "C10-C12")


@dataclass(frozen=True)
class Duties2014:
    """Duties and their derivation.

    Attributes
    ----------
    tariff, weighted : ndarray, shape (44, 50, 44)
        Rates of the table, and the trade-weighted ones alone: exporter, sector, importer.
    caps : dict of str to float
        Largest duty of the rest of the world by sector of CAPPED.
    """

    tariff: Float
    weighted: Float
    caps: dict[str, float]


def build_duties_2014(
    raw: Path, regions: list[str], sectors: list[str], trade: Float
) -> Duties2014:
    """Apply the rule.

    Parameters
    ----------
    raw : pathlib.Path
        The folder of raw data.
    regions, sectors : list of str
        Labels of the table, ROW last.
    trade : ndarray, shape (44, 50, 44)
        Sales, weights of the means: seller, sector, buyer.

    Returns
    -------
    Duties2014

    Raises
    ------
    TableError
        If the rates of 2014 have other labels than the table.
    """
    source = read_tariffs_2014(raw)
    if (source.regions, [sector_label(code) for code in source.sectors]) != (regions, sectors):
        raise TableError("tariffs2014_44x44x50.npz and the table of 2014 differ in their labels")
    diagonal = np.arange(len(regions))
    weighted = source.rates.copy()
    weighted[diagonal, :, diagonal] = 0.0
    rates = np.fmin(weighted, _rates_of_cube(read_icio(raw, 2014), regions, sectors))
    rest_of_world, caps = regions.index(REST_OF_WORLD), {}
    countries = [k for k in diagonal if k != rest_of_world]
    for code in CAPPED:
        sector = sectors.index(code)
        levied = mean_duty(rates, trade, [sector])[countries]
        caps[code] = float(np.quantile(levied, FOOD_PERCENTILE))
        rates[:, sector, rest_of_world] = np.minimum(rates[:, sector, rest_of_world], caps[code])
    return Duties2014(rates, weighted, caps)


def _rates_of_cube(icio: Icio, regions: list[str], sectors: list[str]) -> Float:
    """Rates of the cube on the table's labels, NaN where it has none.

    Where the cube is finer, the mean weighted by its trade, plain where there is none.
    """
    rates = np.full((len(regions), len(sectors), len(regions)), np.nan)
    shared = [region for region in regions if region != REST_OF_WORLD]
    cube = [icio.regions.index(region) for region in shared]
    table = [regions.index(region) for region in shared]
    by_label: dict[str, list[int]] = {}
    for position, code in enumerate(icio.sectors[:-1]):
        label = sector_label(SECTOR_2014.get(code, code))
        by_label.setdefault(label, []).append(position)
    by_label["C18"] = by_label["C17"]
    for label, positions in by_label.items():
        cells = np.ix_(cube, positions, cube)
        # A small weight for all, so that cells without trade get the plain mean.
        weight = icio.trade[cells] + 1e-9
        mean = (icio.tariff[cells] * weight).sum(axis=1) / weight.sum(axis=1)
        rates[np.ix_(table, [sectors.index(label)], table)] = mean[:, None, :]
    return rates
