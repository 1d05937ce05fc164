"""Content of controlled products in every product, labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.scenario.checks import ProductShare
from iomodel.scenario.content import direct_content, embodied_content, gross_content
from iomodel.scenario.label_resolver import LabelResolver, spelled
from iomodel.typing import Labels

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["controlled_content"]


def controlled_content(
    table: MRIOTable, origin: Labels, sectors: Labels, product_share: ProductShare = 1.0
) -> xr.Dataset:
    """Content of an origin's controlled products in every product.

    Parameters
    ----------
    table : MRIOTable
        Its technology is used.
    origin : str or sequence of str
        Regions or groups, the origins of the content.
    sectors : str or sequence of str
        The origin's controlled sectors.
    product_share : float or mapping of str to float
        Fraction of each controlled sector's output that is the controlled product.

    Returns
    -------
    xarray.Dataset
        Over (region, sector), per unit of output: ``direct`` content in the maker's own
        purchases, ``embodied`` content through the whole chain, every controlled product counted
        once, and ``gross`` content, the rows of the Leontief inverse, which counts a compound, its
        alloy and its magnet one upon the other (:mod:`iomodel.scenario.content`).

    Raises
    ------
    LabelError, ScenarioError
        If a label is unknown, or a product share lacks a sector.
    """
    resolver = LabelResolver(table)
    shares = resolver.product_shares(sectors, product_share)
    indicator = np.outer(resolver.region_mask(origin), shares).astype(np.float64)
    counts = {
        "direct": (direct_content(table, indicator), "in the maker's own purchases"),
        "embodied": (embodied_content(table, indicator), "through the chain, counted once"),
        "gross": (gross_content(table, indicator), "through the chain, stage upon stage"),
    }
    return xr.Dataset(
        {
            name: (
                ("region", "sector"),
                cells,
                {"units": "1", "long_name": f"controlled content per unit of output, {words}"},
            )
            for name, (cells, words) in counts.items()
        },
        coords={
            "region": np.array(table.regions, dtype=object),
            "sector": np.array(table.sectors, dtype=object),
            "sector_name": ("sector", table.dataset["sector_name"].values),
        },
        attrs={
            "table_name": str(table.attrs["name"]),
            "origin": spelled(origin),
            "sectors": spelled(sectors),
            "citation": "MillerBlair2009",
            "notes": "\n".join(resolver.notes),
        },
    )
