"""The model on tables: labels, levels and refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from iomodel.errors import LabelError
from iomodel.models.equilibrium import economy_of, equilibrium
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Embargo, Productivity, Tariff
from iomodel.table.mrio import MRIOTable

Maker = Callable[..., MRIOTable]


@pytest.fixture(scope="module")
def table(make_table: Maker) -> MRIOTable:
    source = make_table(5)
    # Rates of up to 30 percent on every input leave random industries without value added.
    return source.with_history("tariffs lowered for a test", tariff=0.05 * source.tariff)


OPTIONS: dict[str, Any] = {"elasticities": 4.0}


def test_base_is_an_equilibrium_with_the_levels_of_the_table(table: MRIOTable) -> None:
    economy = economy_of(table, np.zeros((3, 4, 3)))
    np.testing.assert_allclose(economy.output.T, table.x.values, rtol=1e-9)
    assert economy.imbalance() < 1e-9


def test_a_tariff_hurts_the_exporter_and_raises_revenue(table: MRIOTable) -> None:
    scenario = Scenario([Tariff("R0", "R1", "all", 0.25)], name="tariff")
    effects = equilibrium(table, scenario, **OPTIONS)
    regions = effects.by_region()
    assert regions.loc["R1", "real_income_pct"] < 0.0
    assert regions.loc["R0", "tariff_revenue_new"] > regions.loc["R0", "tariff_revenue_base"]
    np.testing.assert_allclose(effects["gdp_base"].values, table.value_added.values.sum(axis=1))
    np.testing.assert_allclose(effects["output_base"].values, table.x.values)


def test_an_embargo_closes_the_flow(table: MRIOTable) -> None:
    scenario = Scenario([Embargo(importer="R0", exporter="R1")], name="embargo")
    effects = equilibrium(table, scenario, nest="baqaee-farhi", links=3, **OPTIONS)
    trade = effects["trade_new"].sel(region="R1", user_region="R0")
    assert float(trade) == 0.0
    assert effects["real_income_pct"].sel(region="R0") < 0.0


def test_productivity_raises_real_gdp_by_domar_weights(table: MRIOTable) -> None:
    scenario = Scenario([Productivity("R2", "s1", 1e-4)], name="productivity")
    effects = equilibrium(table, scenario, **OPTIONS)
    assert effects["gdp_pct"].sel(region="R2") > 0.0


def test_names_that_are_not_known_are_refused(table: MRIOTable) -> None:
    scenario = Scenario([Tariff("R0", "R1", "all", 0.25)], name="tariff")
    for options in ({"closure": "lost"}, {"balance": "none"}, {"nest": "leontief"}):
        with pytest.raises(LabelError):
            equilibrium(table, scenario, **OPTIONS, **options)
