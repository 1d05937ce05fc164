"""Every scenario of the library runs in every model that can speak about it, at every horizon.

On few regions; a campaign runs all on the whole tables (tests/campaign/checks/library.py), and
three of them here.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

import iomodel as iom
from iomodel.models import Workbench
from iomodel.models.general_equilibrium import HORIZONS
from iomodel.scenario.catalogue import scenario_names
from tests.campaign.checks.autarky import autarky
from tests.campaign.checks.library import economy_fault
from tests.few_regions import NAMED, merged

# Variants in dates and degree: one of their file runs in every model, these where dates matter.
DATED = re.compile(r"rare-earth-(30|100)-\d+m|rare-earth-80-(3|18)m|rare-earth-controls-2026-11")
# Dates of one layer, and single steps between them: those below have all models.
DATES = re.compile(r"us-tariffs-202\d-\d\d-\d\d|section-(122|232|301)-.*2026")
ALL_MODELS = {"us-tariffs-2026-08-19", "us-tariffs-2025-11-14"}
MEASURES = {"price": "consumer_price_pct", "scarce": "real_income_pct"}


# A duty, an embargo and a cut.
WHOLE = ("us-china-tariff-100", "us-china-decoupling", "rare-earth-80")


@pytest.fixture(scope="module")
def workbench():
    return Workbench(merged("world-2022", NAMED))


@pytest.fixture(scope="module")
def world():
    return Workbench(iom.load("world-2022"))


@pytest.mark.parametrize("name", scenario_names())
def test_scenario_runs_in_every_applicable_model_and_at_every_horizon(name, workbench):
    # One test, so that both share the lowered policy.
    check_models(name, workbench)
    check_horizons(name, workbench)


@pytest.mark.parametrize("name", WHOLE)
def test_scenario_runs_in_every_applicable_model_on_the_whole_table(name, world):
    check_models(name, world)


def check_horizons(name, workbench):
    """The levier's imports fall, exports stay within output, nobody works twice, the base is ours.

    A single link of the chain of real GDP: none of this hangs on it.
    """
    scenario = iom.Scenario.load(name)
    assert "equilibrium" in iom.applicable(workbench.table, scenario)
    for horizon in HORIZONS:
        options = {"horizon": horizon, "links": 1, "detail": True}
        effects = iom.run(workbench, scenario, "equilibrium", **options)
        assert economy_fault(effects, workbench, scenario) == "", horizon


@pytest.mark.parametrize("horizon", list(HORIZONS))
@pytest.mark.parametrize("region", [*NAMED, "ROW"])
def test_autarky_is_solved_or_refused_by_name(region, horizon, workbench):
    """No equilibrium is refused with its cause: no maker at home, or inputs that outrun output.

    Goods need more of one another than they yield where inputs are complements and little of one
    is made at home; within a year, at the low end of the band, that is so for most.
    """
    outcome = autarky(workbench, region, horizon)
    assert outcome.verdict != "wrong", outcome.words


def check_models(name, workbench):
    scenario = iom.Scenario.load(name)
    models = iom.applicable(workbench.table, scenario)
    assert "leontief" in models
    if DATED.fullmatch(name):
        models = ["inventories"]
    if DATES.fullmatch(name) and name not in ALL_MODELS:
        models = ["price"]
    for model in models:
        effects = iom.run(workbench, scenario, model)
        measure = MEASURES.get(model, "gdp_pct")
        assert np.isfinite(effects[measure].values).all()
        assert effects.dataset.attrs["scenario"] == scenario.to_yaml()
        assert effects.dataset.sizes["region"] == workbench.table.shape[0]
