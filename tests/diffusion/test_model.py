"""The model by name: static limit, the diffusion term apart, data, labels and refusals."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import iomodel as iom
from iomodel.errors import (
    InfeasibleError,
    IOModelError,
    LabelError,
    NotApplicableError,
    ScenarioError,
)
from iomodel.models.general_equilibrium.equilibrium import equilibrium
from iomodel.models.long_run.diffusion import (
    DiffusionOptions,
    diffusion,
    diffusion_batch,
    diffusion_paths,
    goes_bekkers_elasticities,
)
from iomodel.models.long_run.diffusion.inputs import knowledge_of
from iomodel.models.long_run.diffusion.simulation import LINKS
from iomodel.models.long_run.diffusion.specifications import SPECIFICATIONS
from iomodel.models.long_run.projections import labour_path, labour_productivity
from iomodel.models.workbench import Workbench
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Embargo, ExportCut, Tariff, TradeCost
from iomodel.table.mrio import MRIOTable

Maker = Callable[..., MRIOTable]

OPTIONS: dict[str, Any] = {
    "elasticities": 4.0,
    "labour": 0.01,
    "productivity": "equal",
    "horizon": 2026,
    "alpha": 0.02,
    "exponent": "1/theta",
    "knowledge_unit": 16500.0,
    "nest": "cobb-douglas",
    "profits": "value-added",
}
WALL = Scenario([TradeCost(between=["R0", "R1"], increase=0.5)], name="wall")
DUTY = Scenario([Tariff("R0", "R1", "all", 0.25)], name="duty")


@pytest.fixture(scope="module")
def table(make_table: Maker) -> MRIOTable:
    source = make_table(5)
    # Rates of up to 30 percent on every input leave random industries without value added.
    return source.with_history("tariffs lowered for a test", tariff=0.05 * source.tariff)


@pytest.fixture(scope="module")
def both(table: MRIOTable) -> list[iom.Effects]:
    return diffusion_batch(Workbench(table), [WALL, DUTY], DiffusionOptions(**OPTIONS))


@pytest.mark.parametrize("nest", ["cobb-douglas", (0.5, 0.2, 0.9), (0.0, 0.0, 1.0)])
@pytest.mark.parametrize("scenario", [WALL, DUTY])
def test_beta_zero_and_no_growth_is_the_model_equilibrium(
    table: MRIOTable, scenario: Scenario, nest: str | tuple[float, float, float]
) -> None:
    options = OPTIONS | {"beta": 0.0, "alpha": 0.0, "labour": 0.0, "capital": "fixed"}
    still = diffusion(table, scenario, **(options | {"nest": nest}))
    static = equilibrium(table, scenario, elasticities=4.0, nest=nest, balance="zero", links=LINKS)
    # Percent; two chains of solves, each to 1e-10 in excess demand, times theta.
    for name in ("real_income_pct", "gdp_pct", "real_wage_pct", "exports_pct", "output_pct"):
        np.testing.assert_allclose(still[name].values, static[name].values, atol=1e-6)
    for year in still.dataset["time"].values:
        point = still["real_income_path_pct"].sel(time=year)
        np.testing.assert_allclose(point, static["real_income_pct"], atol=1e-6)
    assert float(np.abs(still["gdp_baseline_path_pct"]).max()) < 1e-6
    # Every year is the same, so that their sum changes as each of them does.
    for name in ("real_income", "exports", "trade"):
        np.testing.assert_allclose(
            still[f"{name}_cumulative_pct"], static[f"{name}_pct"], atol=1e-6
        )
    np.testing.assert_array_equal(still["knowledge_cumulative_pct"], 0.0)


def test_first_point_is_the_model_equilibrium_and_the_last_stands_alone(
    table: MRIOTable, both: list[iom.Effects]
) -> None:
    for scenario, effects in zip((WALL, DUTY), both, strict=True):
        static = equilibrium(table, scenario, elasticities=4.0, balance="zero", links=LINKS)
        assert effects.dataset["time"].values.tolist() == [2022, 2023, 2024, 2025, 2026]
        for path in ("real_income_path_pct", "real_income_no_diffusion_path_pct"):
            np.testing.assert_allclose(effects[path][0], static["real_income_pct"], atol=1e-6)
        np.testing.assert_allclose(effects["gdp_path_pct"][0], static["gdp_pct"], atol=1e-6)
        last = effects["real_income_path_pct"][-1].values
        np.testing.assert_array_equal(effects["real_income_pct"], last)
        np.testing.assert_allclose(effects["gdp_pct"], effects["gdp_path_pct"][-1], rtol=1e-9)
        np.testing.assert_allclose(
            effects["real_income_diffusion_pct"],
            last - effects["real_income_no_diffusion_path_pct"][-1].values,
            rtol=1e-12,
        )


def test_less_trade_means_fewer_ideas(both: list[iom.Effects]) -> None:
    wall = both[0]["real_income_diffusion_pct"]
    assert float(wall.sel(region="R0")) < 0.0
    assert float(wall.sel(region="R1")) < 0.0


def test_a_batch_is_its_scenarios_one_by_one(table: MRIOTable, both: list[iom.Effects]) -> None:
    alone = diffusion(table, DUTY, **OPTIONS)
    for name in ("real_income_path_pct", "gdp_path_pct", "output_new", "trade_new"):
        np.testing.assert_allclose(both[1][name], alone[name], rtol=1e-6, atol=1e-8)


def test_elasticities_by_sector_and_a_file_to_go_on_from(
    table: MRIOTable, both: list[iom.Effects], tmp_path: Path
) -> None:
    theta = xr.DataArray(
        np.full(4, 4.0), coords={"sector": list(table.sectors)}, dims="sector", name="fours"
    )
    options = OPTIONS | {"elasticities": theta, "checkpoint": tmp_path / "path.npz"}
    told: list[str] = []
    first = diffusion(table, DUTY, **options)
    again = diffusion(table, DUTY, progress=told.append, **options)
    np.testing.assert_array_equal(again["gdp_path_pct"], first["gdp_path_pct"])
    np.testing.assert_array_equal(again["output_new"], first["output_new"])
    assert not [words for words in told if "period" in words]
    np.testing.assert_allclose(first["gdp_path_pct"], both[1]["gdp_path_pct"], atol=1e-6)
    with pytest.raises(IOModelError, match="another run"):
        diffusion(table, WALL, **options)


def test_paths_for_many_exponents(table: MRIOTable, both: list[iom.Effects]) -> None:
    paths = diffusion_paths(table, [WALL], betas=[0.6, 0.44, 0.0], **OPTIONS)
    assert paths["real_income_pct"].dims == ("scenario", "beta", "time", "region")
    assert paths["gdp_baseline"].dims == ("beta", "time", "region")
    same = paths["real_income_pct"].sel(scenario="wall", beta=0.44)
    np.testing.assert_allclose(same, both[0]["real_income_path_pct"], atol=1e-6)
    last = {"time": 2026, "region": "R0"}
    np.testing.assert_allclose(
        paths["knowledge_cumulative_pct"].sel(scenario="wall", beta=0.44),
        both[0]["knowledge_cumulative_pct"],
        atol=1e-6,
    )
    # The same arrival rate adds the more the higher the exponent.
    growth = paths["gdp_baseline"].sel(last).values
    assert growth[0] > growth[1] > growth[2]


def test_profits_as_a_markup_weigh_inputs_more(table: MRIOTable) -> None:
    """The static loss is larger: inputs are a larger part of costs than of sales."""
    high = OPTIONS | {"elasticities": 15.0, "horizon": 2023}
    plain, markup, capped = (
        diffusion(table, WALL, **(high | {"profits": p}))
        for p in ("value-added", "markup", "markup-capped")
    )
    losses = [float(e["real_income_path_pct"][0].sel(region="R0")) for e in (plain, markup)]
    assert losses[1] < losses[0] < 0.0
    # No profit is near nine tenths of value added: the cap does not bind.
    np.testing.assert_array_equal(capped["real_income_path_pct"], markup["real_income_path_pct"])
    assert "binding in 0 of 12 industries" in " ".join(capped.notes)
    low = OPTIONS | {"elasticities": 1.0, "horizon": 2023}
    with pytest.raises(InfeasibleError, match="value added is no more than the profit share"):
        diffusion(table, WALL, **(low | {"profits": "markup"}))
    bound = diffusion(table, WALL, **(low | {"profits": "markup-capped"}))
    assert float(bound["real_income_path_pct"][0].sel(region="R0")) < 0.0


def test_labour_may_be_rates_or_levels(table: MRIOTable, both: list[iom.Effects]) -> None:
    regions = list(table.regions)
    rates = xr.DataArray(np.full(3, 0.01), coords={"region": regions[::-1]}, dims="region")
    levels = xr.DataArray(
        7.0 * 1.01 ** np.array([0.0, 8.0])[:, None] * np.ones(3),
        coords={"time": [2022, 2030], "region": regions},
        dims=("time", "region"),
    )
    for labour in (rates, levels):
        effects = diffusion(table, DUTY, **(OPTIONS | {"labour": labour}))
        np.testing.assert_allclose(
            effects["gdp_baseline_path_pct"], both[1]["gdp_baseline_path_pct"], atol=1e-4
        )
    short = levels.isel(time=[0])
    with pytest.raises(LabelError, match="it must cover 2022-2026"):
        diffusion(table, DUTY, **(OPTIONS | {"labour": short}))
    with pytest.raises(LabelError, match="labour lacks region 'R0'"):
        diffusion(table, DUTY, **(OPTIONS | {"labour": rates.isel(region=[0])}))


def test_what_cannot_be_used_is_refused(table: MRIOTable) -> None:
    for option, value in (
        ("capital", "grows"),
        ("profits", "none"),
        ("arrival", "late"),
        ("balance", "free"),
        ("pairing", "odd"),
        ("insight", "people"),
        ("labour", "many"),
        ("productivity", "high"),
    ):
        with pytest.raises(LabelError, match="valid: "):
            diffusion(table, WALL, **(OPTIONS | {option: value}))
    with pytest.raises(IOModelError, match="the horizon must lie after 2022"):
        diffusion(table, WALL, **(OPTIONS | {"horizon": 2022}))
    with pytest.raises(LabelError, match="none of the six sectors"):
        diffusion(table, WALL, **(OPTIONS | {"elasticities": "GB"}))
    with pytest.raises(IOModelError, match="below 1"):
        diffusion(table, WALL, beta=1.0, **OPTIONS)
    with pytest.raises(IOModelError, match="ideas_growth"):
        diffusion(table, WALL, ideas_growth=0.0, **OPTIONS)
    with pytest.raises(IOModelError, match="at least one scenario"):
        diffusion_batch(Workbench(table), [], DiffusionOptions(**OPTIONS))


def test_a_closed_border_and_an_uneven_last_period(table: MRIOTable) -> None:
    wall = Scenario([Embargo(between=["R0", "R1"])], name="closed")
    effects = diffusion(table, wall, step=3, **OPTIONS)
    assert effects.dataset["time"].values.tolist() == [2022, 2025, 2026]
    assert float(effects["trade_new"].sel(region="R0", user_region="R1")) == 0.0


def test_the_file_says_all(table: MRIOTable, both: list[iom.Effects], tmp_path: Path) -> None:
    effects = both[0]
    kept = iom.Effects.from_netcdf(effects.to_netcdf(tmp_path / "effects.nc"))
    assert kept.parameters["beta"] == {"value": 0.44, "citation": "GoesBekkers2022"}
    assert set(kept.parameters["alpha"]) == {"beta 0.44", "beta 0"}
    assert set(kept.parameters["alpha"].values()) == {0.02}
    assert kept.parameters["specification"]["replaced"] == ["exponent", "alpha", "knowledge_unit"]
    assert kept.diagnostics["residual"] < 1e-8
    np.testing.assert_array_equal(kept["gdp_path_pct"], effects["gdp_path_pct"])
    assert "WORLD" in effects.by_region().index


def test_by_name_on_the_world_and_only_on_request() -> None:
    table, scenario = iom.load("world-2022"), Scenario.load("two-bloc-decoupling")
    assert "diffusion" in set(iom.available_models()["name"])
    assert "diffusion" not in iom.applicable(table, scenario)
    effects = iom.run(
        table, scenario, model="diffusion", horizon=2024, alpha=1.0, profits="value-added"
    )
    assert effects.parameters["specification"]["value"] == "goes-bekkers-2022-printed"
    theta = goes_bekkers_elasticities(table)
    leontief = (0.0, 0.0, 1.0)
    static = equilibrium(table, scenario, elasticities=theta, nest=leontief, balance="zero")
    # Percent; two solves, each to 1e-10 in excess demand, times theta.
    first = effects["real_income_path_pct"].sel(time=2022)
    np.testing.assert_allclose(first, static["real_income_pct"], atol=1e-6)
    assert effects.diagnostics["residual"] < 1e-8
    assert np.isfinite(effects["output_pct"].values[table.x.values > 0]).all()
    with pytest.raises(NotApplicableError, match="nothing to say about export cut"):
        iom.run(table, Scenario(ExportCut("CHN", "C26", 0.1)), model="diffusion")


def test_elasticities_of_the_six_sectors() -> None:
    table = iom.load("world-2022")
    theta = goes_bekkers_elasticities(table)
    assert sorted({*theta.values.tolist()}) == [2.8, 2.9, 4.6, 5.99, 7.8, 10.09]
    assert float(theta.sel(sector="C26")) == 7.8
    assert float(theta.sel(sector="A01")) == 10.09


def test_scenarios_with_other_duties_before_are_not_run_together() -> None:
    table = iom.load("world-2022")
    names = ("us-tariffs-2025-11", "two-bloc-decoupling")
    scenarios = [Scenario.load(name) for name in names]
    before = [s.lower(table).tariff_base for s in scenarios]
    assert not np.array_equal(*before)
    with pytest.raises(ScenarioError, match="one by one"):
        diffusion_batch(Workbench(table), scenarios, DiffusionOptions())


def test_knowledge_may_keep_to_its_baseline(table: MRIOTable, both: list[iom.Effects]) -> None:
    options = DiffusionOptions(arrival="baseline", **OPTIONS)
    kept = diffusion_batch(Workbench(table), [WALL, DUTY], options)
    for held, free in zip(kept, both, strict=True):
        # The first point has no ideas yet.
        first = {"time": 2022}
        np.testing.assert_allclose(
            held["real_income_path_pct"].sel(first),
            free["real_income_path_pct"].sel(first),
            atol=1e-6,
        )
        # The one that the barrier hurts; the other gains from its terms of trade.
        hurt = {"region": "R1"}
        assert float(held["real_income_pct"].sel(hurt)) > float(free["real_income_pct"].sel(hurt))
        assert held.parameters["arrival"] == "baseline"


def test_saving_over_capital_sets_growth_of_capital(table: MRIOTable) -> None:
    regions = list(table.regions)
    rates = xr.DataArray([0.2, 0.2, 0.4], coords={"region": regions}, dims="region")
    options = OPTIONS | {"alpha": 0.0}
    common, twice, deep = (
        diffusion(table, DUTY, **options, **more)["gdp_baseline_path_pct"].sel(time=2026)
        for more in ({"saving": 0.2}, {"saving": rates}, {"saving": 0.4, "capital_output": 6.0})
    )
    np.testing.assert_array_equal(common, deep)
    assert float(twice[2]) > 1.3 * float(common[2])


def test_a_named_specification_is_its_three_values(table: MRIOTable) -> None:
    """Lines of a specification are defaults of the model or its own; values replace them."""
    some = {k: OPTIONS[k] for k in ("elasticities", "labour", "productivity", "horizon")}
    inferred = diffusion(table, DUTY, specification="goes-bekkers-2022-inferred", **some)
    by_hand = diffusion(table, DUTY, exponent=1.0, alpha=0.0045, knowledge_unit=1000.0, **some)
    for name in inferred.dataset.data_vars:
        np.testing.assert_array_equal(inferred[str(name)], by_hand[str(name)])
    assert "replaced" not in inferred.parameters["specification"]
    printed = diffusion(table, DUTY, **some)
    assert printed.parameters["specification"]["value"] == "goes-bekkers-2022-printed"
    assert printed.parameters["exponent"] == "1/theta"
    # Four years of ideas that add 1.47 points at beta .44, at one arrival rate for all exponents.
    growth = printed.diagnostics["baseline growth, percent a year"]
    idle = diffusion(table, DUTY, alpha=0.0, **some).diagnostics["baseline growth, percent a year"]
    assert growth["beta 0.44"] - idle["beta 0.44"] == pytest.approx(1.47, abs=2e-3)
    assert 0.0 < growth["beta 0"] - idle["beta 0"] < 0.2
    rates = set(printed.parameters["alpha"].values())
    assert len(rates) == 1
    silent = diffusion(table, DUTY, ideas_at_zero=False, **some)
    assert silent.parameters["alpha"]["beta 0"] == 0.0
    with pytest.raises(LabelError, match="goes-bekkers-2022-printed"):
        diffusion(table, DUTY, specification="as-printed", **some)


def test_knowledge_has_a_unit() -> None:
    """Thousand dollars; GDP per head says that it counts in dollars; equal is the world's mean."""
    table = iom.load("world-2022")
    people = labour_path(table, [2022])[0]
    stock, record = knowledge_of("data", table)
    assert stock.shape == (len(table.sectors), len(table.regions))
    usa = list(table.regions).index("USA")
    assert 70.0 < stock[0, usa] < 85.0
    np.testing.assert_allclose(knowledge_of(labour_productivity(table), table)[0], stock)
    thousands = xr.DataArray(stock[0], coords={"region": list(table.regions)}, dims="region")
    np.testing.assert_allclose(knowledge_of(thousands, table)[0], stock)
    assert record["value"] == "data"
    # The mean of the world at market rates is below that at purchasing power parity.
    mean = float(stock[0] @ people.values / people.values.sum())
    assert 10.0 < mean < knowledge_of("equal", table)[0].max() < 20.0


def test_the_page_has_every_line_of_the_specifications() -> None:
    page = (Path(__file__).parents[2] / "docs" / "diffusion.md").read_text(encoding="utf-8")
    known = {field.name for field in dataclasses.fields(DiffusionOptions)}
    for specification in SPECIFICATIONS.values():
        assert f"`{specification.name}`: {specification.title}" in page
        for line in specification.lines:
            assert f"| `{line.option}` | {line.value} | {line.source} |" in page
            assert line.option in known
