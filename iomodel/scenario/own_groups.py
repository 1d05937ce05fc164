"""Groups of regions and of sectors that a scenario defines for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from iomodel.errors import ScenarioError
from iomodel.scenario.checks import FieldError, labels
from iomodel.table.classifications import classifications, divisions_of
from iomodel.table.countries import country_codes
from iomodel.table.groups import grouped_classifications, region_groups, sector_groups

__all__ = ["RESERVED", "OwnGroups"]

# Words that already mean something where a region or a sector stands.
RESERVED = frozenset({"all", "others", "WORLD"})

Members = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class OwnGroups:
    """Groups of a scenario: names for its own lists of regions and sectors.

    Parameters
    ----------
    regions : mapping of str to (sequence of str)
        Group name to members: labels, countries by ISO code or name, built-in groups, and other
        groups of the scenario.
    sectors : mapping of str to (sequence of str)
        Group name to members: sector codes, built-in groups, and other groups of the scenario.

    Raises
    ------
    ScenarioError
        If a name already means something (a built-in group, a country, a sector code), a member is
        no text, or groups contain each other.
    """

    regions: Members = field(default_factory=dict)
    sectors: Members = field(default_factory=dict)

    def __post_init__(self) -> None:
        for item in fields(self):
            stated = getattr(self, item.name)
            if not isinstance(stated, Mapping):
                raise FieldError(item.name, f"is {stated!r}; give names with lists of members")
            members = {name: _members(name, spec) for name, spec in stated.items()}
            object.__setattr__(self, item.name, members)
            for name in members:
                _refuse_taken(item.name.removesuffix("s"), name)
                _refuse_circle(name, members)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.regions or self.sectors)

    def of(self, kind: str) -> dict[str, tuple[str, ...]]:
        """Own groups of a kind, groups among their members replaced by those groups' members.

        Parameters
        ----------
        kind : {"region", "sector"}

        Returns
        -------
        dict of str to tuple of str
            Members without own groups; built-in ones are for the table to resolve.
        """
        groups = self.regions if kind == "region" else self.sectors
        return {name: tuple(dict.fromkeys(_flat(name, groups))) for name in groups}

    def refuse_labels(self, kind: str, valid: list[str]) -> None:
        """Refuse a group with the name of a label of a table.

        Raises
        ------
        ScenarioError
        """
        for name in self.regions if kind == "region" else self.sectors:
            if name in valid:
                raise ScenarioError(
                    f"the scenario's {kind} group {name!r} has the name of a {kind} of the table; "
                    "give it another name"
                )

    def to_dict(self) -> dict[str, dict[str, list[str]]]:
        """Return the groups as a file holds them, kinds without any left out."""
        pairs = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {
            kind: {name: list(members) for name, members in groups.items()}
            for kind, groups in pairs
            if groups
        }


# ---------------------------------------------------------------------- helpers
def _members(name: object, spec: object) -> tuple[str, ...]:
    if not isinstance(name, str) or not name or name.startswith("$"):
        raise FieldError("groups", f"has the name {name!r}; give text without a dollar sign")
    members = labels(name, spec)
    return (members,) if isinstance(members, str) else members


def _refuse_taken(kind: str, name: str) -> None:
    """Refuse a name that has a meaning in every scenario, or in some table."""
    if name in RESERVED:
        meaning = "a word of the scenario language"
    elif kind == "region":
        if name in region_groups():
            meaning = "a built-in group"
        else:
            codes = country_codes(name)
            meaning = f"a name of {', '.join(codes)}" if codes else ""
    elif any(name in sector_groups(each) for each in grouped_classifications()):
        meaning = "a built-in group"
    else:
        classification_names = (each for each in classifications() if name in divisions_of(each))
        classification = next(classification_names, "")
        meaning = f"a sector of {classification}" if classification else ""
    if meaning:
        raise FieldError(f"{kind}s", f"defines the group {name!r}, which is {meaning}; rename it")


def _refuse_circle(name: str, groups: Members, above: tuple[str, ...] = ()) -> None:
    if name in above:
        raise FieldError(name, f"contains itself: {' > '.join([*above, name])}")
    for member in groups[name]:
        if member in groups:
            _refuse_circle(member, groups, (*above, name))


def _flat(name: str, groups: Members) -> Iterator[str]:
    for member in groups[name]:
        if member in groups:
            yield from _flat(member, groups)
        else:
            yield member
