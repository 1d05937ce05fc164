"""The bracket over models: what is run, what is shown, what refuses."""

import io
import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from rich.console import Console

import iomodel as iom
from iomodel.errors import InfeasibleError, IOModelError, LabelError, NotApplicableError
from iomodel.models import Workbench
from iomodel.report import headline
from iomodel.report.text import comparison_text
from iomodel.studies import with_interval
from iomodel.studies.comparison import compare
from tests.few_regions import merged

DUTY = iom.Scenario.load("us-china-tariff-100")


def printed(renderable):
    console = Console(width=200, file=io.StringIO())
    console.print(renderable)
    return console.file.getvalue()


@pytest.fixture
def embargo():
    return iom.Scenario(iom.Embargo(between=["USA", "CHN"]), name="embargo", title="No trade")


@pytest.fixture
def tariff():
    return iom.Scenario(iom.Tariff(importer="USA", exporter="CHN", rate=0.25), name="tariff")


def test_columns_are_models_and_closures_and_rows_are_regions(table, embargo):
    comparison = compare(table, embargo)
    frame = comparison.to_dataframe()
    assert list(frame.index[:3]) == ["WORLD", "USA", "CHN"]
    assert "ASEAN" in frame.index
    assert "KOR" not in frame.index
    assert list(frame.columns[:4]) == [
        "leontief:lost", "leontief:diverted", "extraction:hypothetical", "extraction:global",
    ]  # fmt: skip
    effects = iom.run(table, embargo, model="extraction", closure="global")
    expected = effects.by_region(groups=["ASEAN"])["gdp_pct"]
    for name in ("WORLD", "USA", "ASEAN"):
        assert frame.loc[name, "extraction:global"] == pytest.approx(expected[name])


def test_models_without_the_measure_have_no_column(table, tariff):
    comparison = compare(table, tariff, elasticities=4.0)
    assert list(comparison.measures) == ["gdp_pct", "real_income_pct", "consumer_price_pct"]
    general = "equilibrium"
    assert set(comparison.to_dataframe()) == {"leontief:lost", "leontief:diverted", general}
    assert set(comparison.to_dataframe("consumer_price_pct")) == {"price", general}
    alone = compare(table, tariff, ["leontief", "price"], elasticities=4.0)
    with pytest.raises(LabelError, match="says anything about 'real_wage_pct'"):
        alone.to_dataframe("real_wage_pct")
    with pytest.raises(LabelError, match="no variable over regions"):
        comparison.to_dataframe("final_sales_pct")


def test_diverted_is_no_end_of_a_bracket_for_duties(table, tariff, embargo):
    comparison = compare(table, tariff, ["leontief", "price"], elasticities=4.0)
    assert comparison.outside_range("gdp_pct") == ["leontief:diverted"]
    assert comparison.outside_range("consumer_price_pct") == []
    text = printed(comparison_text(comparison))
    assert text.count("a duty is a stimulus") == 1
    closed = compare(table, embargo, ["leontief"])
    assert closed.outside_range("gdp_pct") == []
    assert "stimulus" not in printed(comparison_text(closed))
    # The line over a row ends at `lost`, on both sides; both closures have marks.
    axes = comparison.plot.bracket().axes[0]
    frame = comparison.to_dataframe()
    drawn = [np.asarray(line.get_xdata(), dtype=float) for line in axes.lines]
    ends = [float(x) for x in frame["leontief:lost"] for _ in range(2)]
    assert [x for line in drawn if line.size == 2 for x in line][: len(ends)] == pytest.approx(ends)
    marks = [line[0] for line in drawn if line.size == 1]
    assert marks[: frame.size] == pytest.approx(frame.to_numpy().ravel().tolist())


def test_options_go_to_the_models_that_have_them(table, tariff):
    comparison = compare(table, tariff, elasticities=2.0, closure="diverted")
    assert comparison.effects["leontief"].closure == "diverted"
    assert comparison.effects["equilibrium"].closure == "mobile"
    assert comparison.elasticities == ["elasticities 2 in every sector"]
    with pytest.raises(IOModelError, match="leontief, price, equilibrium has an option 'speed'"):
        compare(table, tariff, speed=1)


def test_infeasible_models_are_kept_with_their_sentence(table):
    cut = iom.Scenario(iom.SupplyCut(region="CHN", sectors="C26", share=1.0), name="cut")
    with pytest.raises(InfeasibleError) as refusal:
        iom.run(table, cut, model="mixed")
    comparison = compare(table, cut)
    assert comparison.refusals == {"mixed": str(refusal.value)}
    assert "mixed" not in comparison.effects
    alone = compare(table, cut, ["mixed"])
    assert alone.rows == []
    with pytest.raises(InfeasibleError, match="no model has an answer"):
        assert alone.dataset is None


def test_models_asked_for_that_cannot_answer_are_refused(table, embargo):
    with pytest.raises(NotApplicableError, match="price"):
        compare(table, embargo, ["price"])
    with pytest.raises(LabelError, match="unknown model 'prices'"):
        compare(table, embargo, ["prices"])


def test_progress_names_each_model_before_it_runs(table, tariff):
    named = []
    compare(table, tariff, progress=named.append, elasticities=4.0)
    assert named == ["leontief", "price", "equilibrium"]


def test_files_hold_every_region_and_where_the_numbers_come_from(table, tariff, tmp_path):
    comparison = compare(table, tariff, elasticities=4.0)
    first = comparison.to_netcdf(tmp_path / "a.nc").read_bytes()
    assert comparison.to_netcdf(tmp_path / "b.nc").read_bytes() == first
    with xr.open_dataset(tmp_path / "a.nc", engine="h5netcdf") as dataset:
        assert list(dataset["region"].values) == ["USA", "CHN", "VNM"]
        assert list(dataset["case"].values) == [
            *("leontief:lost", "leontief:diverted", "price", "equilibrium")
        ]
        assert list(dataset["horizon"].values) == ["", "", "", "long"]
        provenance = [json.loads(text) for text in dataset["provenance"].values]
        assert [entry["model"] for entry in provenance] == list(dataset["model"].values)
        assert all("tariff" in entry["scenario"] for entry in provenance)
        assert dataset["gdp_pct"].attrs["units"] == "percent"
        usa = comparison.to_dataframe("gdp_pct", ["USA"]).loc["USA"]
        for label in ("leontief:lost", "leontief:diverted", "equilibrium"):
            assert float(dataset["gdp_pct"].sel(case=label, region="USA")) == usa[label]
    rows = pd.read_csv(comparison.to_csv(tmp_path / "c.csv"))
    assert set(rows["model"]) == {"leontief", "price", "equilibrium"}
    assert not rows.duplicated(["region", "variable", "case", "closure"]).any()
    world = rows.query("region == 'WORLD' and variable == 'gdp_pct' and closure == 'lost'")
    expected = comparison.to_dataframe().loc["WORLD", "leontief:lost"]
    assert world["value"].item() == pytest.approx(expected, rel=1e-8)


@pytest.fixture(scope="module")
def few():
    return Workbench(merged("world-2022", ["USA", "CHN", "DEU"]))


@pytest.fixture(scope="module")
def banded(few):
    return compare(few, DUTY, draws=9)


def test_a_case_has_the_band_of_its_run(few, banded):
    """The same numbers as `with_interval` on the run; models without elasticities have a reason."""
    alone = iom.run(few, DUTY, "equilibrium")
    frame = with_interval(few, DUTY, alone, draws=9).by_region()
    for name in ("gdp_pct", "real_income_pct"):
        bands = banded.bands(name)
        assert set(bands) == {"equilibrium"}
        assert list(bands["equilibrium"].index) == banded.rows
        for end in ("low", "high"):
            expected = frame.loc[["WORLD", "USA", "CHN"], f"{name}_{end}"]
            assert bands["equilibrium"][end].loc[expected.index].tolist() == expected.tolist()
    assert banded.bands("consumer_price_pct") == {}
    assert banded.unbanded == {name: f"model {name} has none" for name in ("leontief", "price")}


def test_bands_stand_in_text_files_and_figure(banded, tmp_path):
    text = printed(comparison_text(banded))
    ends = banded.bands()["equilibrium"].loc["USA"]
    assert f"({ends['low']:+.2f} to {ends['high']:+.2f})" in text
    assert "No band over elasticities: leontief, price (the model has none)." in text
    assert "Band of equilibrium: 5 to 95 percent of 9 draws" in text
    rows = pd.read_csv(banded.to_csv(tmp_path / "c.csv")).set_index(["case", "variable", "region"])
    row = rows.loc[("equilibrium", "gdp_pct", "USA")]
    assert [row["low"], row["high"]] == pytest.approx(ends.tolist())
    assert row["band"].startswith("5 to 95 percent of 9 draws")
    other = rows.loc["leontief"].iloc[0]
    assert np.isnan(other["low"])
    assert other["band"] == "none: model leontief has none"
    assert rows.loc[("equilibrium", "consumer_price_pct", "USA"), "band"].startswith("none")
    with xr.open_dataset(banded.to_netcdf(tmp_path / "c.nc")) as stored:
        low = stored["gdp_pct_low"].sel(case="equilibrium", region="USA")
        assert float(low) == pytest.approx(ends["low"])
    lines = banded.plot.bracket().axes[0].lines
    drawn = [np.asarray(line.get_xdata(), dtype=float) for line in lines]
    assert any(np.allclose(x, ends) for x in drawn if x.size == 2)


def test_an_undetermined_sign_is_marked(banded):
    """A band that spans zero at the printed digits ends in a question mark, explained once."""
    cells = {"low": -0.2, "high": 0.1, "value": -0.1}
    assert headline.banded(cells["value"], cells["low"], cells["high"], 2).endswith("?")
    assert not headline.banded(-0.1, -0.2, -0.05, 2).endswith("?")
    text = printed(comparison_text(banded))
    marked = any("?" in line for line in text.splitlines() if " to " in line)
    assert marked == ("sign not determined" in text)


def test_no_draws_leave_the_band_over_sigma(few):
    """Within a year the band is over sigma; where deliveries close it stands alone."""
    plain = compare(few, DUTY, ["equilibrium"], draws=None)
    assert plain.bands() == {}
    assert plain.unbanded == {"equilibrium": "not asked for"}
    closed = iom.Scenario.load("us-china-decoupling")
    short = compare(few, closed, ["equilibrium"], draws=None, horizon="short")
    low, high = short.bands()["equilibrium"].loc["USA"]
    assert low < high < 0
    text = printed(comparison_text(short))
    assert f"{low:+.2f} to {high:+.2f}" in text
    assert f"({low:+.2f}" not in text
    assert "Band of equilibrium: sigma 1.5 to 2.5 across origins." in text
