"""Every wrong value of every option: one sentence, exit code 2, before the table is read."""

import pytest
import yaml

from iomodel.models import MODELS
from tests.models.option_values import good_values, wrong_values

# What YAML 1.1 takes for numbers, and people do not.
NUMBERS_IN_DISGUISE = {"octal": "010", "hexadecimal": "0x10", "underscores": "1_0", "hours": "1:30"}
ANY_TEXT = {"checkpoint", "consumers", "inputs"}
FILES = {
    "duty": "- tariff: {importer: USA, exporter: CHN, rate: 0.2}",
    "cut": "- export_cut: {exporter: CHN, sectors: C26, share: 0.2}",
}


def as_text(value):
    """A value as a user would type it."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10**6).strip()
    return text.removesuffix("...").strip()


def cases():
    for model in MODELS.values():
        for declaration in model.options_type.declared().values():
            case = f"{model.name}-{declaration.name}"
            for words, value in wrong_values(declaration):
                pair = f"{declaration.name}={as_text(value)}"
                yield pytest.param(model, declaration.name, pair, id=f"{case}-{words}")
            if declaration.name in ANY_TEXT:
                continue
            for words, text in NUMBERS_IN_DISGUISE.items():
                pair = f"{declaration.name}={text}"
                yield pytest.param(model, declaration.name, pair, id=f"{case}-{words}")
            pair = f"{declaration.name}x=1"
            yield pytest.param(model, declaration.name, pair, id=f"{case}-unknown name")


CASES = list(cases())
NAMES = sorted(
    {name for model in MODELS.values() for name in model.options}
    - {*MODELS["equilibrium"].options, *MODELS["leontief"].options}
)


@pytest.fixture(scope="session")
def scenario_file(tmp_path_factory):
    """Returns the path of a scenario that a model handles."""
    folder = tmp_path_factory.mktemp("scenarios")
    for name, shock in FILES.items():
        (folder / f"{name}.yaml").write_text(f"name: {name}\nshocks:\n  {shock}\n")
    return lambda model: folder / f"{'duty' if 'tariff' in model.handles else 'cut'}.yaml"


@pytest.fixture
def refuse_at_once(call, folder):
    """Call the command line; it must say one sentence, and no more, before a table is read."""

    def refuse_at_once(*arguments):
        result = call(*arguments)
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        (sentence,) = result.stderr.splitlines()
        assert sentence.startswith("Error: ")
        assert list(folder.iterdir()) == []
        return sentence

    return refuse_at_once


def test_the_cases_are_many():
    assert len(CASES) > 1000


@pytest.mark.parametrize(("model", "name", "pair"), CASES)
def test_a_wrong_option(refuse_at_once, scenario_file, table_file, model, name, pair):
    arguments = ("--table", table_file, "--model", model.name, "--option", pair)
    sentence = refuse_at_once("run", scenario_file(model), *arguments)
    assert name in sentence
    assert f"of model {model.name} " in sentence
    assert "; give " in sentence or "; valid: " in sentence
    # The names of all options of a model, where one is unknown, come on top.
    assert len(sentence.partition("; valid: ")[0]) < 400


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_good_values_pass_on_to_the_table(call, scenario_file, model):
    for declaration in model.options_type.declared().values():
        for value, _ in good_values(declaration):
            try:
                text = as_text(value)
            except yaml.YAMLError:
                continue  # DataArrays, NumPy's scalars, paths and pairs are Python's only.
            if isinstance(value, tuple | dict) and "?" in text:
                continue
            pair = f"{declaration.name}={text}"
            arguments = ("--table", "no/such.nc", "--model", model.name, "--option", pair)
            result = call("run", scenario_file(model), *arguments)
            assert "there is no file" in result.stderr, pair


@pytest.mark.parametrize("name", NAMES)
def test_an_option_of_other_models_names_them_and_never_changes_the_model(
    refuse_at_once, scenario_file, table_file, name
):
    able = [model for model in MODELS.values() if name in model.options]
    values = [able[0].options_type.declared()[name].default, "[]"]
    for value in values:
        arguments = ("--table", table_file, "--option", f"{name}={as_text(value)}")
        sentence = refuse_at_once("run", scenario_file(MODELS["price"]), *arguments)
        assert f"unknown option of model equilibrium '{name}'" in sentence
        assert "(model equilibrium by default; name a model that has it: " in sentence
        named = sentence.split("has it: ")[1].rstrip(")").split(", ")
        assert named
        assert set(named) <= {model.name for model in able}
        assert able[0].name in named


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("--option", "nest=[1,0.5]", "--model", "equilibrium"), ("nest", "3 numbers")),
        (("--option", "nest=[1,0.5]", "--model", "scarce"), ("nest", "3 numbers")),
        (("--option", "nest=1"), ("nest", "3 numbers")),
        (("--option", "links=true"), ("links", "a whole number from 1")),
        (("--elasticities", "CPP"), ("'CPP'", "did you mean 'CP'", "a number above -1")),
        (("--elasticities", "-1"), ("elasticities", "a number above -1")),
        (("--elasticities", "true"), ("elasticities", "a number above -1")),
        (("--elasticities", ""), ("elasticities", "''")),
        (("--closure", ""), ("closure", "''")),
        (("--closure", "4"), ("closure", "'4'")),
        (("--model", ""), ("unknown model ''", "valid: leontief")),
        (("--model", "leontief", "--elasticities", "null"), ("elasticities", "None")),
    ],
)
def test_wrong_values_of_all_options_of_the_command(
    refuse_at_once, scenario_file, table_file, arguments, parts
):
    path = scenario_file(MODELS["price"])
    sentence = refuse_at_once("run", path, "--table", table_file, *arguments)
    assert all(part in sentence for part in parts), sentence


def test_an_empty_table_is_unknown_and_not_the_default(refuse, scenario_file):
    assert "unknown table ''" in refuse("run", scenario_file(MODELS["price"]), "--table", "")
    assert "unknown table ''" in refuse("show", "us-china-decoupling", "--table", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--out", ""),
        ("--option", "links=1", "--option", "links=2"),
        ("--option", "closure=mobile", "--closure", "rigid"),
        ("--option", "nest=" + "[" * 3000),
    ],
)
def test_usage_errors(call, folder, scenario_file, table_file, arguments):
    result = call("run", scenario_file(MODELS["price"]), "--table", table_file, *arguments)
    assert result.exit_code == 2
    assert "\nError: " in result.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("--option", "links=true"), ("links", "a whole number from 1")),
        (("--option", "speed=1"), ("an option 'speed'", "valid: ")),
        (
            ("--option", "closure=lots"),
            ("closure", "lost or diverted", "mobile, specific, rigid or sticky"),
        ),
        (("--elasticities", "CPP"), ("'CPP'", "did you mean 'CP'")),
        (
            ("--model", "leontief", "--model", "equilibrium", "--option", "closure=lost"),
            ("mobile",),
        ),
        (("--model", "leontieff"), ("unknown model 'leontieff'",)),
    ],
)
def test_compare_refuses_before_the_table_is_read(
    refuse_at_once, scenario_file, table_file, arguments, parts
):
    path = scenario_file(MODELS["price"])
    sentence = refuse_at_once("compare", path, "--table", table_file, *arguments)
    assert all(part in sentence for part in parts), sentence
