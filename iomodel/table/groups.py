"""Groups of regions and of sectors (EU27, ASEAN, goods, strategic, ...), by name.

The lists, their dates and the judgements behind them are in ``groups.yaml`` beside this file.
Groups of sectors are listed by code for some classifications, and by divisions of ISIC rev. 4 for
all others (:mod:`iomodel.table.classifications`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from iomodel.errors import LabelError, unknown_label
from iomodel.table.classifications import classifications, divisions_of, whole_parts
from iomodel.table.countries import country_codes, country_label, labels_by_country
from iomodel.typing import Labels

__all__ = [
    "REST_OF_WORLD",
    "Resolution",
    "definitions",
    "grouped_classifications",
    "is_split",
    "region_group_titles",
    "region_groups",
    "resolve",
    "resolve_region",
    "resolve_regions",
    "resolve_sectors",
    "sector_groups",
    "split_classification",
]


# Region of a table that stands for all countries without one.
REST_OF_WORLD = "ROW"

# Separates the classification of a table from the splits that it went through.
SPLIT = "/"


@dataclass(frozen=True)
class Resolution:
    """Labels of one table that a specification stands for.

    Attributes
    ----------
    labels : tuple of str
        Labels of the table, each once, in the order of the specification.
    absent : tuple of (str, tuple of str)
        Groups some of whose members the table lacks, with those members.
    """

    labels: tuple[str, ...]
    absent: tuple[tuple[str, tuple[str, ...]], ...]


def region_groups() -> dict[str, list[str]]:
    """Every region group with all its members, in the order of the file.

    Returns
    -------
    dict of str to list of str
        Group name to ISO 3166 alpha-3 codes (ROW for the rest of the world).
    """
    return {name: list(members) for name, members in _region_members().items()}


def region_group_titles() -> dict[str, str]:
    """Title of every region group."""
    return {name: str(entry["title"]) for name, entry in _file()["regions"].items()}


def grouped_classifications() -> list[str]:
    """Classifications with groups of sectors, those listed by code first."""
    return list(dict.fromkeys([*_file()["sectors"], *classifications()]))


def sector_groups(classification: str) -> dict[str, list[str]]:
    """Sector groups of a classification; none for an unknown classification.

    Parameters
    ----------
    classification : str
        The attribute of that name of a table, for example ``"icio-28+services"``.

    Returns
    -------
    dict of str to list of str
        Group name to sector codes.
    """
    return {name: list(codes) for name, codes in _sector_members(classification).items()}


def resolve_regions(
    spec: Labels, valid: Sequence[str], scenario_groups: Mapping[str, Iterable[str]] | None = None
) -> list[str]:
    """Resolve region labels and group names into region labels of a table.

    Parameters
    ----------
    spec : str or sequence of str
        A label, a group name, a country by ISO code or name, a list of these, or ``"all"``. A label
        of the table wins over a group of the same name, and both over a country.
    valid : sequence of str
        The labels of the table.
    scenario_groups : mapping of str to iterable of str, optional
        Groups that a scenario defines.

    Returns
    -------
    list of str
        Labels, each once, in the order of `spec`; members that the table lacks are left out.

    Raises
    ------
    LabelError
        If a name is neither a label, a group nor a country, or an ambiguous one, or nothing of it
        is in the table.

    Examples
    --------
    >>> resolve_regions(["Germany", "USMCA"], ["CA", "DE", "FR", "US"])
    ['DE', 'US', 'CA']
    """
    return list(resolve("region", spec, valid, _region_members(), scenario_groups).labels)


def resolve_region(name: str, valid: Sequence[str]) -> str:
    """Resolve a label or a country, by ISO code or name, into the region label of a table.

    Raises
    ------
    LabelError
        If the name is unknown or ambiguous, or the table lacks the country.

    Examples
    --------
    >>> resolve_region("Germany", ["DE", "FR"])
    'DE'
    """
    label = name if name in valid else country_label(name, valid)
    if label is None:
        raise unknown_label("region", name, valid)
    return label


def resolve_sectors(spec: Labels, valid: Sequence[str], classification: str = "") -> list[str]:
    """Resolve sector labels and group names into sector labels of a table.

    Parameters
    ----------
    spec : str or sequence of str
        A label, a group name, a list of both, or ``"all"``.
    valid : sequence of str
        The labels of the table.
    classification : str
        The table's classification: it defines the groups. Default for an unknown one: the
        classification with all of `valid` among its codes.

    Returns
    -------
    list of str
        Labels, each once, in the order of `spec`.

    Raises
    ------
    LabelError
        If a name is neither a label nor a group, or no member of a group is in the table.
    """
    return list(resolve("sector", spec, valid, groups_for(valid, classification)).labels)


def definitions(name: str) -> dict[str, tuple[str, ...]]:
    """Members of every group of a name.

    Parameters
    ----------
    name : str
        Any name.

    Returns
    -------
    dict of str to tuple of str
        ``"region"`` or a classification of sectors to the members; empty for any other name.
    """
    groups = {"region": _region_members()}
    groups |= {code: _sector_members(code) for code in grouped_classifications()}
    return {kind: tuple(members[name]) for kind, members in groups.items() if name in members}


def is_split(name: str) -> bool:
    """Whether a group of some table is a sector of the unsplit table."""
    return any(name in _codes(classification) for classification in _file()["sectors"])


def groups_for(valid: Sequence[str], classification: str) -> Mapping[str, tuple[str, ...]]:
    """Sector groups of a table, by its classification or else by its codes."""
    known = grouped_classifications()
    if classification.split(SPLIT)[0] in known:
        return _sector_members(classification)
    fitting = next((name for name in known if set(valid) <= _codes(name)), "")
    # Codes of unsplit sectors fit the unsplit classification too, and it comes first.
    return _sector_members(fitting)


def resolve(
    kind: str,
    spec: Labels,
    valid: Sequence[str],
    groups: Mapping[str, Iterable[str]],
    scenario_groups: Mapping[str, Iterable[str]] | None = None,
) -> Resolution:
    """Resolve labels and group names into labels of a table, with the absent members.

    Parameters
    ----------
    kind : str
        ``"region"`` or ``"sector"``, for messages.
    spec : str or sequence of str
        A label, a group name, a list of both, or ``"all"``; for regions also a country by ISO code
        or name.
    valid : sequence of str
        The labels of the table.
    groups : mapping of str to iterable of str
        Group names and their members.
    scenario_groups : mapping of str to iterable of str, optional
        Groups that a scenario defines; members may be built-in groups, and countries by name.

    Returns
    -------
    Resolution

    Raises
    ------
    LabelError
        If a name is unknown or ambiguous, or a group has no member in the table.
    """
    valid_labels, scenario_groups = set(valid), scenario_groups or {}
    labels: dict[str, None] = {}
    absent: list[tuple[str, tuple[str, ...]]] = []
    for name in [spec] if isinstance(spec, str) else spec:
        if name in valid_labels:
            labels[name] = None
        elif name == "all":
            labels.update(dict.fromkeys(valid))
        elif name in groups or name in scenario_groups:
            if name in groups:
                members = {m: _labels_of(kind, m, valid) for m in groups[name]}
            else:
                members = {
                    m: _own_labels(kind, name, m, valid, groups) for m in scenario_groups[name]
                }
            absent_members = tuple(m for m, present in members.items() if not present)
            if len(absent_members) == len(members):
                raise LabelError(
                    f"no member of the {kind} group {name!r} ({', '.join(members)}) is in the "
                    f"table; valid: {', '.join(valid)}"
                )
            if absent_members:
                absent.append((name, absent_members))
            for present in members.values():
                labels.update(dict.fromkeys(present))
        else:
            country = country_label(name, valid) if kind == "region" else None
            if country is None:
                raise unknown_label(kind, name, valid, ["all", *scenario_groups, *groups])
            labels[country] = None
    if not labels:
        raise LabelError(f"an empty list of {kind}s; name at least one, or 'all'")
    return Resolution(tuple(labels), tuple(absent))


def _labels_of(kind: str, member: str, valid: Sequence[str]) -> tuple[str, ...]:
    """Labels of a table that stand for a member of a group: its own, or those of its country."""
    if member in valid:
        return (member,)
    return labels_by_country(tuple(valid)).get(member, ()) if kind == "region" else ()


def _own_labels(
    kind: str, group: str, member: str, valid: Sequence[str], groups: Mapping[str, Iterable[str]]
) -> tuple[str, ...]:
    """Labels that stand for a member of a scenario's own group; none where the table lacks it."""
    if member in groups and member not in valid:
        return tuple(label for m in groups[member] for label in _labels_of(kind, m, valid))
    labels = _labels_of(kind, member, valid)
    if not labels and kind == "region":
        codes = country_codes(member)
        if len(codes) == 1:
            return _labels_of(kind, codes[0], valid)
        if codes:
            country_label(member, valid)
    if not labels:
        error = unknown_label(kind, member, valid, groups)
        raise LabelError(f"in the scenario's group {group!r}: {error}")
    return labels


# ---------------------------------------------------------------------- the file
@cache
def _file() -> dict[str, Any]:
    """Content of the file; cached because it is part of the package and never changes."""
    text = Path(__file__).with_name("groups.yaml").read_text(encoding="utf-8")
    # The loader in C takes a tenth of the time; some builds of the library lack it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: dict[str, Any] = yaml.load(text, Loader=loader)
    return content


@cache
def _region_members() -> Mapping[str, tuple[str, ...]]:
    entries = _file()["regions"]
    return {name: _members(name, entries) for name in entries}


def split_classification(classification: str, sector: str, parts: Sequence[str]) -> str:
    """Classification of a table after a split of one of its sectors.

    It names the split, as in ``icio-28+services/C27=magnets,other``: groups then hold the parts in
    place of the sector, and the code of the sector becomes a group.

    Parameters
    ----------
    classification : str
        That of the table before the split; without one there are no groups.
    sector : str
        The parent.
    parts : sequence of str
        Labels of its parts.

    Returns
    -------
    str
        Empty where the classification is, or where a label holds one of the signs ``/ = ,``.
    """
    if not classification or any(sign in label for label in [sector, *parts] for sign in "/=,"):
        return ""
    return f"{classification}{SPLIT}{sector}={','.join(parts)}"


@cache
def _sector_members(classification: str) -> Mapping[str, tuple[str, ...]]:
    unsplit, sign, split = classification.rpartition(SPLIT)
    if sign:
        sector, _, labels = split.partition("=")
        parts = tuple(labels.split(","))
        groups = {
            name: tuple(new for code in codes for new in (parts if code == sector else (code,)))
            for name, codes in _sector_members(unsplit).items()
        }
        return groups if sector in parts or not groups else {**groups, sector: parts}
    entries = _file()["sectors"].get(classification)
    if entries is not None:
        return {name: _members(name, entries) for name in entries}
    return _by_divisions(classification) if classification in classifications() else {}


def _by_divisions(classification: str) -> Mapping[str, tuple[str, ...]]:
    """Sector groups of a classification by ISIC divisions: its sectors that lie wholly in one.

    An entry may name sectors that count although they lie in it in part (`partly`), or all its
    sectors in a classification (`instead`).
    """
    entries, sectors = _file()["isic"], divisions_of(classification)
    leaves = {code for divisions in sectors.values() for code in divisions}
    groups: dict[str, tuple[str, ...]] = {}
    for name, entry in entries.items():
        inside = whole_parts(_members(name, entries), leaves)
        listed = entry.get("instead", {}).get(classification)
        partly = entry.get("partly", {}).get(classification, ())
        groups[name] = tuple(
            code
            for code, divisions in sectors.items()
            if (code in listed if listed else divisions <= inside or code in partly)
        )
    return {name: codes for name, codes in groups.items() if codes}


def _codes(classification: str) -> set[str]:
    return {code for codes in _sector_members(classification).values() for code in codes}


def _members(name: str, entries: Mapping[str, Any]) -> tuple[str, ...]:
    entry = entries[name]
    members = [code for group in entry.get("union", ()) for code in _members(group, entries)]
    members += entry.get("members", ())
    excluded = {code for group in entry.get("minus", ()) for code in _members(group, entries)}
    return tuple(dict.fromkeys(code for code in members if code not in excluded))
