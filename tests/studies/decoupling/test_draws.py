"""Draws: seeded, extended without change, run once, resumed after a crash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import iomodel as iom
from iomodel.errors import IOModelError, LabelError, OutputError
from iomodel.scenario.scenario import Scenario
from iomodel.studies.batches import groups
from iomodel.studies.decoupling import draw, interval, run_sample, tornado
from iomodel.studies.decoupling.goes_bekkers import default_blocs
from iomodel.table.mrio import MRIOTable


@pytest.fixture(scope="module")
def scenarios(small: MRIOTable) -> dict[str, Scenario]:
    blocs = default_blocs(small)
    return {"paper": blocs.costs(), "lac-neutral": blocs.moved("gb-lac", "neutral").costs()}


@pytest.fixture(scope="module")
def sample(centres: xr.DataArray) -> xr.Dataset:
    return draw(centres, 150, 7, variants=["paper", "lac-neutral"])


@pytest.fixture(scope="module")
def result(small: MRIOTable, sample: xr.Dataset, scenarios: dict[str, Scenario]) -> xr.Dataset:
    return run_sample(small, sample, scenarios)


def test_a_longer_sample_begins_with_the_shorter(centres: xr.DataArray) -> None:
    short, long = draw(centres, 5, 3), draw(centres, 9, 3)
    xr.testing.assert_equal(short, long.isel(draw=slice(0, 5)))
    assert not np.array_equal(short["theta"], draw(centres, 5, 4)["theta"])


def test_the_scatter_has_mean_one_and_the_stated_variation(centres: xr.DataArray) -> None:
    sample = draw(centres, 4_000, 1, cv=0.25)
    ratio = sample["theta"].values / centres.sel(set=sample["set"].values.astype(str)).values
    # Standard errors of 24,000 draws: .0016 for the mean, about .0015 for the deviation.
    assert ratio.mean() == pytest.approx(1.0, abs=0.007)
    assert ratio.std() == pytest.approx(0.25, abs=0.007)
    assert set(sample["set"].values) == set(centres["set"].values)
    assert float(sample["beta"].min()) >= sample.attrs["beta_low"]


def test_numbers_out_of_range_are_refused(centres: xr.DataArray) -> None:
    for bad in ({"count": 0}, {"cv": -0.1}, {"beta": (0.5, 1.0)}, {"variants": ()}):
        with pytest.raises(IOModelError, match="cannot draw"):
            draw(centres, **{"count": 3, "seed": 1, **bad})


def test_a_draw_is_what_one_run_gives(
    small: MRIOTable, sample: xr.Dataset, scenarios: dict[str, Scenario], result: xr.Dataset
) -> None:
    for k in (0, 63, 64, 149):
        one = sample.isel(draw=k)
        scenario = scenarios[str(one["variant"].item())]
        theta = one["theta"].drop_vars("draw", errors="ignore")
        options = {"elasticities": theta, "links": 1, "balance": "zero"}
        alone = iom.run(small, scenario, "equilibrium", **options).by_region()
        income = result["real_income_pct"].isel(draw=k)
        # Solved side by side from the table's accounts: the same to the solver's tolerance, which
        # is 1e-10 of income, or 1e-8 percent.
        np.testing.assert_allclose(
            income.values[1:], alone["real_income_pct"].drop("WORLD"), atol=1e-7
        )
        assert float(income.sel(region="WORLD")) == pytest.approx(
            alone["real_income_pct"]["WORLD"], abs=1e-7
        )


def test_interval_orders_its_bounds(result: xr.Dataset) -> None:
    bounds = interval(result["real_income_pct"].sel(region="WORLD")).values
    assert bounds[0] < bounds[1] < bounds[2] < 0.0
    with pytest.raises(IOModelError, match="share between"):
        interval(result["real_income_pct"], 1.0)


def test_a_broken_run_goes_on_from_its_files(
    small: MRIOTable,
    sample: xr.Dataset,
    scenarios: dict[str, Scenario],
    result: xr.Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    solve, sizes = groups._solve, []

    def breaks(workbench: Any, group: Any) -> Any:
        sizes.append(len(group.cases))
        if len(sizes) == 2:
            raise KeyboardInterrupt
        return solve(workbench, group)

    monkeypatch.setattr(groups, "_solve", breaks)
    with pytest.raises(KeyboardInterrupt):
        run_sample(small, sample, scenarios, path=tmp_path / "draws")
    finished = run_sample(small, sample, scenarios, path=tmp_path / "draws")
    assert sizes == [64, 64, 64, 22]
    # In the same groups: the same bytes as a run that nothing broke.
    np.testing.assert_array_equal(finished["real_income_pct"], result["real_income_pct"])
    again = run_sample(small, sample, scenarios, path=tmp_path / "draws")
    assert sizes == [64, 64, 64, 22]
    np.testing.assert_array_equal(again["real_income_pct"], finished["real_income_pct"])


def test_draws_of_another_table_are_not_mixed_in(
    small: MRIOTable, centres: xr.DataArray, scenarios: dict[str, Scenario], tmp_path: Path
) -> None:
    """Not even those of a table that has the same name, labels and history but for one cell."""
    names, path = list(scenarios), tmp_path / "draws"
    one = run_sample(small, draw(centres, 2, 1, variants=names), scenarios, path=path)
    Y = small.Y.copy(deep=True)
    Y[0, 0, 0, 0] *= 1.0 + 1e-12
    arrays = {"Z": small.Z, "Y": Y, "V": small.V, "x": small.x, "tariff": small.tariff}
    other = MRIOTable(small.dataset.assign(arrays))
    assert (other.name, other.history, other.regions) == (small.name, small.history, small.regions)
    with pytest.raises(OutputError, match="another table"):
        run_sample(other, draw(centres, 2, 1, variants=names), scenarios, path=path)
    # Another sample on the same table finds none of its draws there, and leaves the others alone.
    two = run_sample(small, draw(centres, 2, 2, variants=names), scenarios, path=path)
    assert not np.array_equal(one["real_income_pct"], two["real_income_pct"])
    # Damage, as after a power loss, is seen by the checksums: these draws are run again.
    for file in (path / "answers").iterdir():
        file.write_bytes(b"not a file")
    again = run_sample(small, draw(centres, 2, 1, variants=names), scenarios, path=path)
    np.testing.assert_array_equal(again["real_income_pct"], one["real_income_pct"])
    (path / "batch.json").write_text("{}")
    with pytest.raises(OutputError, match="damaged"):
        run_sample(small, draw(centres, 2, 1, variants=names), scenarios, path=path)


def test_a_variant_without_a_scenario_is_refused(
    small: MRIOTable, sample: xr.Dataset, scenarios: dict[str, Scenario]
) -> None:
    with pytest.raises(LabelError, match="lac-neutral"):
        run_sample(small, sample, {"paper": scenarios["paper"]})
    with pytest.raises(LabelError, match="'luck'"):
        run_sample(small, sample, scenarios, model="luck")


def test_draws_with_diffusion_lose_more(
    small: MRIOTable, centres: xr.DataArray, scenarios: dict[str, Scenario]
) -> None:
    few = draw(centres.sel(set=["GB"]), 2, 5, cv=0.0)
    paper = {"as given": scenarios["paper"]}
    still = run_sample(small, few, paper)["real_income_pct"].sel(region="WORLD")
    moving = run_sample(small, few, paper, model="diffusion", step=6)["real_income_pct"]
    assert (moving.sel(region="WORLD").values < still.values).all()


def test_tornado_puts_the_widest_first_and_measures_from_the_centre(
    small: MRIOTable, centres: xr.DataArray
) -> None:
    frame = tornado(small, centres=centres)
    widths = frame.groupby("assumption", sort=False)["difference"].agg(
        lambda d: max(d.max(), 0.0) - min(d.min(), 0.0)
    )
    assert widths.is_monotonic_decreasing
    np.testing.assert_allclose(frame["difference"], frame["world_pct"] - frame["centre"])
    rows = frame.set_index(["assumption", "alternative"])["difference"]
    assert rows["Iceberg cost", "+240%"] < 0.0 < rows["Iceberg cost", "+80%"]
    assert rows["Input-output linkages", "none"] > 0.0
    assert rows["Membership", "Latin America neutral"] > 0.0
