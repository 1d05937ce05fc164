"""The paper's base year on either of two tables of 2014.

``recipe`` is the main one: trade of ICIO 2014 between 81 economies, technology and the industries'
imported inputs of WIOD, by the recipe of world-2022. ``full`` is the whole table of WIOD 2014. Its
rest of the world is a residual with a deficit, and makes up most of the paper's rest of East; in
ICIO that consists of countries. docs/goes-bekkers.md has both.
"""

from __future__ import annotations

import iomodel as iom
from iomodel.errors import unknown_label
from replications.goes_bekkers_2022.runs import MARKET, Base, base_of, population_and_income
from replications.goes_bekkers_2022.ten_by_six import countries_of, load_ten_by_six
from replications.goes_bekkers_2022.world_2014 import load_world_2014

__all__ = ["BASES", "base_year"]

YEAR = 2014
BASES = ("recipe", "full")


def base_year(name: str = "recipe", membership: str = "reading") -> Base:
    """Return the base year on a table, with the paper's regions under a membership.

    Parameters
    ----------
    name : {"recipe", "full"}
        Trade of ICIO by the recipe of world-2022, or the full table of WIOD.
    membership : str
        One of :data:`replications.goes_bekkers_2022.ten_by_six.MEMBERSHIPS`; of the full table.

    Raises
    ------
    LabelError
        If there is no such table, or no such membership.
    """
    if name not in BASES:
        raise unknown_label("table", name, BASES)
    return base_of(load_world_2014()) if name == "recipe" else _full(membership)


# ---------------------------------------------------------------------- helpers
def _full(membership: str) -> Base:
    table = load_ten_by_six(membership)
    countries = countries_of(membership)
    # Its regions are those of the parts; nothing else of this table enters.
    world = iom.load("world-2022")
    place = {str(region): countries[str(region)] for region in table.regions}
    heads, ppp = population_and_income(world, place, YEAR)
    market = table.value_added.sum("sector") / heads[0].drop_vars("time")
    return Base(table, iom.load("world-2014"), heads, ppp, market.rename(MARKET))
