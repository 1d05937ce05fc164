"""Every scenario of the library runs in every model that can speak about it, on the real table."""

from __future__ import annotations

import re

import numpy as np
import pytest

import iomodel as iom
from iomodel.models import Workbench
from iomodel.scenario.catalogue import scenario_names

# Variants in dates and degree: one of their file runs in every model, these where dates matter.
DATED = re.compile(r"rare-earth-(30|100)-\d+m|rare-earth-80-(3|18)m|rare-earth-controls-2026-11")
# Dates of one layer, and single steps between them: those below have all models.
DATES = re.compile(r"us-tariffs-202\d-\d\d-\d\d|section-(122|232|301)-.*2026")
ALL_MODELS = {"us-tariffs-2026-08-19", "us-tariffs-2025-11-14"}
MEASURES = {"price": "consumer_price_pct", "scarce": "real_income_pct"}


@pytest.fixture(scope="module")
def workbench():
    return Workbench(iom.load("world-2022"))


@pytest.mark.parametrize("name", scenario_names())
def test_scenario_runs_in_every_applicable_model(name, workbench):
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
        assert effects.dataset.sizes["region"] == 81
