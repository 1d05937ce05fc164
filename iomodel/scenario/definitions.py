"""Values behind the names of a scenario: rates of tariff layers and members of groups.

A scenario file names them; the values are in ``tariff-layers.csv`` and ``groups.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from iomodel.scenario import layers
from iomodel.scenario.detailed_rates import detailed_rates
from iomodel.scenario.own_groups import OwnGroups
from iomodel.scenario.shock import Shock
from iomodel.scenario.tariff_shocks import TariffLayer
from iomodel.table import groups

__all__ = ["definitions"]


def definitions(shocks: Iterable[Shock], own_groups: OwnGroups) -> dict[str, Any]:
    """Rates of the tariff layers and members of the groups that shocks name.

    Parameters
    ----------
    shocks : iterable of Shock
    own_groups : OwnGroups
        Groups of the scenario, which may have built-in ones among their members.

    Returns
    -------
    dict
        ``layers``: the rows of every layer named; ``groups``: by group name, its members among
        regions and in each classification of sectors; ``rates``, if any: of the
        layers that have them by partner and sector. A name without a definition has no entry.
    """
    shocks = tuple(shocks)
    layer_names = {shock.name for shock in shocks if isinstance(shock, TariffLayer)}
    rows = [row for row in layers.layer_rows() if row.layer in layer_names] if layer_names else []
    words = {word for shock in shocks for word in _words(list(shock.to_dict().values()))}
    words |= {word for row in rows for word in _words([row.importer, row.exporter, row.sectors])}
    words |= set(_words(own_groups.to_dict()))
    members = {word: groups.definitions(word) for word in words}
    named = {"layers": rows, "groups": {word: group for word, group in members.items() if group}}
    detailed = dict.fromkeys(row.layer for row in rows if row.detail)
    if detailed:
        named["rates"] = {layer: detailed_rates(layer) for layer in detailed}
    return named


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _words([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _words(item)
