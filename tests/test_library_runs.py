"""Every scenario of the library runs in every model that can speak about it, on the real table."""

from __future__ import annotations

import re

import numpy as np
import pytest

import iomodel as iom
from iomodel.models import MODELS
from iomodel.scenario.catalogue import scenario_names

# Variants in dates and degree: one of their file runs in every model, these where dates matter.
DATED = re.compile(r"rare-earth-(30|100)-\d+m|rare-earth-80-(3|18)m|rare-earth-controls-2026-11")
MEASURES = {"price": "consumer_price_pct", "scarce": "real_income_pct"}


@pytest.fixture(scope="module")
def table():
    return iom.load("world-2022")


@pytest.fixture(scope="module")
def system(table):
    return iom.LeontiefSystem(table)


@pytest.mark.parametrize("name", scenario_names())
def test_scenario_runs_in_every_applicable_model(name, table, system):
    scenario = iom.Scenario.load(name)
    models = iom.applicable(table, scenario)
    assert "leontief" in models
    if DATED.fullmatch(name):
        models = ["inventories"]
    for model in models:
        shared = {"system": system} if "system" in MODELS[model].options else {}
        effects = iom.run(table, scenario, model=model, **shared)
        measure = MEASURES.get(model, "gdp_pct")
        assert np.isfinite(effects[measure].values).all()
        assert effects.dataset.attrs["scenario"] == scenario.to_yaml()
        assert effects.dataset.sizes["region"] == 81
