import numpy as np
import pytest

from iomodel.effects import Effects
from iomodel.table.mrio import MRIOTable


class Scenario:
    name = "toy-cut"
    title = "A toy cut"

    fingerprint = "0" * 64

    def to_yaml(self):
        return "name: toy-cut\nshocks:\n- embargo:\n    between: [USA, CHN]\n"


@pytest.fixture
def scenario():
    return Scenario()


@pytest.fixture
def table():
    """Three regions, two sectors; the second sector of Viet Nam has no output."""
    Z = np.zeros((6, 6))
    Z[:5, :5] = 1 + np.arange(25).reshape(5, 5) % 7
    Y = np.zeros((6, 3))
    Y[:5] = 40 + 10 * np.arange(15).reshape(5, 3) % 37
    return MRIOTable.from_arrays(
        Z,
        Y,
        regions=["USA", "CHN", "VNM"],
        sectors=["C26", "G"],
        sector_names=["Electronics", "Trade"],
        name="toy",
        unit="million USD",
        year=2022,
        description="An estimate made for tests. Nothing more.",
        history=["made", "balanced"],
    )


@pytest.fixture
def quantities(table):
    """Arrays as a quantity model with two closures makes them: a tenth lost, or nothing."""
    RS = ("region", "sector")
    x = table.x.values
    scale = np.array([0.9, 0.8, 1.0])
    gdp = table.value_added.values.sum(axis=1)
    lost = 100 * (scale - 1)
    return {
        "output_new": (RS, x * scale[:, None]),
        "value_added_new": (RS, table.value_added.values * scale[:, None]),
        "gdp_new": (("region",), gdp * scale),
        "gdp_pct_by_closure": (("closure", "region"), np.array([lost, [1.0, -2.0, 3.0]])),
        "output_pct_by_closure": (
            ("closure", *RS),
            np.array([np.where(x > 0, lost[:, None], np.nan), np.where(x > 0, 1.0, np.nan)]),
        ),
    }


@pytest.fixture
def effects(table, scenario, quantities):
    return Effects.build(
        table,
        scenario,
        model="leontief",
        closure="lost",
        variables=quantities,
        coords={"closure": ["lost", "diverted"]},
        parameters={
            "elasticities": {"value": "CP", "citation": "CaliendoParro2015"},
            "theta": np.array([4.0, 5.0]),
        },
        diagnostics={"quantities": {"residual": 1e-16, "seconds": 0.25}, "method": "lu"},
        notes=["GDP at base-year prices."],
    )
