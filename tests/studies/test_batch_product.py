"""Products of questions, draws of options, and the ensemble of a batch opened from its folder."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import iomodel as iom
from iomodel._threads import one_blas_thread
from iomodel.errors import LabelError, OutputError
from iomodel.studies.batches.batch_file import BatchFile
from iomodel.studies.batches.design import Design
from iomodel.studies.batches.product import ElasticityDraws, product
from iomodel.studies.elasticity_draws import draw_elasticities
from tests.studies.small_batch import COST, TARIFF, run_small, tables


@pytest.fixture(scope="module")
def table():
    return tables()["four"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("product") / "batch"
    run_small(path)
    return path


@pytest.fixture(scope="module")
def in_memory():
    # As in a folder: sums over several threads differ in their last bits.
    with one_blas_thread():
        return run_small(None)


# ---------------------------------------------------------------------- expansion
def test_a_product_runs_its_last_factor_fastest_and_asks_nothing_twice(table):
    cases = product(
        {"": table},
        [TARIFF, COST],
        models=["equilibrium", "ghosh"],
        options={"elasticities": [2.0, 4.0], "horizon": "long"},
    )
    # The model ghosh has no elasticities: it is asked once for each scenario.
    assert [case.key for case in cases] == [
        "tariff, equilibrium, elasticities=2",
        "tariff, equilibrium, elasticities=4",
        "tariff, ghosh",
        "cost, equilibrium, elasticities=2",
        "cost, equilibrium, elasticities=4",
        "cost, ghosh",
    ]
    assert cases[0].options == {"elasticities": 2.0, "horizon": "long"}
    assert cases[2].options == {}
    assert [case.point for case in cases[1:3]] == ["elasticities=4", "default"]
    alone = product({"": table}, [TARIFF])
    assert [(case.key, case.model) for case in alone] == [("tariff", "equilibrium")]


def test_several_tables_are_part_of_the_key(table):
    cases = product({"a": table, "b": table}, [TARIFF], models=["leontief"])
    assert [case.key for case in cases] == ["a: tariff", "b: tariff"]
    with pytest.raises(LabelError, match="two tables are called 'toy'; give a mapping of labels"):
        iom.run_batch([table, table], [TARIFF])
    with pytest.raises(LabelError, match="unknown table of case 'a' 'c'; valid: a, b"):
        iom.run_batch({"a": table, "b": table}, [iom.Case("a", TARIFF, table="c")])


# Without exclusions: two scenarios by (two points by two draws, and one case of ghosh).
@pytest.mark.parametrize(
    ("exclude", "count"),
    [
        ([], 10),
        ([{"model": "ghosh"}], 8),
        ([{"scenario": "cost", "elasticities": 4.0}], 8),
        ([{"draw": [0, 1]}], 2),
        ([{"draw": 1}, {"model": "ghosh", "scenario": ["tariff"]}], 5),
        ([{"table": "toy", "model": ["ghosh", "equilibrium"], "scenario": "cost"}], 5),
    ],
)
def test_exclusions(table, exclude, count):
    cases = product(
        {"": table},
        [TARIFF, COST],
        models=["equilibrium", "ghosh"],
        options={"elasticities": [2.0, 4.0]},
        draws=Design.of({"balance": ["zero", "share"]}),
        exclude=exclude,
    )
    assert len(cases) == count


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"models": ["oracle"]}, "unknown model 'oracle'"),
        ({"models": ["leontief", "leontief"]}, "two models are called 'leontief'"),
        ({"models": ["equilibrium"], "options": {"speed": 1}}, "unknown option of model"),
        (
            {"options": {"elasticities": [2.0, 2.0]}},
            "'elasticities' of the batch has the value '2'",
        ),
        ({"options": {"elasticities": []}}, "'elasticities' of the batch has no value"),
        ({"options": {"elasticities": [np.ones(4)]}}, "a mapping of labels to values"),
        ({"exclude": [{"scenario": "war"}]}, "unknown scenario in exclude 'war'; valid: tariff"),
        ({"exclude": [{"colour": "red"}]}, "unknown key of exclude 'colour'; valid: table, scen"),
        (
            {"draws": {"elasticities": [2.0]}, "options": {"elasticities": 3.0}},
            "'elasticities' is both given and drawn",
        ),
        ({"draws": 2, "options": {"elasticities": 3.0}}, "of which nothing is drawn"),
        ({"draws": {"elasticities": [2.0], "balance": ["zero"] * 2}}, "one value for each draw"),
        ({"draws": {"elasticities": 2.0}}, "give a sequence of values"),
        ({"draws": {}}, "the draws have no draw"),
    ],
)
def test_what_fits_no_product_is_refused(table, settings, words):
    with pytest.raises(LabelError, match=words):
        iom.run_batch(table, [TARIFF], **settings)


def test_cases_say_models_and_options_themselves(table):
    case = iom.Case("a", TARIFF)
    with pytest.raises(LabelError, match="models, draws with cases; a case says model"):
        iom.run_batch(table, [case], models=["leontief"], draws=2)
    with pytest.raises(LabelError, match="scenarios among cases"):
        iom.run_batch(table, [case, TARIFF])


# ---------------------------------------------------------------------- draws
def test_a_design_is_a_mapping_a_frame_or_an_array_over_draws(table):
    theta = xr.DataArray(
        np.arange(1.0, 9.0).reshape(2, 4),
        dims=("draw", "sector"),
        coords={"draw": [7, 9], "sector": list(table.sectors)},
    )
    by_label = Design.of({"elasticities": theta, "balance": ["zero", "share"]})
    assert by_label.numbers == (7, 9)
    number, values = list(by_label.rows(["elasticities"]))[1]
    assert (number, list(values)) == (9, ["elasticities"])
    np.testing.assert_array_equal(values["elasticities"], theta.values[1])
    frame = pd.DataFrame({"elasticities": [2.0, 3.0]}, index=[4, 5])
    assert list(Design.of(frame).rows(["elasticities"])) == [
        (4, {"elasticities": 2.0}),
        (5, {"elasticities": 3.0}),
    ]
    assert Design.of(frame.set_axis(["a", "b"])).numbers == (0, 1)
    with pytest.raises(LabelError, match="a number twice"):
        Design.of(frame.set_axis([1, 1]))


def test_labelled_draws_are_aligned_by_their_labels():
    first = xr.DataArray([0.0, 1.0, 2.0], coords={"draw": [3, 5, 7]}, dims="draw")
    second = (10.0 * first).isel(draw=[2, 0, 1])
    design = Design.of({"a": first, "b": second})
    assert design.numbers == (3, 5, 7)
    assert [float(b) - 10.0 * float(a) for a, b in zip(*design.values.values(), strict=True)] == [
        0.0,
        0.0,
        0.0,
    ]
    with pytest.raises(LabelError, match="draws of option 'b' have other labels: draw 7"):
        Design.of({"a": first, "b": second.assign_coords(draw=[8, 3, 5])})


def test_draws_of_elasticities_are_of_the_set_that_a_case_names():
    table = iom.load("world-2022").aggregate(
        regions={"USA": ["USA"], "CHN": ["CHN"]}, unmapped="ROW"
    )
    cases = product(
        {"": table},
        [TARIFF],
        models=["equilibrium", "ghosh"],
        options={"elasticities": ["CP", "median"]},
        draws=ElasticityDraws(2, seed=3),
    )
    assert [case.draw for case in cases] == [0, 1, 0, 1, None]
    own = draw_elasticities(table, 2, 3, sets=("CP",))["theta"].values
    all_sources = draw_elasticities(table, 2, 3)["theta"].values
    for case, expected in zip(cases, [*own, *all_sources], strict=False):
        np.testing.assert_array_equal(case.options["elasticities"], expected)
    # Those of a horizon move with its years; within a year no estimate sets them.
    [medium, short] = (
        product({"": table}, [TARIFF], options={"horizon": name}, draws=ElasticityDraws(1, seed=3))
        for name in ("medium", "short")
    )
    expected = iom.trade_elasticity_at(3.0, all_sources[0])
    np.testing.assert_allclose(medium[0].options["elasticities"], expected, rtol=1e-15)
    assert [case.draw for case in short] == [None]


# ---------------------------------------------------------------------- results
def test_labels_of_tables_with_one_name_in_the_store_are_refused(table, tmp_path):
    with pytest.raises(LabelError, match="labels 'a b' and 'a/b' of tables have one name, 'a-b'"):
        iom.run_batch({"a b": table, "a/b": table}, [TARIFF], models="leontief", path=tmp_path)


def test_the_store_holds_what_memory_does(folder, in_memory):
    opened = iom.open_ensemble(folder)
    assert [case.key for case in opened.cases] == [case.key for case in in_memory.cases]
    assert len(opened.effects) == len(in_memory.effects) == 28
    for label in tables():
        stored, stacked = opened.select(table=label).dataset, in_memory.select(table=label).dataset
        assert stored["gdp_pct"].dims == ("scenario", "model", "case", "draw", "region")
        assert stored["output_pct"].dims[-2:] == ("region", "sector")
        assert list(stored.data_vars) == list(stacked.data_vars)
        for name in [*stacked.data_vars, *stacked.coords]:
            np.testing.assert_array_equal(stored[name].values, stacked[name].values)
            assert stored[name].attrs == stacked[name].attrs
        assert stored.attrs == stacked.attrs
    case = opened.cases[3]
    assert case.options["elasticities"] == 5.0
    assert case.scenario == TARIFF
    alone = iom.run(tables()["four"], TARIFF, "equilibrium", **case.options)
    place = {"scenario": "tariff", "model": "equilibrium", "case": "elasticities=high", "draw": 1}
    cells = opened.select(table="four").dataset["output_pct"].sel(place)
    np.testing.assert_array_equal(cells, alone["output_pct"])
    provenance = opened.select(table="four").dataset["provenance"].sel(place).values
    assert json.loads(str(provenance))["scenario"] == TARIFF.to_yaml()


def test_numbers_are_read_when_they_are_asked_for(folder):
    dataset = iom.open_ensemble(folder).select(table="four").dataset
    assert not any(dataset[name].variable._in_memory for name in dataset.data_vars)
    assert dataset["gdp_pct"].sel(region="USA").sizes["draw"] == 3


def test_a_selection_is_an_ensemble(folder, in_memory):
    opened = iom.open_ensemble(folder)
    with pytest.raises(LabelError, match="the cases stand on tables four, two; choose one"):
        _ = opened.dataset
    few = opened.select(table="two", model="equilibrium", draw=[0])
    assert len(few.cases) == len(few.effects) == 4
    assert few.dataset["gdp_pct"].dims == ("scenario", "model", "case", "draw", "region")
    frame = few.to_dataframe("gdp_pct", ["USA"])
    assert list(frame) == [case.key for case in few.cases]
    with pytest.raises(LabelError, match="unknown model 'oracle'; valid: equilibrium, leontief"):
        opened.select(model="oracle")
    with pytest.raises(LabelError, match="unknown key of cases 'colour'"):
        opened.select(colour="red")
    # Cases of one label on two tables stand beside each other.
    by_region = in_memory.select(scenario="tariff", model="price", draw=None).by_region()
    assert {"four: tariff, price", "two: tariff, price"} == set(by_region.index.unique(0))


def test_a_summary_is_that_of_the_draws(folder, in_memory):
    summary = iom.open_ensemble(folder).select(table="four").summary("real_income_pct", ["CHN"])
    key = ("cost", "equilibrium", "elasticities=low", "CHN")
    values = [
        in_memory[f"four: cost, equilibrium, elasticities=low #{k}"]["real_income_pct"].sel(
            region="CHN"
        )
        for k in range(2)
    ]
    row = summary.loc[key]
    np.testing.assert_allclose(row["mean"], np.mean(values), rtol=1e-13)
    np.testing.assert_allclose(row[["low", "high"]], np.quantile(values, [0.05, 0.95]), rtol=1e-12)
    assert row["draws"] == 2
    with pytest.raises(LabelError, match="unknown region 'MARS'"):
        in_memory.select(table="two").summary("gdp_pct", ["MARS"])


def test_tidy_files_have_one_row_for_each_case_and_cell(folder, in_memory):
    regions = pd.read_parquet(folder / "regions.parquet")
    sectors = pd.read_parquet(folder / "sectors.parquet")
    factors = ["table", "scenario", "model", "case", "draw"]
    assert not regions.duplicated([*factors, "region"]).any()
    assert not sectors.duplicated([*factors, "region", "sector"]).any()
    row = regions.set_index([*factors, "region"]).loc[
        ("two", "tariff", "equilibrium", "elasticities=low", 1, "CHN")
    ]
    effects = in_memory["two: tariff, equilibrium, elasticities=low #1"]
    assert row["gdp_pct"] == effects["gdp_pct"].sel(region="CHN")
    assert row["closure"] == "mobile"
    # Nothing is said about prices in quantities: null, not NaN or zero.
    leontief = regions[(regions["model"] == "leontief")]
    assert leontief["consumer_price_pct"].isna().all()
    cases = pd.read_parquet(folder / "cases.parquet")
    assert list(cases["key"]) == [case.key for case in in_memory.cases]
    assert set(cases["fate"]) == {"answered"}


def test_models_with_time_have_rows_by_time(tmp_path):
    table = tables()["two"]
    cut = iom.Scenario(iom.SupplyCut("CHN", "goods", share=0.05), name="cut")
    options = {"days": 3, "criticality": 1.0}
    ensemble = iom.run_batch(
        table, [cut], models=["inventories", "leontief"], options=options, path=tmp_path / "b"
    )
    assert ensemble.refusals == {}
    dataset = ensemble.dataset
    path = dataset["gdp_path_pct"]
    assert path.dims == ("scenario", "model", "case", "time", "region")
    np.testing.assert_array_equal(
        path.sel(scenario="cut", model="inventories", case="default"),
        ensemble["inventories"]["gdp_path_pct"],
    )
    rows = pd.read_parquet(tmp_path / "b" / "regions.parquet")
    assert rows["gdp_path_pct"].notna().sum() == path.notnull().sum()
    assert rows.loc[rows["gdp_path_pct"].notna(), "time"].nunique() == dataset.sizes["time"]


def test_a_folder_without_a_finished_batch_is_not_opened(folder, tmp_path):
    with pytest.raises(OutputError, match="there is no batch in"):
        iom.open_ensemble(tmp_path)
    manifest = json.loads((folder / "batch.json").read_text())
    (tmp_path / "batch.json").write_text(json.dumps(manifest | {"results": ""}))
    with pytest.raises(OutputError, match="is not finished; run it again to go on"):
        iom.open_ensemble(tmp_path)
    (tmp_path / "batch.json").write_text(json.dumps(manifest))
    with pytest.raises(OutputError, match="missing or damaged; run the batch again"):
        iom.open_ensemble(tmp_path)


# ---------------------------------------------------------------------- files
FILE = """\
name: small
tables: {table}
scenarios:
  - us-china-tariff-100
  - {{scenario: policy.yaml, name: other}}
models: [equilibrium, leontief]
options: {{elasticities: [2.0, 4.0]}}
draws: {{balance: [zero, share]}}
keep: [gdp_pct]
exclude: [{{model: leontief, scenario: other}}]
"""


def test_a_file_says_what_python_does(tmp_path):
    (tmp_path / "policy.yaml").write_text(TARIFF.to_yaml())
    (tmp_path / "batch.yaml").write_text(FILE.format(table="toy.nc"))
    batch = BatchFile.read(tmp_path / "batch.yaml")
    assert batch.tables == (str(tmp_path / "toy.nc"),)
    assert [scenario.name for scenario in batch.scenarios] == ["us-china-tariff-100", "other"]
    assert batch.settings == {
        "models": ("equilibrium", "leontief"),
        "options": {"elasticities": [2.0, 4.0]},
        "draws": {"balance": ["zero", "share"]},
        "seed": 0,
        "exclude": ({"model": "leontief", "scenario": "other"},),
    }
    assert batch.keep == ("gdp_pct",)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("name: small", "name: a/b", "line 1: "),
        ("name: small\n", "", "line 1: the batch has no name"),
        ("keep:", "hold:", "line 9: unknown key 'hold' in the batch; valid keys: name, tables"),
        ("us-china-tariff-100", "no-such", "line 4: unknown scenario 'no-such'"),
        ("leontief]", "oracle]", "line 6: unknown model 'oracle'"),
        ("gdp_pct", "gdp", "line 9: unknown"),
        ("{balance: [zero, share]}", "0", "line 8: draws is 0; give one or more"),
        ("{balance: [zero, share]}", "{balance: zero}", "line 8: draws of balance must be a list"),
        ("[2.0, 4.0]}", "[2.0, 4.0", "not valid YAML"),
        ("exclude: [", "exclude: [3, ", "line 10: an entry of exclude must be a mapping"),
        ("{scenario: policy.yaml, ", "{", "line 5: an entry of scenarios has no scenario"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_line(tmp_path, old, new, words):
    (tmp_path / "policy.yaml").write_text(TARIFF.to_yaml())
    text = FILE.format(table="toy.nc")
    assert old in text
    (tmp_path / "batch.yaml").write_text(text.replace(old, new))
    with pytest.raises(iom.ScenarioError, match=r"^batch.yaml, line") as refusal:
        BatchFile.read(tmp_path / "batch.yaml")
    assert words in str(refusal.value)
