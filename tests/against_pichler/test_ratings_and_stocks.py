"""Figures of Pichler et al. (2022), and what their static paper says of proportional rationing."""

from __future__ import annotations

import numpy as np
import pytest

from datasets.published import WIOD_2013
from iomodel.models.shortage.bottleneck import bottleneck
from iomodel.models.shortage.criticality import criticality
from iomodel.models.shortage.inventory_cover import inventory_cover
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import ExportCut
from iomodel.table.catalogue import load
from iomodel.table.mrio import MRIOTable
from iomodel.table.readers.wiod import read_wiod


def industries(*codes):
    n = len(codes)
    return MRIOTable.from_arrays(
        np.zeros((n, n)),
        np.ones((n, 1)),
        regions=["A"],
        sectors=list(codes),
        classification="wiod-2016",
    )


@pytest.mark.parametrize(
    ("code", "months"),
    [("C29", 1.94), ("C27", 1.93), ("C26", 1.68), ("C24", 1.68), ("C20", 1.41), ("B", 0.08)],
)
def test_months_of_cover(code, months):
    # Half of the last digit quoted.
    assert float(inventory_cover(industries(code))[0]) == pytest.approx(months, abs=0.005)


def test_ratings_as_surveyed():
    gamma = criticality(industries("C24", "C26", "C27", "C29"), important=0.5)
    expected = [[1, 1, 1, 1], [0, 1, 1, 1], [0.5, 0.5, 1, 1], [0.5, 0, 0, 1]]
    np.testing.assert_array_equal(gamma.values, expected)


@pytest.mark.parametrize("share", [0.8, 0.001])
def test_proportional_rationing_collapses_whatever_the_shock(share):
    """The authors' point: the rule of rationing decides, not the size of the shock."""
    table = load("world-2022")
    scenario = Scenario(ExportCut("CHN", ["C24B", "C27"], 0.8, product_share=share))
    world = {
        rule: bottleneck(table, scenario, rationing=rule).by_region().loc["WORLD", "gdp_pct"]
        for rule in ("proportional", "intermediate")
    }
    assert world["proportional"] < -50
    assert -5 < world["intermediate"] < 0


def test_wiod_2011_export_cut():
    table = read_wiod(WIOD_2013, 2011)
    effects = bottleneck(table, Scenario(ExportCut("CHN", "c14", 0.001)))
    gdp = effects.by_region()["gdp_pct"]
    assert gdp["WORLD"] < 0
    assert np.all(np.isfinite(gdp))
    assert effects["output_new"].min() >= 0
