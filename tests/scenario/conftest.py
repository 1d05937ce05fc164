"""Small tables with real labels for the scenario tests."""

import numpy as np
import pytest

from iomodel.table.groups import sector_groups
from iomodel.table.mrio import MRIOTable

CODES = """
AGO ARE ARG AUS AUT BEL BGD BGR BLR BRA BRN CAN CHE CHL CHN CIV CMR COD COL CRI CYP CZE DEU DNK EGY
ESP EST FIN FRA GBR GRC HKG HRV HUN IDN IND IRL ISL ISR ITA JOR JPN KAZ KHM KOR LAO LTU LUX LVA MAR
MEX MLT MMR MYS NGA NLD NOR NZL PAK PER PHL POL PRT ROU RUS SAU SEN SGP STP SVK SVN SWE THA TUN TUR
TWN UKR USA VNM ZAF ROW
"""
ICIO = CODES.split()


def labelled_table(regions, sectors, *, tariff=None, seed=0, **attrs):
    """Return a productive table of random flows."""
    draw = np.random.default_rng(seed)
    n, R = len(regions) * len(sectors), len(regions)
    Z = draw.random((n, n)) / n
    return MRIOTable.from_arrays(
        Z,
        1.0 + draw.random((n, R * 2)),
        regions=regions,
        sectors=sectors,
        final_uses=["C", "I"],
        tariff=tariff,
        **attrs,
    )


@pytest.fixture
def small():
    """Three regions, two sectors, tariffs of 5 percent on all cross-border flows."""
    tariff = np.full((3, 2, 3), 0.05)
    for r in range(3):
        tariff[r, :, r] = 0.0
    return labelled_table(["USA", "CHN", "DEU"], ["C26", "G"], tariff=tariff)


@pytest.fixture(scope="session")
def world():
    """81 regions and 37 sectors with the labels of the embedded table."""
    groups = sector_groups("icio-28+services")
    return labelled_table(
        ICIO, groups["goods"] + groups["services"], classification="icio-28+services"
    )
