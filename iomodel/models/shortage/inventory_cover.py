"""Inventory cover: months of input use that each sector holds in stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.errors import LabelError
from iomodel.models.shortage.survey import (
    SURVEY,
    classification_of,
    family_of,
    months_of_cover,
)
from iomodel.models.shortage.survey_concordance import (
    industries_behind,
    mapped_months,
    survey_mapping,
)
from iomodel.table.groups import resolve_sectors

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["inventory_cover"]


def inventory_cover(
    table: MRIOTable, overrides: Mapping[str, float] | None = None, *, default: float = 0.0
) -> xr.DataArray:
    """Return the months of use that each sector holds of its inputs.

    Parameters
    ----------
    table : MRIOTable
        Gives the sectors and their classification.
    overrides : mapping of str to float, optional
        Months by sector label or group.
    default : float
        Months for sectors without data.

    Returns
    -------
    xarray.DataArray (sector)
        Months; attributes ``citation``, ``mapping`` (the surveyed industries behind the sectors)
        and ``assumed`` (sectors at the default).

    Raises
    ------
    LabelError
        If a label is unknown or a value is negative.
    """
    behind = industries_behind(table)
    if behind is None:
        surveyed = months_of_cover().get(classification_of(table) or "", {})
    else:
        surveyed = mapped_months(behind)
    sectors = table.sectors
    family = family_of(table)
    codes = {s: s if s in surveyed else family.get(s, s) for s in sectors}
    months = {s: surveyed.get(codes[s], default) for s in sectors}
    covered = {s for s in sectors if codes[s] in surveyed}
    for name, value in (overrides or {}).items():
        if not (np.isfinite(value) and value >= 0):
            raise LabelError(f"months of cover of {name} are {value!r}; they must not be negative")
        members = resolve_sectors(name, sectors, str(table.attrs["classification"]))
        months |= dict.fromkeys(members, float(value))
        covered |= set(members)
    return xr.DataArray(
        np.array([months[s] for s in sectors]),
        dims=("sector",),
        coords={"sector": sectors},
        name="months",
        attrs={
            "units": "months",
            "long_name": "stocks of inputs over monthly use",
            "citation": SURVEY if surveyed else "",
            "mapping": survey_mapping(table) if surveyed else "",
            "assumed": [s for s in sectors if s not in covered],
        },
    )
