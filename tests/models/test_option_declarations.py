"""Every option of every model reads what fits its declaration and refuses everything else."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from iomodel.errors import LabelError
from iomodel.models import MODELS, run
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import ExportCut, Tariff
from tests.models.option_values import good_values, wrong_python_values, wrong_values

DECLARED = [
    (model, declaration)
    for model in MODELS.values()
    for declaration in model.options_type.declared().values()
]
WRONG = [
    pytest.param(model, declaration, value, id=f"{model.name}-{declaration.name}-{words}")
    for model, declaration in DECLARED
    for words, value in (*wrong_values(declaration), *wrong_python_values(declaration))
]
OPTIONS = [
    pytest.param(model, declaration, id=f"{model.name}-{declaration.name}")
    for model, declaration in DECLARED
]


def scenario_for(model):
    shock = (
        Tariff("R0", "R1", "all", 0.1) if "tariff" in model.handles else ExportCut("R0", "s0", 0.1)
    )
    return Scenario(shock, name="small")


def test_the_cases_are_many():
    assert len(WRONG) > 1500


@pytest.mark.parametrize(("model", "declaration", "value"), WRONG)
def test_a_wrong_value_is_refused_in_one_sentence(make_table, model, declaration, value):
    with pytest.raises(LabelError) as refusal:
        run(make_table(0), scenario_for(model), model.name, **{declaration.name: value})
    sentence = str(refusal.value)
    assert f"{declaration.name} of model {model.name} " in sentence
    assert "; give " in sentence or "; valid: " in sentence
    assert len(sentence.splitlines()) == 1
    assert len(sentence) < 400


@pytest.mark.parametrize(("model", "declaration"), OPTIONS)
def test_an_unknown_name_is_refused_with_the_nearest(model, declaration):
    with pytest.raises(LabelError) as refusal:
        model.read({f"{declaration.name}x": declaration.default})
    assert (
        f"unknown option of model {model.name} '{declaration.name}x' "
        f"(did you mean '{declaration.name}'?); valid: " in str(refusal.value)
    )


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_an_unknown_name_is_refused_by_all(model):
    with pytest.raises(LabelError, match=f"unknown option of model {model.name} 'speed'; "):
        model.read({"speed": 1})


@pytest.mark.parametrize(("model", "declaration"), OPTIONS)
def test_good_values_are_read_as_plain_python(model, declaration):
    values = list(good_values(declaration))
    assert len(values) > 1
    for value, expected in values:
        read = getattr(model.read({declaration.name: value}), declaration.name)
        if isinstance(expected, xr.DataArray):
            assert read is expected
            continue
        assert read == expected
        assert type(read) is type(expected)
        again = getattr(model.read({declaration.name: read}), declaration.name)
        assert again == read
        for cell in read.values() if isinstance(read, dict) else [read]:
            assert not isinstance(cell, np.generic)


def test_a_default_named_is_a_default(make_table):
    model = MODELS["leontief"]
    declared = model.options_type.declared().values()
    named = model.read({declaration.name: declaration.default for declaration in declared})
    assert named == model.read({})


def test_an_unnamed_model_is_none_but_an_empty_name_is_unknown(make_table):
    with pytest.raises(LabelError, match="unknown model ''"):
        run(make_table(0), scenario_for(MODELS["leontief"]), "")
