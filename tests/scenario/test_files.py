"""Scenario files: what they hold, and errors with file and line."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import ScenarioError
from iomodel.scenario.files import read_text
from iomodel.scenario.scenario import Dates, Scenario
from iomodel.scenario.shocks import (
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
from iomodel.scenario.yaml_nodes import parse, to_text

FILE = """\
name: my-policy
title: A policy
sources: [Bown2025]
dates: {announced: 2025-10-10, effective: 2025-11-01}
rates: statutory
notes: One note.
parameters:
  rate: 1.0
  answer: false
variants:
  my-policy-answered: {answer: true, title: With an answer}
shocks:
  - tariff: {importer: USA, exporter: CHN, sectors: goods, rate: $rate}
  - tariff:
      importer: CHN
      exporter: USA
      rate: $rate
    when: $answer
"""


def test_a_file_gives_its_scenario_and_its_variants():
    template = read_text(FILE, Scenario)
    assert template.names == ["my-policy", "my-policy-answered"]
    scenario = template.fill()
    assert scenario.shocks == (Tariff("USA", "CHN", "goods", 1.0),)
    assert scenario.dates == Dates(dt.date(2025, 10, 10), dt.date(2025, 11, 1))
    assert scenario.notes == ("One note.",)
    assert scenario.settings == {"rate": 1.0, "answer": False}
    answered = template.fill("my-policy-answered", {"rate": 0.5})
    assert answered.title == "With an answer"
    assert answered.name == "my-policy-answered"
    assert answered.shocks[1] == Tariff("CHN", "USA", rate=0.5)


def test_a_path_can_be_loaded_with_parameters(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(FILE)
    scenario = Scenario.load(path, rate=0.25)
    assert scenario.shocks[0].rate == 0.25
    assert Scenario.load(str(path)).shocks[0].rate == 1.0
    assert scenario.where(0) == "scenario 'my-policy', shock 1 (tariff), mine.yaml, line 13"


def edited(old, new):
    assert old in FILE
    return FILE.replace(old, new, 1)


ERRORS = {
    "line 13: unknown key 'rat' in tariff; valid keys: importer": ("rate: $rate}", "rat: 1}"),
    "line 2: unknown key 'titel' in the scenario; valid keys: name": ("title:", "titel:"),
    "line 5: duplicate key 'title', first on line 2": ("rates: statutory", "title: Again"),
    "line 5: rates is 'applied'; valid: statutory": ("rates: statutory", "rates: applied"),
    r"line 2: title is \['A'\]; give text": ("title: A policy", "title: [A]"),
    "line 4: unknown key 'announce' in dates; valid keys: ann": ("announced:", "announce:"),
    "line 4: announced is 'soon'; give a date": ("2025-10-10", "soon"),
    "line 4: announced is '2025-13-45'; give a date": ("2025-10-10", "2025-13-45"),
    "line 4: not valid YAML": ("[Bown2025]", "[Bown2025"),
    "line 3: an entry of sources is 3; give text": ("[Bown2025]", "[3]"),
    "line 13: unknown shock 'tarif'; valid shocks: tariff, ": ("- tariff: {", "- tarif: {"),
    "line 13: a shock must have exactly one kind": ("- tariff: {", "- {}\n  - tariff: {"),
    r"line 13: unknown parameter '\$rte'; valid parameters: rate": ("rate: $rate}", "rate: $rte}"),
    "line 13: tariff: rate is -2; it must be at least -1": ("rate: $rate}", "rate: -2}"),
    "line 17: tariff: rate is 'high'; give a number": ("rate: $rate\n", "rate: high\n"),
    "line 13: tariff needs the key 'importer'": ("importer: USA, ", ""),
    "line 13: tariff: importer is 3": ("importer: USA", "importer: 3"),
    "line 18: when is 3; give true, false": ("answer: false", "answer: 3"),
    "line 10: no shock uses the parameter 'spare'": ("answer: false", "answer: false\n  spare: 1"),
    "line 11: unknown key 'anwser' in variant 'my-policy-answered'": (
        "answer: true",
        "anwser: true",
    ),
    "line 11: variant 'my-policy' has the name of the": ("my-policy-answered:", "my-policy:"),
    "line 11: title is 3; give text": ("title: With an answer", "title: 3"),
    "line 1: the scenario has no name": ("name: my-policy\n", ""),
    "line 1: name is 'my policy'; use letters": ("name: my-policy", "name: my policy"),
}
WHOLE = {
    "line 1: the file is empty": "",
    "line 1: the scenario must be a mapping": "- a\n",
    "line 2: not valid YAML": "name: a\n---\nname: b\n",
    "line 2: an alias that contains itself": "name: a\nnotes: &x [*x]\n",
    "line 2: a key must be a name": "name: a\n[b]: c\n",
    "line 2: shocks must be a list": "name: a\nshocks: 3\n",
    "line 2: variants must be a mapping": "name: a\nvariants: 3\n",
}


@pytest.mark.parametrize("message", ERRORS)
def test_an_error_names_file_and_line(message):
    with pytest.raises(ScenarioError, match=f"^policy.yaml, {message}"):
        read_text(edited(*ERRORS[message]), Scenario, "policy.yaml")


@pytest.mark.parametrize("message", WHOLE)
def test_what_is_no_scenario_file(message):
    with pytest.raises(ScenarioError, match=f"^policy.yaml, {message}"):
        read_text(WHOLE[message], Scenario, "policy.yaml")


@pytest.mark.parametrize("character", ["\x07", "\x00", "\x7f", "\ufffe"])
def test_a_control_character_is_refused_in_one_sentence(character):
    with pytest.raises(ScenarioError) as caught:
        read_text(FILE.replace("A policy", f"A{character}policy"), Scenario, "policy.yaml")
    assert str(caught.value) == (
        f"policy.yaml, line 2: not valid YAML: the character U+{ord(character):04X} must not stand "
        "in a text; delete it"
    )


def test_a_bad_parameter_value_names_the_line_of_the_shock():
    with pytest.raises(ScenarioError, match="line 13: tariff: rate is -3"):
        read_text(FILE, Scenario).fill(parameters={"rate": -3})
    with pytest.raises(
        ScenarioError, match=r"unknown parameter 'degree'.*valid parameters: rate, ans"
    ):
        read_text(FILE, Scenario).fill(parameters={"degree": 1})


def test_missing_and_unreadable_files(tmp_path):
    with pytest.raises(ScenarioError, match="no scenario file"):
        Scenario.load(tmp_path / "none.yaml")
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(ScenarioError, match=r"binary\.yaml is no text in UTF-8"):
        Scenario.load(path)


def test_exponents_without_a_dot_are_numbers():
    text = "name: a\nshocks:\n  - productivity: {region: USA, sectors: all, change: 1e-3}\n"
    assert read_text(text, Scenario).fill().shocks[0] == Productivity("USA", "all", 1e-3)


@pytest.mark.parametrize("text", ["010", "0x10", "0b1", "1_0", "1:30", "1:30.5"])
def test_what_only_yaml_takes_for_a_number_is_refused(text):
    shock = f"productivity: {{region: USA, sectors: all, change: {text}}}"
    with pytest.raises(ScenarioError, match=f"change is '{text}'; give a number"):
        read_text(f"name: a\nshocks:\n  - {shock}\n", Scenario).fill()


def test_a_country_code_is_never_a_truth_value():
    text = 'name: a\nshocks:\n  - embargo: {between: ["NO", CHN]}\n'
    assert read_text(text, Scenario).fill().shocks[0] == Embargo(["NO", "CHN"])


# ---------------------------------------------------------------------- round trip
LABEL = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
SPEC = LABEL | st.lists(LABEL, min_size=1, max_size=3)
SHARE = st.floats(0, 1)
PRODUCT = SHARE | st.dictionaries(LABEL, SHARE, min_size=1, max_size=2)
DAY = st.dates(dt.date(2000, 1, 1), dt.date(2040, 1, 1))
OPEN = st.none() | DAY


def disjoint(pair):
    sides = [{side} if isinstance(side, str) else set(side) for side in pair]
    return not sides[0] & sides[1]


PAIR = st.tuples(SPEC, SPEC).filter(disjoint)
SHOCK = st.one_of(
    st.builds(Tariff, SPEC, LABEL.filter(lambda x: x != "others"), SPEC, st.floats(-1, 9),
              st.booleans(), start=OPEN),
    st.builds(ExportCut, LABEL.filter(lambda x: x != "others"), SPEC, SHARE, product_share=PRODUCT,
              end=OPEN),
    st.builds(SupplyCut, SPEC, SPEC, SHARE, PRODUCT),
    st.builds(TradeCost, PAIR, increase=st.floats(0, 9)),
    st.builds(Embargo, importer=SPEC),
    st.builds(ContentControl, SPEC, SPEC, SHARE, SPEC, SHARE, PRODUCT),
    st.builds(DemandChange, SPEC, SPEC, st.floats(-1, 9), SPEC, extreme=st.just(True)),
    st.builds(Productivity, SPEC, SPEC, st.floats(-0.9, 9), extreme=st.just(True)),
    st.builds(TariffLayer, LABEL, OPEN, st.sampled_from(["add", "in-force", "baseline", "lift"])),
)  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SCENARIO = st.builds(
    Scenario,
    st.lists(SHOCK, max_size=4),
    name=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,12}", fullmatch=True),
    title=TEXT,
    description=TEXT,
    sources=st.lists(TEXT, max_size=2),
    dates=st.builds(Dates, announced=OPEN, effective=OPEN),
    rates=st.sampled_from(["", "statutory", "average", "effective"]),
    notes=st.lists(TEXT, max_size=2),
    settings=st.dictionaries(LABEL, SHARE | TEXT | st.booleans() | st.lists(LABEL), max_size=2),
)


@settings(deadline=None, max_examples=100)
@given(SCENARIO)
def test_round_trip(scenario):
    text = scenario.to_yaml()
    again = read_text(text, Scenario).fill()
    assert again == scenario
    assert again.to_yaml() == text


def test_an_extreme_duty_says_so_in_its_file():
    text = "name: a\nshocks:\n  - tariff: {importer: USA, exporter: CHN, rate: 145"
    with pytest.raises(ScenarioError, match=r"14,500 percent; for 145 percent give 1.45"):
        read_text(text + "}\n", Scenario).fill()
    assert read_text(text + ", extreme: true}\n", Scenario).fill().shocks[0].rate == 145.0


@pytest.mark.parametrize(
    "written",
    ["NO", "no", "on", "off", "yes", "y", "010", "0x1F", "0o17", "0b11", "1_000", "1:30",
     "12:30:45", "2025-10-10", "2025-10-10 12:00:00", "1e", "="],
)  # fmt: skip
def test_only_what_a_person_takes_for_a_number_is_one(written):
    # YAML 1.1 reads them as false, true, 8, 31, 1000, 90, a date and so on; here they are text.
    for text in (f"a: {written}", to_text({"a": written})):
        assert parse(text, "x").plain() == {"a": written}


@pytest.mark.parametrize(
    ("written", "value"),
    [("0.10", 0.1), (".5", 0.5), ("5.", 5.0), ("1e-3", 0.001), ("1.5E3", 1500.0), ("-2", -2),
     ("+3", 3), ("true", True), ("False", False), ("null", None), ("", None)],
)  # fmt: skip
def test_decimal_and_scientific_numbers_and_truth_values(written, value):
    assert parse(f"a: {written}", "x").plain() == {"a": value}


def test_norway_and_a_title_like_a_date_are_text():
    text = (
        "name: x\ntitle: 2025-10-10\ndates: {announced: 2025-10-10}\n"
        "parameters: {day: 2025-11-01}\n"
        "shocks:\n  - tariff: {importer: NO, exporter: SE, rate: 0.1, start: $day}\n"
    )
    scenario = read_text(text, Scenario).fill()
    assert scenario.title == "2025-10-10"
    assert scenario.dates.announced == dt.date(2025, 10, 10)
    assert scenario.shocks[0].importer == "NO"
    assert scenario.shocks[0].start == dt.date(2025, 11, 1)
    assert read_text(scenario.to_yaml(), Scenario).fill() == scenario
    again = read_text(text, Scenario).fill(parameters={"day": dt.date(2025, 11, 1)})
    assert again == scenario


def test_words_for_truth_values_are_refused_by_name():
    text = (
        "name: x\nshocks:\n  - tariff: {importer: USA, exporter: CHN, rate: 0.1}\n    when: yes\n"
    )
    with pytest.raises(ScenarioError, match="line 4: when is 'yes'; give true, false"):
        read_text(text, Scenario)
