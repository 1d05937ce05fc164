"""Models by name: the one way to run them, and what is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from iomodel.errors import LabelError, NotApplicableError
from iomodel.models import MODELS, applicable, available_models, default_model, run
from iomodel.models.general_equilibrium.horizons import default_horizon
from iomodel.scenario.policy import KINDS
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import DemandChange, Embargo, ExportCut, SupplyCut, Tariff, TradeCost
from iomodel.table.catalogue import load

EMBARGO = Scenario(Embargo(between=["R0", "R1"]), name="break")


def test_every_model_declares_its_options():
    for name, model in MODELS.items():
        assert model.name == name
        assert isinstance(model.solve.__doc__, str)
        assert ("closure" in model.options) == bool(model.closures)
        assert model.handles <= KINDS
        assert model.summary
        for option, declaration in model.options_type.declared().items():
            assert declaration.name == option
            assert declaration.meaning.endswith(".")
            assert f"{option} : " in model.__doc__
            assert declaration.read(name, declaration.default) == declaration.default


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


def test_run_is_the_model(make_table):
    table = make_table(0)
    by_name = run(table, EMBARGO, "leontief", closure="diverted")
    itself = MODELS["leontief"](table, EMBARGO, closure="diverted")
    np.testing.assert_array_equal(by_name["output_new"], itself["output_new"])
    assert by_name.model == "leontief"
    assert by_name.closure == "diverted"
    assert by_name.diagnostics["residual"] < 1e-12


def test_unknown_model_and_option_are_refused(make_table):
    with pytest.raises(LabelError, match=r"unknown model 'leontieff' \(did you mean 'leontief'"):
        run(make_table(0), EMBARGO, "leontieff")
    with pytest.raises(
        LabelError, match=r"unknown option of model ghosh 'elasticities'; it has none"
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


def test_an_option_never_changes_the_model(make_table):
    table = make_table(0)
    with pytest.raises(LabelError, match=r"'diverted'; valid: mobile.*has it: leontief\)"):
        run(table, EMBARGO, closure="diverted", elasticities=4.0)
    with pytest.raises(LabelError, match=r"unknown option of model equilibrium 'horizn'"):
        run(table, EMBARGO, horizn="short", elasticities=4.0)


def test_what_is_withheld_is_answered_in_the_short_run():
    """Also with a duty beside it, and whichever parts of the default are named."""
    table = load("world-2022")
    cut, duty = SupplyCut("CHN", "C20", 0.1), Tariff("USA", "CHN", "goods", 0.001)
    alone = run(table, Scenario(cut))
    assert alone.parameters["horizon"]["value"] == "short"
    assert alone.closure == "sticky"
    assert alone.notes[0].startswith("Horizon short, within a year: the default here, since suppl")
    both = run(table, Scenario([cut, duty]))
    assert both.parameters["horizon"] == alone.parameters["horizon"]
    moved = np.abs(both["real_income_pct"] - alone["real_income_pct"])
    # A tenth of a point of duty.
    assert float(moved.max()) < 1e-2
    asked = run(table, Scenario(cut), horizon="long")
    assert asked.notes[0].endswith(
        "asked for; the default here is short, since supplies are withheld."
    )


def test_a_policy_of_a_year_is_answered_in_the_short_run():
    table = load("world-2022")
    begin, end = dt.date(2025, 11, 10), dt.date(2026, 11, 9)
    year = Tariff("USA", "CHN", "goods", 0.1, start=begin, end=end)
    for shocks, horizon in (
        ([year], "short"),
        ([year, Tariff("USA", "VNM", "goods", 0.1)], "long"),
        ([Tariff("USA", "CHN", "goods", 0.1, start=begin)], "long"),
        # A day more than a year; a year with a day in February of its own.
        ([Tariff("USA", "CHN", "goods", 0.1, start=begin, end=dt.date(2026, 11, 10))], "long"),
        ([Tariff("USA", "CHN", "goods", 0.1, start="2027-11-10", end="2028-11-09")], "short"),
        ([], "long"),
    ):
        assert default_horizon(Scenario(shocks))[0] == horizon
    effects = run(table, Scenario(year), links=1)
    assert effects.notes[0].endswith("since every shock ends within twelve months.")


def test_effects_do_not_depend_on_whether_the_model_was_named(make_table):
    table = make_table(0)
    by_default, named = run(table, EMBARGO), run(table, EMBARGO, "leontief")
    assert by_default.model == "leontief"
    assert named.notes == by_default.notes
    np.testing.assert_array_equal(named["gdp_pct"], by_default["gdp_pct"])
