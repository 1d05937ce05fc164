r"""Trade elasticities by sector: published sets and their median, mapped to a table's sectors.

The convention is :math:`\theta = \sigma - 1`, with :math:`\sigma` the Armington elasticity
between origins [Armington1969]_: when duties raise the price of an origin by one percent relative
to others, expenditure on it at duty-inclusive prices falls by :math:`\theta` percent, and its
quantity (or value before duty) by :math:`\sigma = \theta + 1` percent.

The set ``median`` is the median, sector by sector, of the seven of :data:`SOURCES`. ``CP`` is the
vector of the counterfactuals of [CaliendoParro2015]_: 8.22 in transport equipment, where the
estimates of their 99 percent sample (``CP-99``) are .39 and 1.84, and 8.22 in services.
``Boehm`` is one long-run estimate for all goods [BoehmLevchenkoPandalaiNayar2023]_, used in every
sector.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.errors import LabelError, unknown_label
from iomodel.fingerprint import fingerprint
from iomodel.table.alignment import aligned
from iomodel.table.catalogue import embedded
from iomodel.table.classifications import (
    classification_with,
    classifications,
    correspondences,
    divisions_of,
    mapping_text,
)
from iomodel.typing import Float, Record

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.table.mrio import MRIOTable

__all__ = [
    "DRAWN",
    "LONG_RUN_SET",
    "PUBLISHED",
    "SETS",
    "SOURCES",
    "USER",
    "ElasticitySet",
    "by_sector",
    "elasticities",
    "elasticity_sets",
    "published_sectors",
    "resolve_elasticities",
    "sealed",
]

PUBLISHED, USER, DRAWN = "published set", "user", "drawn"
"""Origins of elasticities in the record of a run."""

# Attributes: the digest of the values that the other attributes describe, and their origin.
SEAL, ORIGIN = "values_digest", "origin"
# Classification of the cube for which the sets were compiled.
CUBE = "icio-28"
CONVENTION = "theta = sigma - 1"
MEANING = (
    "trade elasticity theta = sigma - 1, sigma the elasticity between origins: duty-inclusive "
    "spending on an origin responds with -theta, its quantity and its value before duty with "
    "-(theta + 1), to its relative duty-inclusive price"
)


@dataclass(frozen=True)
class ElasticitySet:
    """One set of trade elasticities.

    Attributes
    ----------
    name : str
        Short name.
    title : str
        Authors, and version if there are several.
    citation : str
        Key in the package's bibliography, several with commas; empty for unpublished sets.
    """

    name: str
    title: str
    citation: str


_ESTIMATES = (
    ElasticitySet("CP", "Caliendo and Parro, as in their counterfactuals", "CaliendoParro2015"),
    ElasticitySet("CP-99", "Caliendo and Parro, 99% sample", "CaliendoParro2015"),
    ElasticitySet("FGO", "Fontagne, Guimbard and Orefice", "FontagneGuimbardOrefice2022"),
    ElasticitySet("Shap", "Shapiro", "Shapiro2016"),
    ElasticitySet("GYY", "Giri, Yi and Yilmazkuday", "GiriYiYilmazkuday2021"),
    ElasticitySet("BSY", "Bagwell, Staiger and Yurukoglu", "BagwellStaigerYurukoglu2021"),
    ElasticitySet("LL", "Lashkaripour and Lugovskyy", "LashkaripourLugovskyy2023"),
    ElasticitySet(
        "Boehm", "Boehm, Levchenko and Pandalai-Nayar, long run", "BoehmLevchenkoPandalaiNayar2023"
    ),
    ElasticitySet("IS", "in-sample: estimated by the compiler of the cube itself", ""),
    ElasticitySet("U4", "uniform: four in every sector", ""),
)
SOURCES = ("CP", "FGO", "Shap", "GYY", "BSY", "LL", "Boehm")
"""Seven published sources: members of ``median``, equally likely in draws."""

_MEDIAN = ElasticitySet(
    "median",
    "median of seven published sources by sector",
    ", ".join(entry.citation for entry in _ESTIMATES if entry.name in SOURCES),
)
SETS: Mapping[str, ElasticitySet] = {entry.name: entry for entry in (_MEDIAN, *_ESTIMATES)}

LONG_RUN_SET = "median"
"""Default set of the long run."""


def elasticity_sets() -> pd.DataFrame:
    """List the sets of trade elasticities.

    Returns
    -------
    pandas.DataFrame
        Index ``set``; columns ``title``, ``citation`` (key in the bibliography), and the smallest,
        median and largest elasticity over the goods of world-2022.
    """
    import pandas as pd

    cells = _cells()[CUBE]
    goods = {name: [row[name] for code, row in cells.items() if code[0] in "ABC"] for name in SETS}
    rows = {
        name: {
            "title": entry.title,
            "citation": entry.citation,
            "smallest": min(goods[name]),
            "median": float(np.median(goods[name])),
            "largest": max(goods[name]),
        }
        for name, entry in SETS.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="set")


def elasticities(name: str, table: MRIOTable) -> xr.DataArray:
    r"""Return a set of trade elasticities for the sectors of a table.

    Parameters
    ----------
    name : str
        One of :func:`elasticity_sets`.
    table : MRIOTable
        Gives the sectors and their classification. For an unknown classification, a known one with
        codes of all the table's sectors stands in.

    Returns
    -------
    xarray.DataArray (sector)
        Elasticities :math:`\theta`; attributes ``set``, ``citation``, ``meaning``,
        ``classification`` and ``mapping``, the sectors of the cube behind those of the table. Every
        service has the value of the cube's one services aggregate, and coarser sectors the plain
        average of the cube's sectors in them.

    Raises
    ------
    LabelError
        If there is no such set, or the sectors of the table are of no known classification.
    """
    if name not in SETS:
        raise unknown_label("set of elasticities", name, SETS)
    entry, classification = SETS[name], _classification(table)
    by_code = _by_sector_code(classification)
    return xr.DataArray(
        np.array([by_code[code][name] for code in _codes(table)]),
        dims=("sector",),
        coords={"sector": table.dataset["sector"].values},
        name="theta",
        attrs={
            "set": name,
            "title": entry.title,
            "citation": entry.citation,
            "meaning": MEANING,
            "classification": classification,
            "mapping": _mapping(table),
            "units": "1",
        },
    )


def resolve_elasticities(
    values: str | float | xr.DataArray, table: MRIOTable
) -> tuple[Float, Record]:
    """Resolve a set, a number or an array to one elasticity per sector, with their record.

    Arrays are compared with the published sets by value: their name and attributes may have
    outlived their numbers.

    Parameters
    ----------
    values : str, float or DataArray (sector)
        Name of a set, one number for all sectors, or elasticities by sector label.
    table : MRIOTable

    Returns
    -------
    theta : ndarray, shape (S,)
    record : dict
        ``value`` (name, number or ``own``), ``origin``, ``by_sector`` and, for published sets,
        ``citation`` and ``mapping``.

    Raises
    ------
    LabelError
        If the set is unknown, or a sector has no elasticity or an unusable one.
    """
    if isinstance(values, str):
        theta = np.asarray(elasticities(values, table).values, dtype=np.float64)
        record = _set_record(values, table)
    elif isinstance(values, xr.DataArray):
        theta = _aligned(values, table)
        record = _array_record(values, theta, table)
    else:
        theta = np.full(table.shape[1], float(values))
        record = {"value": f"{float(values):g} in every sector", "origin": USER}
    is_unusable = ~(np.isfinite(theta) & (theta > -1.0))
    if is_unusable.any():
        k = int(is_unusable.argmax())
        raise LabelError(
            f"the elasticity of sector {table.sectors[k]!r} is {theta[k]:g}; theta = sigma - 1 "
            "must be finite and above -1"
        )
    return theta, record | by_sector(theta, table)


def by_sector(theta: Float, table: MRIOTable) -> Record:
    """Return the entry of a record that holds the elasticities by sector."""
    return {"by_sector": dict(zip(table.sectors, theta.tolist(), strict=True))}


def sealed(theta: xr.DataArray, origin: str | None = None) -> xr.DataArray:
    """Return elasticities whose attributes hold for these values only.

    Arithmetic keeps attributes; the digest shows whether they still describe the numbers.
    """
    attrs = {} if origin is None else {ORIGIN: origin}
    return theta.assign_attrs(attrs | {SEAL: _digest(theta)})


def published_sectors(names: Sequence[str], table: MRIOTable) -> tuple[xr.DataArray, Float]:
    """Return sets by the sectors of their compilation, and a table's sectors as averages of them.

    Parameters
    ----------
    names : sequence of str
        Sets.
    table : MRIOTable

    Returns
    -------
    sets : DataArray (set, sector)
        By sector of the compilation.
    averages : ndarray, shape (S, sectors of the compilation)
        Rows sum to one; a set times the transpose is that of :func:`elasticities`.

    Raises
    ------
    LabelError
        As :func:`elasticities`.
    """
    unknown = [name for name in names if name not in SETS]
    if unknown:
        raise unknown_label("set of elasticities", unknown[0], SETS)
    matches = correspondences(_classification(table), CUBE)
    published = _cells()[CUBE]
    values = [[cell[name] for cell in published.values()] for name in names]
    sets = xr.DataArray(
        np.array(values).reshape(len(names), len(published)),
        dims=("set", "sector"),
        coords={"set": list(names), "sector": list(published)},
    )
    averages = np.zeros((table.shape[1], len(published)))
    columns = {sector: k for k, sector in enumerate(published)}
    for row, code in zip(averages, _codes(table), strict=True):
        members = matches[code].sources
        row[[columns[sector] for sector in members]] = 1.0 / len(members)
    return sets, averages


# ---------------------------------------------------------------------- helpers
def _aligned(values: xr.DataArray, table: MRIOTable) -> Float:
    """Return elasticities in the order of the sectors of a table."""
    if values.dims != ("sector",):
        raise LabelError(
            f"elasticities have dimensions {values.dims}; give a DataArray over 'sector' with "
            "the table's sector labels"
        )
    cells = values if "sector" in values.coords else values.values
    return aligned("elasticities by sector", cells, {"sector": table.sectors})


def _set_record(name: str, table: MRIOTable) -> Record:
    entry = SETS[name]
    record = {
        "value": name,
        "title": entry.title,
        "convention": CONVENTION,
        "origin": PUBLISHED,
        "mapping": _mapping(table),
    }
    return record | ({"citation": entry.citation} if entry.citation else {})


def _array_record(values: xr.DataArray, theta: Float, table: MRIOTable) -> Record:
    """Return the record of an array: a published set if the values are its own."""
    label = str(values.attrs.get("set") or values.name or "")
    # Sets can agree on the sectors of a table: its own label decides between them.
    for name, published in _published(table, sorted(SETS, key=lambda name: name != label)):
        if np.array_equal(published, theta):
            return _set_record(name, table)
    citation = str(values.attrs.get("citation", ""))
    record: Record
    if SEAL in values.attrs:
        if values.attrs[SEAL] != _digest(values):
            return {"value": "own", "origin": USER}
        record = {"value": label, "origin": str(values.attrs.get(ORIGIN, PUBLISHED))}
        if record["origin"] == DRAWN:
            record["title"] = str(values.attrs.get("title", ""))
    elif label in SETS or "classification" in values.attrs:
        # The attributes of a published set, over other numbers.
        return {"value": "own", "origin": USER}
    else:
        record = {"value": f"own ({label})" if label else "own", "origin": USER}
    return record | ({"citation": citation} if citation else {})


def _published(table: MRIOTable, names: Sequence[str]) -> Iterator[tuple[str, Float]]:
    """Yield names of sets and their values by sector (S,), none if no classification is known."""
    try:
        by_code, codes = _by_sector_code(_classification(table)), _codes(table)
    except LabelError:
        return
    for name in names:
        yield name, np.array([by_code[code][name] for code in codes])


def _digest(theta: xr.DataArray) -> str:
    values = np.asarray(theta.values, dtype=np.float64)
    labels = map(str, theta["sector"].values)
    return fingerprint(dict(zip(labels, values.tolist(), strict=True)))


def _classification(table: MRIOTable) -> str:
    classification = classification_with(_codes(table), str(table.attrs["classification"]))
    if classification is not None:
        return classification
    published = {name: divisions_of(name) for name in classifications()}
    unknown = [s for s in table.sectors if not any(s in codes for codes in published.values())]
    subject = f"sector {unknown[0]!r}" if unknown else "this mix of sectors"
    raise LabelError(
        f"table {table.name!r} has {subject}, for which no published elasticities are known "
        f"(classifications: {', '.join(published)}); pass elasticities as a number or as a "
        "DataArray over 'sector'"
    )


def _by_sector_code(classification: str) -> Mapping[str, Mapping[str, float]]:
    """Return sector -> set -> elasticity, by concordance where the file lacks the sectors."""
    cells = _cells()
    if classification in cells:
        return cells[classification]
    cube = cells[CUBE]
    return {
        sector: {name: float(np.mean([cube[k][name] for k in match.sources])) for name in SETS}
        for sector, match in correspondences(classification, CUBE).items()
    }


def _mapping(table: MRIOTable) -> str:
    """Return how the sectors of the cube go to those of a table, in words."""
    return mapping_text(_codes(table), correspondences(_classification(table), CUBE))


def _codes(table: MRIOTable) -> list[str]:
    """Return the published code of each sector, for a part of a sector that of its parent."""
    parents = dict(table.attrs.get("parent_sector", {}))
    return [str(parents.get(s, s)) for s in table.sectors]


@lru_cache(maxsize=1)
def _cells() -> dict[str, dict[str, dict[str, float]]]:
    """Return classification -> sector -> set -> elasticity from the embedded file."""
    cells: dict[str, dict[str, dict[str, float]]] = {}
    with embedded("elasticities.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            values = {name: float(row[name]) for name in SETS}
            cells.setdefault(row["classification"], {})[row["sector"]] = values
    return cells
