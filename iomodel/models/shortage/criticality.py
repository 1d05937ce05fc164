r"""Criticality of inputs: analysts' ratings, extended by the user.

The criticality :math:`\gamma_{ij} \in [0, 1]` of product :math:`i` for industry :math:`j` is the
share of production that stops with the last unit of the input: 1 critical, 0 not needed in the
short run. The survey in [PichlerEtAl2022]_ rates 1, 0.5 (important) and 0; the weight of important
inputs is a parameter, so that 1, 0.5 and 0 are its strong, half and weak reading.

Inputs without a rating are not critical. This keeps a trace of an input, an artefact of estimation
or a paper clip, from stopping an industry.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from iomodel.errors import LabelError
from iomodel.models.shortage.ratings import is_rated, read_ratings
from iomodel.models.shortage.survey import (
    SURVEY,
    classification_of,
    family_of,
    months_of_cover,
    rated_pairs,
    rated_sectors,
)
from iomodel.models.shortage.survey_concordance import (
    industries_behind,
    mapped_ratings,
    survey_mapping,
)
from iomodel.table.alignment import aligned
from iomodel.table.groups import resolve_sectors
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "ANALYSTS",
    "Criticality",
    "Ratings",
    "criticality",
    "resolve_criticality",
]

Ratings = Mapping[tuple[str, str], float]
Criticality = str | float | Path | Ratings | xr.DataArray

ANALYSTS = "analysts"


def criticality(
    table: MRIOTable,
    ratings: str | float = ANALYSTS,
    *,
    important: float = 0.5,
    overrides: Ratings | None = None,
    parents: Mapping[str, str] | None = None,
) -> xr.DataArray:
    """Return the criticality of every product for every industry of a table.

    Parameters
    ----------
    table : MRIOTable
        Gives the sectors and their classification.
    ratings : "analysts" or float
        The survey, or one value for all pairs.
    important : float
        Weight of inputs rated important, in [0, 1].
    overrides : mapping of (input, user) to float, optional
        Values that replace the ratings, set in this order; sector labels or groups, ``"all"``
        among them.
    parents : mapping of str to str, optional
        Surveyed sector that a sector of the table was split from; parents in the table's
        ``parent_sector`` need not be repeated. The new sector has the input ratings of its parent.
        Its criticality for other industries is unknown and belongs in `overrides`, except for the
        new sectors of world-2022-ree, which are rated.

    Returns
    -------
    xarray.DataArray (sector, user_sector)
        Attribute ``unrated`` lists sectors that are not in the survey, ``mapping`` the surveyed
        industries behind the others; ratings come from the survey's file, or for other
        classifications by :mod:`iomodel.models.shortage.survey_concordance`.

    Raises
    ------
    LabelError
        If the survey covers no sector of the table, a label is unknown, or a value is not in
        [0, 1].
    """
    _fraction("the weight of important inputs", important)
    S, sectors = table.shape[1], table.sectors
    unrated: list[str] = []
    mapping = ""
    if isinstance(ratings, str):
        if ratings != ANALYSTS:
            raise LabelError(
                f"unknown ratings {ratings!r}; give {ANALYSTS!r}, a number, values by (input, "
                "user), or a DataArray over (sector, user_sector)"
            )
        cells, unrated = _surveyed(table, important, dict(parents or {}))
        mapping = survey_mapping(table)
    else:
        _fraction("the criticality of all inputs", float(ratings))
        cells = np.full((S, S), float(ratings))
    classification = str(table.attrs["classification"])
    for pair, value in (overrides or {}).items():
        _fraction(f"the criticality of {pair[0]} for {pair[1]}", value)
        rows, columns = (
            np.isin(sectors, resolve_sectors(name, sectors, classification)) for name in pair
        )
        cells[np.ix_(rows, columns)] = value
    return xr.DataArray(
        cells,
        dims=("sector", "user_sector"),
        coords={"sector": sectors, "user_sector": sectors},
        name="criticality",
        attrs={
            "units": "1",
            "long_name": "share of the user's output that stops with the last unit of the input",
            "citation": SURVEY if isinstance(ratings, str) else "",
            "unrated": unrated,
            "mapping": mapping,
        },
    )


def resolve_criticality(
    values: Criticality, table: MRIOTable, important: float = 0.5
) -> tuple[Float, dict[str, Any]]:
    """Return criticalities from a value of the option ``criticality``, and their record.

    Parameters
    ----------
    values : str, float, path, mapping or DataArray
        ``"analysts"``; one value; values by (input, user) that replace the analysts' (zero for a
        table outside the survey), as a mapping or as the path of a CSV file for
        :func:`read_ratings`; or all values over (sector, user_sector).
    table : MRIOTable
    important : float
        Weight of inputs that analysts rate important.

    Returns
    -------
    gamma : ndarray, shape (S, S)
        Input, user.
    record : dict
        ``value`` and, if there is one, ``citation``.

    Raises
    ------
    LabelError
        As :func:`criticality`, or if a DataArray lacks a sector.
    """
    if isinstance(values, xr.DataArray):
        citation = values.attrs.get("citation")
        return _labelled(values, table), {
            "value": str(values.name or "given by the user"),
            **({"citation": str(citation)} if citation else {}),
        }
    if isinstance(values, Path) or (isinstance(values, str) and values.endswith(".csv")):
        values = read_ratings(values)
    overrides = values if isinstance(values, Mapping) else {}
    base: str | float = ANALYSTS if isinstance(values, Mapping) else values
    if isinstance(values, Mapping) and not is_rated(table):
        base = 0.0
    gamma = criticality(table, base, important=important, overrides=overrides)
    record: dict[str, Any] = {"value": base if isinstance(base, str) else f"{base:g} for all pairs"}
    if isinstance(base, str):
        record |= {"citation": SURVEY, "important": important}
        record |= {"mapping": gamma.attrs["mapping"]} if gamma.attrs["mapping"] else {}
    if overrides:
        record["overrides"] = {f"{i} for {j}": float(v) for (i, j), v in overrides.items()}
    if gamma.attrs["unrated"]:
        record["unrated, not critical"] = gamma.attrs["unrated"]
    return np.asarray(gamma.values, dtype=np.float64), record


# ---------------------------------------------------------------------- helpers
def _surveyed(
    table: MRIOTable, important: float, parents: Mapping[str, str]
) -> tuple[Float, list[str]]:
    """Return the survey's criticalities, and the sectors without ratings."""
    behind = industries_behind(table, parents)
    if behind is not None:
        split = set(family_of(table)) | set(parents)
        critical_part, important_part = mapped_ratings(table, behind, set(table.sectors) - split)
        return critical_part + important * important_part, []
    classification = classification_of(table)
    if classification is None:
        surveyed = ", ".join(months_of_cover())
        raise LabelError(
            f"no analysts' ratings are known for the sectors of table {table.name!r} "
            f"(classifications: {surveyed}); give criticality as values by (input, user), a "
            "number, or a DataArray over (sector, user_sector)"
        )
    rated, pairs = set(rated_sectors()[classification]), rated_pairs()[classification]
    for sector, parent in parents.items():
        if sector not in table.sectors or parent not in rated:
            raise LabelError(
                f"parents name {sector!r} of {parent!r}; give a sector of the table and one of the "
                f"survey: {', '.join(sorted(rated))}"
            )
    recorded = {k: v for k, v in family_of(table).items() if k not in rated and v in rated}
    family = recorded | dict(parents)
    cells = np.zeros((table.shape[1],) * 2)
    for j, user in enumerate(table.sectors):
        rated_user = family.get(user, user)
        for i, name in enumerate(table.sectors):
            critical_share, important_share = pairs.get((name, rated_user), (0.0, 0.0))
            cells[i, j] = critical_share + important * important_share
    return cells, [s for s in table.sectors if s not in rated and s not in parents]


def _labelled(values: xr.DataArray, table: MRIOTable) -> Float:
    """Return a user's criticalities in the order of the table's sectors."""
    if values.dims != ("sector", "user_sector") or not set(values.dims) <= set(values.coords):
        raise LabelError(
            f"criticality has dimensions {values.dims}; give a DataArray over 'sector' and "
            "'user_sector' with the table's sector labels"
        )
    axes = ({dim: table.sectors} for dim in values.dims)
    cells = aligned("criticality", values, *axes)
    outside = ~((cells >= 0) & (cells <= 1))
    if outside.any():
        i, j = np.unravel_index(int(outside.argmax()), outside.shape)
        _fraction(f"the criticality of {table.sectors[i]} for {table.sectors[j]}", cells[i, j])
    return cells


def _fraction(quantity: str, value: float) -> None:
    """Refuse a value outside [0, 1]."""
    if not 0.0 <= float(value) <= 1.0:
        raise LabelError(f"{quantity} is {value!r}; it must lie between 0 and 1")
