"""The commands that list and show."""

import pytest

from iomodel.models import MODELS
from iomodel.report.bibliography import citations
from iomodel.scenario.catalogue import scenario_names
from iomodel.scenario.policy import KINDS

COMMANDS = ("run", "compare", "content", "scenarios", "tables", "models", "show", "report")


def test_version_and_help(call):
    assert call("--version").stdout.startswith("iomodel, version ")
    for command in COMMANDS:
        assert command in call("--help").stdout
        assert call(command, "--help").exit_code == 0


def test_scenarios_lists_the_library_by_name(call):
    lines = call("scenarios").stdout.splitlines()
    first_words = {line.split()[0] for line in lines if line.strip()}
    assert set(scenario_names()) <= first_words


def test_tables_and_models(call):
    assert "world-2022" in call("tables").stdout
    assert "miller-blair" in call("tables").stdout
    shown = call("models").stdout
    assert all(name in shown for name in MODELS)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("us-china-decoupling", ["between:", "On table toy", "100.0% may no longer"]),
        ("us-china-tariff-100", ["tariffs change by +100.0%", "% of trade"]),
        ("miller-blair", ["regions: ", "Accounting identities", "ok "]),
        ("leontief", ["handles all kinds of shock", "values lost or diverted default lost"]),
        ("CP", ["Caliendo", "theta", "Electronics"]),
        ("ASEAN", ["VNM", "Southeast Asian"]),
        ("goods", ["C26"]),
        ("china-retaliation-2018-2020", ["Bown2025", "0.129"]),
    ],
)
def test_show_resolves_every_kind_of_name(call, table_file, name, parts):
    result = call("show", name, "--table", table_file)
    assert result.exit_code == 0, result.output
    words = " ".join(result.stdout.split())
    for part in parts:
        assert part in words


def test_show_of_files(call, folder, table_file):
    assert "MRIOTable 'toy'" in call("show", table_file).stdout
    (folder / "mine.yaml").write_text(
        "name: mine\nshocks:\n  - supply_cut: {region: CHN, sectors: C26, share: 0.25}\n"
    )
    result = call("show", "mine.yaml", "--table", table_file)
    assert "supply changes in 1 industries, at least 75.0% remain" in result.stdout


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_show_of_a_model_has_every_option_in_words(call, model):
    result = call("show", model.name)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines == [line.rstrip() for line in lines]
    assert "\x1b" not in result.stdout
    words = " ".join(result.stdout.split())
    works = citations(" ".join(d.source for d in model.options_type.declared().values()))
    for kind in () if model.handles == KINDS else model.handles:
        assert kind.replace("_", " ") in words
    for name, declaration in model.options_type.declared().items():
        assert name in lines
        assert f"values {declaration.kind.words} default " in words
        assert " ".join(declaration.meaning.replace("]_", "]").split()) in words
        assert declaration.unit in words
        assert not declaration.source or f"[{declaration.source}] " in words
    for key, work in works.items():
        assert f"[{key}] {work}" in words


def test_help_of_run_points_to_the_options_of_a_model(call):
    assert "`iomodel show MODEL`" in " ".join(call("run", "--help").stdout.split())
