"""Sector-specific factors of a run: land and natural resources, from shares that a user gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

import iomodel.diffusion as df
from iomodel.models.industry_values import values_by_industry
from iomodel.models.long_run.diffusion.inputs import in_printed_sectors
from iomodel.table.alignment import aligned
from iomodel.typing import Float, Record

if TYPE_CHECKING:
    from iomodel.models.long_run.diffusion.options import DiffusionOptions
    from iomodel.table.mrio import MRIOTable

__all__ = ["PRINTED_ELASTICITIES", "specific_factors_of"]

# Elasticities of substitution across primary factors (p. 17), by our groups for their six sectors.
PRINTED_ELASTICITIES: Mapping[str, float] = {
    "gb-pri": 0.27,
    "gb-lig": 1.20,
    "gb-hea": 1.26,
    "gb-elm": 1.26,
    "gb-tas": 1.26,
    "gb-ots": 1.42,
}


def specific_factors_of(
    options: DiffusionOptions, table: MRIOTable
) -> tuple[df.SpecificFactors | None, Record, tuple[str, ...]]:
    """Return the specific factors of a run, their record, and a sentence on them.

    None and nothing where no industry has one.

    Parameters
    ----------
    options : DiffusionOptions
    table : MRIOTable

    Raises
    ------
    LabelError
        If a label is unknown or missing, or a sector has no printed elasticity.
    """
    share = _shares(options.specific_share, table)
    if not share.any():
        return None, {}, ()
    elasticity, source = _elasticities(options.specific_elasticity, table)
    sectors = [table.sectors[s] for s in np.flatnonzero(share.any(axis=1)).tolist()]
    record = {
        "specific_factor": {
            "share": {sector: share[table.sectors.index(sector)].tolist() for sector in sectors},
            "elasticity": dict(zip(table.sectors, elasticity.tolist(), strict=True)),
            "growth": options.specific_growth,
            **source,
        }
    }
    note = (
        f"{', '.join(sectors)}: a factor of its own (land, natural resources) beside labour and "
        f"capital, which grows by {100.0 * options.specific_growth:g} percent a year."
    )
    return df.SpecificFactors(share, elasticity, options.specific_growth), record, (note,)


# ---------------------------------------------------------------------- helpers
def _shares(
    values: Mapping[str | tuple[str, str], float] | xr.DataArray | None, table: MRIOTable
) -> Float:
    """Return shares in value added, (S, R)."""
    if not isinstance(values, xr.DataArray):
        return values_by_industry(table, values)
    by_sector = {"sector": list(table.sectors)}
    if "region" not in values.dims:
        shares = aligned("specific_share", values, by_sector)[:, None]
    else:
        regions = {"region": list(table.regions)}
        shares = aligned("specific_share", values.transpose("sector", "region"), by_sector, regions)
    R, S = table.shape
    return np.array(np.broadcast_to(shares, (S, R)))


def _elasticities(values: str | float | xr.DataArray, table: MRIOTable) -> tuple[Float, Record]:
    """Return elasticities of substitution by sector, (S,), and their source."""
    if isinstance(values, str):
        printed = in_printed_sectors(
            PRINTED_ELASTICITIES,
            table,
            "pass specific_elasticity as a number or a DataArray over 'sector'",
        )
        return printed, {"citation": "GoesBekkers2022"}
    if isinstance(values, xr.DataArray):
        return aligned("specific_elasticity", values, {"sector": list(table.sectors)}), {}
    return np.full(table.shape[1], float(values)), {}
