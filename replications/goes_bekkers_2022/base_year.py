"""The paper's base year on either table of 2014."""

from __future__ import annotations

import iomodel as iom
from replications.goes_bekkers_2022.runs import MARKET, Base, base_of, population_and_income
from replications.goes_bekkers_2022.ten_by_six import countries_of, load_ten_by_six
from replications.goes_bekkers_2022.world_2014 import load_world_2014

__all__ = ["FULL_TABLE", "base_2014", "base_year"]

YEAR = 2014
# Whether the base year is the full table of WIOD 2014 or the recipe of world-2022 on trade of 2014.
FULL_TABLE = False


def base_year() -> Base:
    """Return the base year of the page and the tests, by the table that FULL_TABLE names."""
    return base_2014() if FULL_TABLE else base_of(load_world_2014())


def base_2014(membership: str = "reading") -> Base:
    """Return the base year on the full table, under a membership of the paper's regions.

    Parameters
    ----------
    membership : str
        One of :data:`replications.goes_bekkers_2022.ten_by_six.MEMBERSHIPS`.
    """
    table = load_ten_by_six(membership)
    countries = countries_of(membership)
    # Its regions are those of the parts; nothing else of this table enters.
    world = iom.load("world-2022")
    place = {str(region): countries[str(region)] for region in table.regions}
    heads, ppp = population_and_income(world, place, YEAR)
    market = table.value_added.sum("sector") / heads[0].drop_vars("time")
    return Base(table, iom.load("world-2014"), heads, ppp, market.rename(MARKET))
