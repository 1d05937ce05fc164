"""Regions of a result: present in its table, named by its scenario, or always shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import yaml

from iomodel.errors import LabelError
from iomodel.scenario.layers import layer_rows
from iomodel.scenario.own_groups import RESERVED, OwnGroups
from iomodel.scenario.shocks import TariffLayer
from iomodel.table.groups import region_groups, resolve_regions

if TYPE_CHECKING:
    import xarray as xr

    from iomodel.effects.effects import Effects

__all__ = ["SIDES", "STANDING", "named_regions", "own_groups", "present", "standing_regions"]

SIDES = ("USA", "CHN")
"""The two economies whose policies most scenarios are about."""

STANDING = ("ASEAN", "EU27", "JPN", "KOR")
"""The large economies beside them."""

# Fields of shocks that hold regions.
REGION_FIELDS = ("importer", "exporter", "importers", "region", "origin", "between")
MOST_NAMED = 6
# A tariff layer on more partners than these is about its importer.
MOST_PARTNERS = 2


def present(
    name: str, regions: Sequence[str], scenario_groups: Mapping[str, tuple[str, ...]] | None = None
) -> bool:
    """Return whether a name stands for one of the regions, or a group with a member among them.

    Parameters
    ----------
    name : str
        Label, group, or country by ISO code or name; words of the scenario language are none.
    regions : sequence of str
        Labels of the table.
    scenario_groups : mapping of str to tuple of str, optional
        Groups of the scenario, from :func:`own_groups`.
    """
    if name in regions:
        return True
    if name in RESERVED:
        return False
    try:
        return bool(resolve_regions(name, regions, scenario_groups))
    except LabelError:
        return False


def own_groups(dataset: xr.Dataset) -> dict[str, tuple[str, ...]]:
    """Return the region groups that the scenario of a result defines, with their members."""
    text = str(dataset.attrs.get("scenario", ""))
    if "\ngroups:" not in text:
        return {}
    return OwnGroups(**yaml.safe_load(text)["groups"]).of("region")


def standing_regions(regions: Sequence[str]) -> list[str]:
    """Return the sides and the large economies beside them that a table has."""
    return [name for name in (*SIDES, *STANDING) if present(name, regions)]


def named_regions(effects: Effects) -> list[str]:
    """Return the regions and groups named in the scenario, in its order, six at most."""
    scenario = yaml.safe_load(effects.dataset.attrs["scenario"])
    shocks = scenario.get("shocks", []) if isinstance(scenario, Mapping) else []
    names = dict.fromkeys([*_in_shocks(shocks), *_in_layers(shocks)])
    regions, scenario_groups = effects.regions, own_groups(effects.dataset)
    rows = [
        _row(name, regions, scenario_groups)
        for name in names
        if present(name, regions, scenario_groups)
    ]
    return list(dict.fromkeys(rows))[:MOST_NAMED]


# ---------------------------------------------------------------------- helpers
def _row(name: str, regions: Sequence[str], scenario_groups: Mapping[str, tuple[str, ...]]) -> str:
    """Return the name of a row: a group's as it stands, of a country the label of the table."""
    is_group = name in scenario_groups or name in region_groups()
    return name if is_group else resolve_regions(name, regions)[0]


def _in_shocks(node: Any) -> Iterator[str]:
    """Yield every name in a region field of a shock, at any depth of the text."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in REGION_FIELDS:
                yield from _names(value)
            else:
                yield from _in_shocks(value)
    elif isinstance(node, list):
        for item in node:
            yield from _in_shocks(item)


def _in_layers(shocks: Any) -> Iterator[str]:
    """Yield importers and, if they are few, partners of the tariff layers in a scenario."""
    for shock in shocks if isinstance(shocks, list) else []:
        layer = shock.get(TariffLayer.kind) if isinstance(shock, Mapping) else None
        if isinstance(layer, Mapping):
            rows = [row for row in layer_rows() if row.layer == layer.get("name")]
            yield from dict.fromkeys(row.importer for row in rows)
            partners = dict.fromkeys(p for row in rows for p in _names(row.exporter))
            yield from partners if len(partners) <= MOST_PARTNERS else ()


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _names(item)
    elif isinstance(value, str):
        yield value
