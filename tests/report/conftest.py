import numpy as np
import pytest

from iomodel.effects import Effects
from iomodel.table.mrio import MRIOTable

REGIONS = ["USA", "CHN", "DEU", "VNM", "JPN", "ROW"]
SECTORS = ["A01", "C26", "C27", "G"]
NAMES = [
    "Crop and animal production",
    "Computers, electronic and optical products",
    "Cars",
    "Trade",
]


class Scenario:
    name = "toy-cut"
    title = "A toy <cut>"

    fingerprint = "0" * 64

    def to_yaml(self):
        return "name: toy-cut\nshocks:\n- embargo:\n    between: [USA, CHN]\n    sectors: goods\n"


@pytest.fixture(scope="session")
def table():
    rng = np.random.default_rng(7)
    n = len(REGIONS) * len(SECTORS)
    return MRIOTable.from_arrays(
        rng.uniform(0, 2, (n, n)),
        rng.uniform(5, 50, (n, len(REGIONS))),
        regions=REGIONS,
        sectors=SECTORS,
        sector_names=NAMES,
        name="toy",
        unit="million USD",
        year=2022,
        citation="OECD2023ICIO",
        description="An estimate made for tests. Nothing more.",
    )


@pytest.fixture(scope="session")
def quantity_effects(table):
    rng = np.random.default_rng(8)
    RS = ("region", "sector")
    change = np.stack([rng.uniform(-5, -0.1, table.shape), rng.uniform(-2, 2, table.shape)])
    value_added = table.value_added.values
    gdp = value_added.sum(axis=1)
    by_closure = (change * value_added).sum(axis=2) / gdp
    return Effects.build(
        table,
        Scenario(),
        model="leontief",
        closure="lost",
        variables={
            "output_new": (RS, table.x.values * (1 + change[0] / 100)),
            "gdp_new": (("region",), gdp * (1 + by_closure[0] / 100)),
            "gdp_pct_by_closure": (("closure", "region"), by_closure),
            "output_pct_by_closure": (("closure", *RS), change),
        },
        coords={"closure": ["lost", "diverted"]},
        parameters={"elasticities": {"value": "CP", "citation": "CaliendoParro2015"}},
        notes=[
            "GDP at base-year prices.",
            "Closure lost: no other supplier steps in.",
            "Closure diverted: other origins supply it.",
        ],
    )


@pytest.fixture(scope="session")
def price_effects(table):
    rng = np.random.default_rng(9)
    total = rng.uniform(0.1, 3, len(REGIONS))
    return Effects.build(
        table,
        Scenario(),
        model="price",
        variables={
            "price_pct": (("region", "sector"), rng.uniform(0, 6, table.shape)),
            "consumer_price_pct": (("region",), total),
            "consumer_price_direct_pct": (("region",), 0.6 * total),
            "consumer_price_cascaded_pct": (("region",), 0.4 * total),
        },
    )
