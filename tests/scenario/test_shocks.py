"""Shocks are checked when they are made."""

import datetime as dt
import inspect
import math
import pickle

import numpy as np
import pandas as pd
import pytest

from iomodel.errors import ScenarioError
from iomodel.scenario.scenario import Dates, Scenario
from iomodel.scenario.shocks import (
    SHOCKS,
    ContentControl,
    DemandChange,
    Embargo,
    ExportCut,
    Productivity,
    SupplyCut,
    Tariff,
    TariffLayer,
    TradeCost,
)


def test_the_registry_names_every_kind_once():
    assert len(SHOCKS) == 9
    assert all(cls.kind == kind for kind, cls in SHOCKS.items())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Tariff("USA", "CHN", rate=-1.1), "rate is -1.1; it must be at least -1"),
        (lambda: Tariff("USA", "CHN", rate=math.nan), "rate is nan; give a finite number"),
        (lambda: Tariff("USA", "CHN", rate=math.inf), "rate is inf; give a finite number"),
        (lambda: Tariff("USA", "CHN", rate="10%"), "rate is '10%'; give a number"),
        (lambda: Tariff("USA", "CHN", rate=True), "rate is True; give a number"),
        (lambda: Tariff("USA", "CHN", add=1), "add is 1; give true or false"),
        (lambda: Tariff("", "CHN"), "importer is ''"),
        (lambda: Tariff(["USA", 1], "CHN"), "importer holds 1"),
        (lambda: Tariff("others", "others"), "name one of the two sides"),
        (lambda: ExportCut("CHN", "C20", 1.2), "share is 1.2; it must be at least 0 and at most 1"),
        (lambda: ExportCut("CHN", "C20", 1, product_share={"C20": 2}), "product_share is 2"),
        (lambda: ExportCut("CHN", "C20", 1, product_share={}), "give a number, or one number"),
        (lambda: SupplyCut("CHN", "C20", -0.1), "share is -0.1"),
        (lambda: TradeCost(["USA", "CHN"], increase=-0.1), "increase is -0.1"),
        (lambda: TradeCost(increase=0.1), "between is missing"),
        (lambda: TradeCost(["USA"], increase=0.1), "give a list of two blocs"),
        (lambda: TradeCost(["USA", "CHN"], importer="USA"), "name either, not both"),
        (lambda: Embargo([["USA", "DEU"], ["DEU", "CHN"]]), "has 'DEU' in both blocs"),
        (lambda: ContentControl("CHN", "C20", -1, "USA"), "threshold is -1"),
        (lambda: DemandChange("USA", "all", -2), "change is -2; it must be at least -1"),
        (lambda: Productivity("USA", "all", -1), "change is -1; it must be above -1"),
        (
            lambda: TariffLayer("x", mode="remove"),
            "mode is 'remove'; valid: add, in-force, baseline",
        ),
        (lambda: TariffLayer(""), "name is ''"),
        (lambda: Tariff("USA", "CHN", start="soon"), "start is 'soon'; give a date as YYYY-MM-DD"),
        (
            lambda: Tariff("USA", "CHN", start="2025-11-01", end="2025-10-01"),
            "end is 2025-10-01, before start 2025-11-01",
        ),
        (lambda: Scenario(["x"]), "shocks holds 'x'"),
        (lambda: Scenario(name="a/b"), "name is 'a/b'"),
        (lambda: Scenario(rates="applied"), "rates is 'applied'; valid: statutory"),
        (lambda: Scenario(settings={"x": object()}), "a setting holds"),
        (
            lambda: Dates(announced=dt.date(2025, 2, 1), expires=dt.date(2025, 1, 1)),
            "expires is 2025-01-01, not after announced",
        ),
    ],
)
def test_bad_values_are_refused_in_one_sentence(make, message):
    with pytest.raises(ScenarioError, match=message.replace("(", r"\(")):
        make()


def test_values_are_brought_into_normal_form():
    shock = Tariff(["USA", "CAN"], "CHN", rate=1, start="2025-11-01")
    assert shock.importer == ("USA", "CAN")
    assert isinstance(shock.rate, float)
    assert shock.start == dt.date(2025, 11, 1)
    assert hash(ExportCut("CHN", ["C20"], 1, product_share={"C20": 0.5})) is not None


def test_a_shock_is_in_force_from_its_first_to_its_last_day():
    shock = Tariff("USA", "CHN", rate=0.1, start="2025-02-04", end="2025-03-03")
    days = [dt.date(2025, 2, 3), dt.date(2025, 2, 4), dt.date(2025, 3, 3), dt.date(2025, 3, 4)]
    assert [shock.in_force(day) for day in days] == [False, True, True, False]
    scenario = Scenario([shock, Embargo(["USA", "CHN"])])
    assert scenario.on(days[0]).shocks == (Embargo(["USA", "CHN"]),)


@pytest.mark.parametrize("shock", SHOCKS.values())
def test_the_help_of_every_shock_names_its_dates(shock):
    text = inspect.getdoc(shock)
    assert text.count("start, end : datetime.date, optional\n    First and last day in force") == 1
    assert text.count("Parameters\n----------") == 1


def test_a_scenario_travels_to_another_process():
    scenario = Scenario(ExportCut("CHN", "C20", 1, product_share={"C20": 0.5}), name="cut")
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_duties_that_go_on_are_no_kind_of_policy():
    assert Scenario(TariffLayer("x", mode="in-force")).kinds == frozenset()
    assert Scenario(TariffLayer("x", mode="lift")).kinds == {"tariff"}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda **word: Tariff("USA", "CHN", rate=35, **word), r"3,500 percent; for 35 percent"),
        (
            lambda **word: Productivity("USA", "all", 5, **word),
            r"500 percent; for 5 percent",
        ),
        (lambda **word: DemandChange("USA", "all", 3, **word), r"300 percent; for 3 percent"),
        (lambda **word: TradeCost(["USA", "CHN"], increase=60, **word), "6,000 percent"),
    ],
)
def test_sizes_that_look_like_percentages_need_a_word(make, words):
    with pytest.raises(ScenarioError, match=words):
        make()
    assert make(extreme=True).to_dict()["extreme"] is True
    with pytest.raises(ScenarioError, match="extreme is 1; give true or false"):
        make(extreme=1)


def test_a_duty_or_cost_without_a_size_is_refused():
    with pytest.raises(ScenarioError, match=r"rate is missing; give a fraction, as 0.25"):
        Tariff("USA", "CHN")
    with pytest.raises(ScenarioError, match="increase is missing"):
        TradeCost(["USA", "CHN"])
    assert Tariff("USA", "CHN", rate=0).to_dict()["rate"] == 0.0


def test_numbers_and_labels_of_numpy_and_pandas_are_read():
    plain = Tariff("USA", ["CHN", "VNM"], rate=0.5)
    for labels in (np.array(["CHN", "VNM"]), pd.Index(["CHN", "VNM"]), pd.Series(["CHN", "VNM"])):
        shock = Tariff(np.str_("USA"), labels, rate=np.float32(0.5))
        assert shock == plain
        assert type(shock.rate) is float
    assert Tariff("USA", "CHN", rate=np.int64(1)).rate == 1.0
    assert SupplyCut("CHN", [pd.Index(["C26"]), "G"], np.float64(1)).sectors == ("C26", "G")
    for rate in (np.bool_(True), np.complex128(1), np.array([1.0]), np.float32("nan")):
        with pytest.raises(ScenarioError, match="rate is"):
            Tariff("USA", "CHN", rate=rate)
    with pytest.raises(ScenarioError, match="sectors holds"):
        SupplyCut("CHN", np.array([1, 2]), 0.5)
