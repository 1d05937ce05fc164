r"""How far an industry can go on without an input: analysts' ratings, extended by the user.

The criticality :math:`\gamma_{ij} \in [0, 1]` of product :math:`i` for industry :math:`j` says what
share of production stops with the last unit of the input: 1 critical, 0 not needed in the short
run. The survey in [PichlerEtAl2022]_ rates 1, 0.5 (important) and 0; the weight that important
inputs get is a parameter, so that 1, 0.5 and 0 are its strong, half and weak reading.

An input that nobody rated is not critical. That is what keeps a trace of an input, an artefact of
estimation or a paper clip, from stopping an industry.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from iomodel.errors import LabelError
from iomodel.models.shortage.ratings import (
    classification_of,
    family_of,
    is_rated,
    months_of_cover,
    rated_pairs,
    rated_sectors,
    read_ratings,
)
from iomodel.table.groups import resolve_sectors
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "ANALYSTS",
    "Criticality",
    "Ratings",
    "criticality",
    "inventory_cover",
    "resolve_criticality",
]

Ratings = Mapping[tuple[str, str], float]
Criticality = str | float | Path | Ratings | xr.DataArray

SURVEY = "PichlerEtAl2022"
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
        Values to set, in the order given; sector labels or groups, ``"all"`` among them.
    parents : mapping of str to str, optional
        Sector of the survey that a sector of the table was carved out of; what the table says in
        ``parent_sector`` need not be repeated. The part needs what its parent needs; whether others
        need the part is not known and has to be said in `overrides`, but for the parts of
        world-2022-ree, which are rated.

    Returns
    -------
    xarray.DataArray (sector, user_sector)
        Attribute ``unrated`` lists sectors that the survey does not know.

    Raises
    ------
    LabelError
        If the survey knows no sector of the table, a label is unknown, or a value is not in [0, 1].
    """
    _fraction("the weight of important inputs", important)
    S, sectors = table.shape[1], table.sectors
    unrated: list[str] = []
    if isinstance(ratings, str):
        if ratings != ANALYSTS:
            raise LabelError(
                f"unknown ratings {ratings!r}; give {ANALYSTS!r}, a number, values by (input, "
                "user), or a DataArray over (sector, user_sector)"
            )
        cells, unrated = _surveyed(table, important, dict(parents or {}))
    else:
        _fraction("the criticality of all inputs", float(ratings))
        cells = np.full((S, S), float(ratings))
    classification = str(table.attrs["classification"])
    for pair, value in (overrides or {}).items():
        _fraction(f"the criticality of {pair[0]} for {pair[1]}", value)
        rows, columns = (
            np.isin(sectors, resolve_sectors(one, sectors, classification)) for one in pair
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
        },
    )


def resolve_criticality(
    given: Criticality, table: MRIOTable, important: float = 0.5
) -> tuple[Float, dict[str, Any]]:
    """Turn what a user gives into criticalities, with words for the record.

    Parameters
    ----------
    given : str, float, path, mapping or DataArray
        ``"analysts"``, one value, values by (input, user) that are set upon the analysts' (upon
        zero where these do not know the table), as a mapping or as the path of a CSV file for
        :func:`read_ratings`, or all values over (sector, user_sector).
    table : MRIOTable
    important : float
        Weight of inputs that analysts rate important.

    Returns
    -------
    gamma : ndarray, shape (S, S)
        Input, user.
    record : dict
        ``value`` and, where there is one, ``citation``.

    Raises
    ------
    LabelError
        As :func:`criticality`, or if a DataArray lacks a sector.
    """
    if isinstance(given, xr.DataArray):
        return _labelled(given, table), {
            "value": str(given.name or "given by the user"),
            **({"citation": str(given.attrs["citation"])} if given.attrs.get("citation") else {}),
        }
    if isinstance(given, Path) or (isinstance(given, str) and given.endswith(".csv")):
        given = read_ratings(given)
    overrides = given if isinstance(given, Mapping) else {}
    base: str | float = ANALYSTS if isinstance(given, Mapping) else given
    if isinstance(given, Mapping) and not is_rated(table):
        base = 0.0
    found = criticality(table, base, important=important, overrides=overrides)
    record: dict[str, Any] = {"value": base if isinstance(base, str) else f"{base:g} for all pairs"}
    if isinstance(base, str):
        record |= {"citation": SURVEY, "important": important}
    if overrides:
        record["overrides"] = {f"{i} for {j}": float(v) for (i, j), v in overrides.items()}
    if found.attrs["unrated"]:
        record["unrated, not critical"] = found.attrs["unrated"]
    return np.asarray(found.values, dtype=np.float64), record


def inventory_cover(
    table: MRIOTable, overrides: Mapping[str, float] | None = None, *, default: float = 0.0
) -> xr.DataArray:
    """Return how many months each sector could run on the inputs it holds.

    Parameters
    ----------
    table : MRIOTable
        Gives the sectors and their classification.
    overrides : mapping of str to float, optional
        Months by sector label or group.
    default : float
        Months for sectors that the data do not know.

    Returns
    -------
    xarray.DataArray (sector)
        Months; attribute ``citation``, and ``assumed`` lists sectors at the default.

    Raises
    ------
    LabelError
        If a label is unknown or a value is negative.
    """
    known = months_of_cover().get(classification_of(table) or "", {})
    sectors = table.sectors
    family = family_of(table)
    codes = {s: s if s in known else family.get(s, s) for s in sectors}
    months = {s: known.get(codes[s], default) for s in sectors}
    told = {s for s in sectors if codes[s] in known}
    for name, value in (overrides or {}).items():
        if not (np.isfinite(value) and value >= 0):
            raise LabelError(f"months of cover of {name} are {value!r}; they must not be negative")
        hit = resolve_sectors(name, sectors, str(table.attrs["classification"]))
        months |= dict.fromkeys(hit, float(value))
        told |= set(hit)
    return xr.DataArray(
        np.array([months[s] for s in sectors]),
        dims=("sector",),
        coords={"sector": sectors},
        name="months",
        attrs={
            "units": "months",
            "long_name": "stocks of inputs over monthly use",
            "citation": SURVEY if known else "",
            "assumed": [s for s in sectors if s not in told],
        },
    )


# ---------------------------------------------------------------------- helpers
def _surveyed(
    table: MRIOTable, important: float, parents: Mapping[str, str]
) -> tuple[Float, list[str]]:
    classification = classification_of(table)
    if classification is None:
        known = ", ".join(months_of_cover())
        raise LabelError(
            f"no analysts' ratings are known for the sectors of table {table.name!r} "
            f"(classifications: {known}); give criticality as values by (input, user), a number, "
            "or a DataArray over (sector, user_sector)"
        )
    rated, pairs = set(rated_sectors()[classification]), rated_pairs()[classification]
    for part, parent in parents.items():
        if part not in table.sectors or parent not in rated:
            raise LabelError(
                f"parents name {part!r} of {parent!r}; give a sector of the table and one of the "
                f"survey: {', '.join(sorted(rated))}"
            )
    told = {k: v for k, v in family_of(table).items() if k not in rated and v in rated}
    family = told | dict(parents)
    cells = np.zeros((table.shape[1],) * 2)
    for j, user in enumerate(table.sectors):
        needs = family.get(user, user)
        for i, name in enumerate(table.sectors):
            critical, less = pairs.get((name, needs), (0.0, 0.0))
            cells[i, j] = critical + important * less
    return cells, [s for s in table.sectors if s not in rated and s not in parents]


def _labelled(given: xr.DataArray, table: MRIOTable) -> Float:
    if given.dims != ("sector", "user_sector") or not set(given.dims) <= set(given.coords):
        raise LabelError(
            f"criticality has dimensions {given.dims}; give a DataArray over 'sector' and "
            "'user_sector' with the table's sector labels"
        )
    places = []
    for dim in given.dims:
        labels = [str(s) for s in given[dim].values]
        missing = [s for s in table.sectors if s not in labels]
        if missing:
            raise LabelError(f"criticality lacks {dim} {missing[0]!r}; it has: {labels}")
        places.append([labels.index(s) for s in table.sectors])
    cells = np.asarray(given.values, dtype=np.float64)[np.ix_(*places)]
    bad = ~((cells >= 0) & (cells <= 1))
    if bad.any():
        i, j = np.unravel_index(int(bad.argmax()), bad.shape)
        _fraction(f"the criticality of {table.sectors[i]} for {table.sectors[j]}", cells[i, j])
    return cells


def _fraction(what: str, value: float) -> None:
    if not 0.0 <= float(value) <= 1.0:
        raise LabelError(f"{what} is {value!r}; it must lie between 0 and 1")
