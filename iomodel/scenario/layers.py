"""Trade-war duties as separate, dated, sourced layers on top of a table's tariffs.

The file ``tariff-layers.csv`` has one row per layer, partner and period; a rate holds from its day
`effective` on and before its day `expires`. Rows with a `detail` have their rates by partner and
sector in a file of their own (:mod:`iomodel.scenario.detailed_rates`); `rate` is their mean.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from iomodel.errors import ScenarioError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LayerRow", "layer_rows", "layer_state", "tariff_layers"]


@dataclass(frozen=True)
class LayerRow:
    """One rate of a layer.

    Attributes
    ----------
    layer : str
        Name of the layer.
    importer : str
        Country that levies the duty.
    exporter : str or tuple of str
        Origin of the goods; labels or group names.
    sectors : str
        Products: a label or a group name.
    rate : float
        Additional ad-valorem rate, as a fraction; with a `detail`, the mean over all imports.
    basis : str
        ``statutory`` (as decreed, exemptions left out), ``average`` (trade-weighted, statutory),
        ``effective`` (trade-weighted, with exemptions) or ``collected`` (duties over imports).
    effective, expires : datetime.date or None
        First day, and first day on which the rate no longer holds.
    source : str
        Citation key.
    note : str
        Contents and omissions of the rate.
    detail : str
        File of rates by partner and sector; empty for one rate.
    covered : datetime.date or None
        Last day that the source covers, for a state without an end.
    """

    layer: str
    importer: str
    exporter: str | tuple[str, ...]
    sectors: str
    rate: float
    basis: str
    effective: dt.date
    expires: dt.date | None
    source: str
    note: str
    detail: str = ""
    covered: dt.date | None = None


def layer_rows(path: Path | None = None) -> tuple[LayerRow, ...]:
    """Read every row of the layers.

    Parameters
    ----------
    path : pathlib.Path, optional
        Default: the embedded file.

    Returns
    -------
    tuple of LayerRow
        In the order of the file.
    """
    if path is None:
        from iomodel.table.catalogue import embedded

        path = embedded("tariff-layers.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        lines = (line for line in stream if not line.startswith("#"))
        return tuple(_row(record) for record in csv.DictReader(lines))


def tariff_layers() -> pd.DataFrame:
    """List the tariff layers: one row per layer, partner and period.

    Returns
    -------
    pandas.DataFrame
        Columns: layer, importer, exporter, sectors, rate, basis, effective, expires, source, note,
        detail, covered.
    """
    import pandas as pd

    names = [item.name for item in fields(LayerRow)]
    rows = [[getattr(row, name) for name in names] for row in layer_rows()]
    frame = pd.DataFrame(rows, columns=names)
    frame["exporter"] = [e if isinstance(e, str) else " ".join(e) for e in frame["exporter"]]
    return frame


def layer_state(name: str, date: dt.date | None) -> tuple[tuple[LayerRow, ...], str]:
    """Rates of a layer on a day.

    Parameters
    ----------
    name : str
        Name of the layer.
    date : datetime.date or None
        The day; None for the last state that the layer has.

    Returns
    -------
    rows : tuple of LayerRow
        The rates in force; none on a day before the layer begins or after it ends.
    note : str
        A sentence where the day was not given or has no rate; else empty.

    Raises
    ------
    ScenarioError
        If there is no such layer.
    """
    all_rows = layer_rows()
    rows = [row for row in all_rows if row.layer == name]
    if not rows:
        valid = dict.fromkeys(row.layer for row in all_rows)
        raise ScenarioError(f"unknown tariff layer {name!r}; valid: {', '.join(valid)}")
    starts = sorted({row.effective for row in rows})
    day = starts[-1] if date is None else date
    in_force = [r for r in rows if r.effective <= day and (r.expires is None or day < r.expires)]
    note = ""
    if not in_force:
        listed = ", ".join(str(start) for start in starts)
        note = f"Tariff layer {name} is not in force on {day}; its states begin {listed}."
    elif date is None and len(starts) > 1:
        note = f"Tariff layer {name} is taken as of {day}, its last state."
    elif any(row.covered is not None and day > row.covered for row in in_force):
        note = (
            f"The source of tariff layer {name} ends on {in_force[0].covered}; its last state, of "
            f"{starts[-1]}, is taken to hold on {day}."
        )
    return tuple(in_force), note


def _row(record: dict[str, str]) -> LayerRow:
    exporter = tuple(record["exporter"].split())
    return LayerRow(
        layer=record["layer"],
        importer=record["importer"],
        exporter=exporter[0] if len(exporter) == 1 else exporter,
        sectors=record["sectors"],
        rate=float(record["rate"]),
        basis=record["basis"],
        effective=dt.date.fromisoformat(record["effective"]),
        expires=_date(record["expires"]),
        source=record["source"],
        note=record["note"],
        detail=record["detail"],
        covered=_date(record["covered"]),
    )


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
