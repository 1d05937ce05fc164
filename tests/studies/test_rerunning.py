"""Runs repeated from their files alone."""

import numpy as np
import pytest
import xarray as xr

import iomodel as iom
from iomodel.effects import Effects
from iomodel.effects.files import write
from iomodel.errors import TableError
from iomodel.models.elasticities import elasticities
from iomodel.table.mrio import MRIOTable

SECTORS = ["A01", "C26"]
TARIFF = iom.Scenario([iom.Tariff("A", exporter="B", sectors="C26", rate=0.25)], name="duty")
CUT = iom.Scenario([iom.ExportCut("B", sectors="C26", share=0.3)], name="cut")
SHARES = xr.DataArray(
    np.array([[0.1, 1.0 / 3.0], [0.7, 1.0]]),
    dims=("sector", "user_sector"),
    coords={"sector": SECTORS, "user_sector": SECTORS},
)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    return MRIOTable.from_arrays(
        rng.uniform(0.5, 2.0, (6, 6)),
        rng.uniform(5.0, 20.0, (6, 3)),
        regions=["A", "B", "C"],
        sectors=SECTORS,
        name="toy",
        unit="million USD",
        year=2022,
        classification="icio-28",
    )


def own(table):
    published = elasticities("CP", table)
    return published.copy(data=published.values / 3.0)


RUNS = [
    ("leontief", TARIFF, {}),
    ("leontief", TARIFF, {"elasticities": 0.1 + 0.2, "closure": "diverted"}),
    ("price", TARIFF, {}),
    ("extraction", CUT, {}),
    ("ghosh", CUT, {}),
    ("mixed", CUT, {}),
    ("equilibrium", TARIFF, {"horizon": "short"}),
    ("equilibrium", TARIFF, {"elasticities": own, "nest": (0.5, 0.2, 1.0 / 3.0)}),
    ("equilibrium", TARIFF, {"elasticities": lambda t: iom.trade_elasticity_at(5.0, own(t))}),
    ("scarce", CUT, {"closure": "mobile"}),
    ("bottleneck", CUT, {"criticality": SHARES}),
    ("bottleneck", CUT, {"criticality": {("C26", "A01"): 1.0 / 3.0}}),
    ("rationing", CUT, {"criticality": 0.5}),
    ("inventories", CUT, {"criticality": SHARES, "days": 15, "stocks": 10.0}),
    (
        "diffusion",
        TARIFF,
        {"horizon": 2024, "labour": 0.01, "productivity": "equal", "elasticities": "CP"},
    ),
]


@pytest.mark.parametrize(("model", "scenario", "options"), RUNS)
def test_a_run_repeats_from_its_own_file(table, tmp_path, model, scenario, options):
    values = {k: v(table) if callable(v) else v for k, v in options.items()}
    path = iom.run(table, scenario, model, **values).to_netcdf(tmp_path / "effects.nc")
    outcome = iom.rerun(path, table=table)
    assert outcome.changed == ()
    assert outcome.differences == {}
    assert outcome.same_bytes
    assert outcome.sentence == "The run repeats: same bytes."


def test_own_elasticities_are_recorded_as_own_with_their_values(table):
    theta = own(table)
    assert theta.attrs["set"] == "CP"
    effects = iom.run(table, TARIFF, "equilibrium", elasticities=theta)
    record = effects.parameters["elasticities"]
    assert (record["value"], record["origin"]) == ("own", "user")
    assert record["by_sector"] == dict(zip(SECTORS, theta.values.tolist(), strict=True))
    assert effects.elasticities == "own"


def test_an_embedded_table_is_found_by_its_name(tmp_path):
    name = iom.datasets()["name"].iloc[0]
    scenario = iom.Scenario(name="nothing")
    path = iom.run(iom.load(name), scenario, "leontief").to_netcdf(tmp_path / "effects.nc")
    assert iom.rerun(path).same_bytes


def test_another_table_is_refused(table, tmp_path):
    path = iom.run(table, TARIFF, "leontief").to_netcdf(tmp_path / "effects.nc")
    with pytest.raises(TableError, match="table 'toy', which is no embedded one; give the table"):
        iom.rerun(path)
    other = MRIOTable.from_arrays(
        table.Z.values.reshape(6, 6) * 1.01,
        table.Y.values.reshape(6, 3),
        regions=["A", "B", "C"],
        sectors=SECTORS,
        name="toy",
        unit="million USD",
        year=2022,
        classification="icio-28",
    )
    with pytest.raises(TableError, match="has other cells or labels than table 'toy'"):
        iom.rerun(path, table=other)


def test_other_numbers_and_versions_are_named_with_their_size(table, tmp_path):
    effects = iom.run(table, TARIFF, "leontief")
    versions = effects.dataset.attrs["versions"]
    dataset = effects.dataset.assign_attrs(versions=versions.replace(np.__version__, "0.1"))
    outcome = iom.rerun(write(dataset, tmp_path / "old.nc"), table=table)
    assert outcome.agrees
    assert not outcome.same_bytes
    assert f"same numbers in another file. Changed: numpy 0.1 -> {np.__version__}" in (
        outcome.sentence
    )
    moved = effects.dataset.assign(gdp_pct=effects.dataset["gdp_pct"] + 0.5)
    outcome = iom.rerun(write(moved, tmp_path / "moved.nc"), table=table)
    assert dict(outcome.differences) == pytest.approx({"gdp_pct": 0.5})
    assert outcome.sentence.startswith("The run does not repeat: gdp_pct by 0.5 at most.")


def test_a_part_of_the_variables_repeats_too(table, tmp_path):
    effects = iom.run(table, TARIFF, "leontief").only(["gdp_pct"])
    assert iom.rerun(effects.to_netcdf(tmp_path / "part.nc"), table=table).same_bytes


def test_options_of_another_version_are_refused(table, tmp_path):
    effects = iom.run(table, TARIFF, "leontief").asked({"speed": 3})
    path = effects.to_netcdf(tmp_path / "effects.nc")
    assert Effects.from_netcdf(path).options == {"speed": 3}
    with pytest.raises(TableError, match="options that this version of iomodel does not know"):
        iom.rerun(path, table=table)
