"""Models by name: the one way to run them, and what is refused."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from iomodel.errors import LabelError, NotApplicableError
from iomodel.models import MODELS, applicable, available_models, default_model, run
from iomodel.scenario.policy import KINDS
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import DemandChange, Embargo, ExportCut, SupplyCut, Tariff, TradeCost
from iomodel.table.catalogue import load

EMBARGO = Scenario(Embargo(between=["R0", "R1"]), name="break")


def test_every_model_has_one_signature():
    for name, spec in MODELS.items():
        parameters = list(inspect.signature(spec.function).parameters.values())
        assert [p.name for p in parameters[:2]] == ["table", "scenario"]
        assert all(p.kind is p.KEYWORD_ONLY for p in parameters[2:]), name
        assert ("closure" in spec.options) == bool(spec.closures)
        assert spec.handles <= KINDS
        assert spec.summary


def test_models_are_listed():
    frame = available_models()
    assert list(frame["name"]) == list(MODELS)
    assert frame.set_index("name").loc["leontief", "handles"] == "all"
    assert frame.set_index("name").loc["extraction", "closures"] == "hypothetical, global"


@pytest.mark.parametrize(
    ("shock", "names"),
    [
        (Tariff("R0", "R1", "all", 0.1), ["leontief", "price", "equilibrium"]),
        (TradeCost(between=["R0", "R1"], increase=1), ["leontief", "price", "equilibrium"]),
        (Embargo(between=["R0", "R1"]), ["leontief", "extraction", "equilibrium", "ghosh"]),
        (
            ExportCut("R0", "s0", 0.1),
            ["leontief", "extraction", "equilibrium", "scarce", "ghosh", "mixed"],
        ),
        (
            SupplyCut("R0", "s0", 0.1),
            ["leontief", "extraction", "equilibrium", "scarce", "ghosh", "mixed"],
        ),
        (DemandChange("R0", "s0", 0.1), ["leontief"]),
    ],
)
def test_applicable(make_table, shock, names):
    assert applicable(make_table(0), Scenario(shock)) == names


def test_run_is_the_function(make_table):
    table = make_table(0)
    by_name = run(table, EMBARGO, "leontief", closure="diverted")
    itself = MODELS["leontief"].function(table, EMBARGO, closure="diverted")
    np.testing.assert_array_equal(by_name["output_new"], itself["output_new"])
    assert by_name.model == "leontief"
    assert by_name.closure == "diverted"
    assert by_name.diagnostics["residual"] < 1e-12


def test_unknown_model_and_option_are_refused(make_table):
    with pytest.raises(LabelError, match=r"unknown model 'leontieff' \(did you mean 'leontief'"):
        run(make_table(0), EMBARGO, "leontieff")
    with pytest.raises(
        LabelError, match=r"unknown option of model ghosh 'elasticities'; valid: sys"
    ):
        run(make_table(0), EMBARGO, "ghosh", elasticities="CP")


def test_silent_model_names_those_that_speak(make_table):
    scenario = Scenario([Tariff("R0", "R1", "all", 0.1), Embargo(between=["R0", "R2"])], name="two")
    with pytest.raises(NotApplicableError, match=r"embargo in scenario 'two'; .* equilibrium$"):
        run(make_table(0), scenario, "price")


def test_effects_are_traceable(make_table):
    tariff = Scenario(Tariff("R0", "R1", "all", 0.1))
    effects = run(make_table(0), tariff, "leontief", elasticities=2.0)
    assert effects.parameters["elasticities"]["value"] == "2 in every sector"
    assert set(effects.diagnostics["closures"]) == {"lost", "diverted"}
    assert any("only reallocates" in note for note in effects.notes)


@pytest.mark.parametrize(
    ("shock", "options", "model", "reason"),
    [
        (Tariff("R0", "R1", "all", 0.1), {"elasticities": 4.0}, "equilibrium", "about tariff"),
        (Embargo(between=["R0", "R1"]), {"elasticities": 4.0}, "equilibrium", "about embargo"),
        (Embargo(between=["R0", "R1"]), {}, "leontief", "none are published for the sectors"),
        (Embargo(between=["R0", "R1"]), {"closure": "diverted"}, "leontief", "closure 'diverted'"),
        (Embargo(between=["R0", "R1"]), {"system": None}, "leontief", "no option 'system'"),
        (SupplyCut("R0", "s0", 0.1), {"elasticities": 4.0}, "equilibrium", "models of shortage"),
        (DemandChange("R0", "s0", 0.1), {}, "leontief", "nothing to say about demand"),
    ],
)
def test_default_model_is_equilibrium_where_it_can_answer(
    make_table, shock, options, model, reason
):
    choice = default_model(make_table(0), Scenario(shock), options)
    assert choice.model == model
    assert reason in choice.reason
    assert choice.model in choice.sentence


def test_what_is_withheld_is_answered_in_the_short_run(make_table):
    table = load("world-2022")
    cut, duty = SupplyCut("CHN", "C20", 0.1), Tariff("USA", "CHN", "goods", 0.1)
    assert default_model(table, Scenario(cut)).options == {"horizon": "short"}
    assert default_model(table, Scenario(cut), {"horizon": "long"}).options == {}
    assert default_model(table, Scenario([cut, duty])).options == {}
    assert "within a year" in default_model(table, Scenario(cut)).reason


def test_effects_say_which_model_was_chosen_and_why(make_table):
    table = make_table(0)
    by_default = run(table, EMBARGO)
    assert by_default.model == "leontief"
    assert by_default.notes[0] == default_model(table, EMBARGO).sentence
    named = run(table, EMBARGO, "leontief")
    assert named.notes == by_default.notes[1:]
    np.testing.assert_array_equal(named["gdp_pct"], by_default["gdp_pct"])
