"""Additional US duties of 2025-26 in force on a day, by partner and sector of a table."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.errors import ScenarioError
from iomodel.scenario.checks import day
from iomodel.scenario.detailed_rates import duty_array
from iomodel.scenario.label_resolver import LabelResolver
from iomodel.scenario.layers import LayerRow, layer_rows, layer_state
from iomodel.scenario.tables import DEFAULT_TABLE

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["ADDITIONAL_DUTIES", "PRIMARY_METALS", "duties"]

ADDITIONAL_DUTIES = "us-additional-2025-2026"
PRIMARY_METALS = "us-primary-metals-2025-2026"


def duties(
    on: str | dt.date, table: MRIOTable | None = None, *, primary_metals: bool = False
) -> xr.DataArray:
    """Additional duties of the United States in force on a day, over the ordinary ones of 2024.

    Emergency powers (to 19 February 2026), section 122, section 232, section 301 on Brazil and for
    forced labour, section 338 on Canada. Section 301 on China (2018-2024) is not among them: it was
    in force in 2024. Effective rates: decreed duties by product with their exemptions, weighted by
    US imports of 2024, at each partner's mean in [Waugh2026]_.

    Parameters
    ----------
    on : str or datetime.date
        The day, as ``"2026-08-19"``. Between the dates of the source the last state holds; before
        4 February 2025 there is no duty; after 21 September 2026, the last day of the source, its
        last state is returned and the attribute ``note`` says so.
    table : MRIOTable, optional
        Source of the labels. Default: those of ``world-2022``.
    primary_metals : bool
        Whether to add section 232 on steel and aluminium products that the source leaves out
        before 6 April 2026.

    Returns
    -------
    xarray.DataArray
        Dimensions region (exporter) and sector; rates as fractions of the customs value. Zero for
        services and for the United States. Attributes: importer, date, effective and expires (of
        the state), layers, mean (at imports of 2024), source, basis, unit, note.

    Raises
    ------
    ScenarioError
        If `on` is no date; the message lists the dates of the source.
    LabelError
        If the table lacks the United States, or its goods are of another classification.

    Examples
    --------
    >>> import iomodel as iom
    >>> rates = iom.duties(on="2026-08-19")
    >>> f"{float(rates.sel(region='CHN', sector='C13T15')):.3f}"
    '0.125'
    """
    date = _date(on)
    if table is None:
        from iomodel.table.catalogue import load

        table = load(DEFAULT_TABLE)
    labels = LabelResolver(table)
    rates = np.zeros(table.shape)
    layers = [ADDITIONAL_DUTIES, PRIMARY_METALS] if primary_metals else [ADDITIONAL_DUTIES]
    states: list[LayerRow] = []
    for layer in layers:
        in_force, note = layer_state(layer, date)
        for row in in_force:
            rates += duty_array(row, labels)
            states.append(row)
        if note:
            labels.note(note)
    return xr.DataArray(
        rates,
        coords={"region": table.regions, "sector": table.sectors},
        dims=("region", "sector"),
        name="additional_duty",
        attrs=_attributes(date, states, list(labels.notes)),
    )


def _attributes(date: dt.date, states: list[LayerRow], notes: list[str]) -> dict[str, object]:
    begin = [row.effective for row in states]
    end = [row.expires for row in states if row.expires is not None]
    return {
        "long_name": "Additional duties of the United States over those of 2024",
        "unit": "fraction of the customs value",
        "importer": "USA",
        "date": str(date),
        "effective": str(max(begin)) if begin else "",
        "expires": str(min(end)) if end else "",
        "layers": "; ".join(row.layer for row in states),
        "mean": sum(row.rate for row in states),
        "source": "; ".join(dict.fromkeys(row.source for row in states)),
        "basis": "; ".join(dict.fromkeys(row.basis for row in states)),
        "note": " ".join([*dict.fromkeys(row.note for row in states), *notes]),
    }


def _date(on: str | dt.date) -> dt.date:
    try:
        date = day("on", on)
    except ScenarioError as error:
        raise ScenarioError(f"{error}; {_dates()}") from error
    if date is None:
        raise ScenarioError(f"on is None; give a date as YYYY-MM-DD; {_dates()}")
    return date


def _dates() -> str:
    begin = [str(row.effective) for row in layer_rows() if row.layer == ADDITIONAL_DUTIES]
    return f"duties change on {', '.join(begin)}"
