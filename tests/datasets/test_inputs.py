"""Inputs of world-2022 against the tables they come from, and its import shares by user."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import iomodel as iom
from datasets.builders.concordance import load_concordance
from datasets.builders.imported_inputs import estimated_imports, imported_inputs
from datasets.builders.national_tables import NationalTable, read_national_tables
from datasets.builders.national_technology import with_national_tables
from datasets.builders.raw import check_labels, read_wiod_2014
from datasets.builders.repairs import separate_mexican_real_estate
from datasets.builders.technology import WORLD_WEIGHT, Technology
from iomodel.errors import LabelError, TableError
from iomodel.table.mrio import MRIOTable
from iomodel.table.storage.import_odds import fit_import_share

# RAS of national tables to rounding; sums of up to 3,000 cells.
IDENTITY = 1e-9


@pytest.fixture(scope="module")
def common() -> MRIOTable:
    return iom.load("world-2022")


@pytest.fixture(scope="module")
def by_user() -> MRIOTable:
    return iom.load("world-2022", import_shares="by-user")


# ------------------------------------------------------------------ imported inputs of 2014
def test_imported_inputs_have_the_pattern_of_the_source(raw_data: Path) -> None:
    """Against a file that the builder does not read: the same inputs cif, not fob."""
    concordance = load_concordance()
    wiod = separate_mexican_real_estate(read_wiod_2014(raw_data))
    with np.load(raw_data / "wiod2014" / "imported_inputs_44x50x50.npz") as file:
        source = np.maximum(file["Zm_cif"][:43].astype(np.float64), 0.0)
    to_merged = np.eye(50)[concordance.merged_of]
    # Mexico's real estate is parted in the builder only; cif and fob differ by product, so that
    # shares of users in a product are compared.
    rows = [r for r, region in enumerate(wiod.regions[:43]) if region != "MEX"]
    misplaced = []
    for recipe in (imported_inputs, estimated_imports):
        cells = recipe(wiod, concordance)[rows]
        merged = np.einsum("rij,ip,jq->rpq", cells, to_merged, to_merged)
        level = merged.sum(axis=2) / np.maximum(source[rows].sum(axis=2), 1e-9)
        gap = np.abs(merged - source[rows] * level[..., None])
        misplaced.append(0.5 * gap.sum() / merged.sum())
    # Bringing cif to fob for all users at once leaves less than a percent; margins alone, 15.
    assert misplaced[0] < 0.01
    assert misplaced[1] > 0.1


# ------------------------------------------------------------------ national tables
def test_group_means_are_those_of_the_national_table() -> None:
    """Two industries, three sectors; the second industry holds sectors b and c."""
    prior = np.array([[0.2, 0.1, 0.3], [0.1, 0.2, 0.1], [0.1, 0.2, 0.3]])
    technology = Technology(
        regions=["USA"],
        inputs=prior[None],
        value_added=np.array([[0.5, 0.4, 0.2]]),
        taxes=np.zeros((1, 3)),
        final=np.full((1, 3, 3), 1.0 / 9.0),
        services_home=np.ones((1, 0)),
        services_export=np.ones((1, 0)),
        total_value_added=np.ones(1),
        replaced=[],
    )
    use, output = np.array([[30.0, 20.0], [10.0, 60.0]]), np.array([100.0, 200.0])
    final = np.array([[40.0, 5.0, 5.0], [90.0, 20.0, 20.0]])
    table = NationalTable("USA", "made up", ["a", "b c"], use, final, output, output * [0.6, 0.3])
    goods = np.array([50.0, 30.0, 90.0])
    new = with_national_tables(technology, [table], ["a", "b", "c"], {"USA": goods})
    weight = np.array([1.0, 0.25, 0.75])
    groups = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
    expected = (1 - WORLD_WEIGHT) * use / output + WORLD_WEIGHT * groups @ (
        prior * weight
    ) @ groups.T
    np.testing.assert_allclose(groups @ (new.inputs[0] * weight) @ groups.T, expected, rtol=1e-12)
    np.testing.assert_allclose(groups @ (weight * new.value_added[0]), [0.6, 0.3], rtol=1e-12)
    shares = (1 - WORLD_WEIGHT) * final / final.sum() + WORLD_WEIGHT * groups @ technology.final[0]
    np.testing.assert_allclose(groups @ new.final[0], shares, rtol=1e-12)
    # Within the group, b and c keep the proportions of before.
    np.testing.assert_allclose(new.inputs[0, 1] / new.inputs[0, 2], prior[1] / prior[2], rtol=1e-12)


def test_cars_use_what_the_national_tables_say(raw_data: Path) -> None:
    """Coefficients read off the source, apart from the builder."""
    usa, china = read_national_tables(raw_data)
    frame = pd.read_parquet(raw_data / "national_io" / "china_2020_153.parquet").set_index("Code")
    cars, electronics = ["079", "080"], [f"{k:03d}" for k in range(90, 97)]
    is_cars, is_electronics = (np.array([s == k for s in china.sectors]) for k in ("C29", "C26"))
    np.testing.assert_allclose(
        china.use[np.ix_(is_electronics, is_cars)].sum(),
        frame.loc[electronics, cars].to_numpy(dtype=np.float64).sum(),
        rtol=1e-12,
    )
    folder = raw_data / "bea"
    use = pd.read_parquet(folder / "Summary_Use_2022_PRO_BeforeRedef_17sch.parquet")
    make = pd.read_parquet(folder / "Summary_Make_2022_BeforeRedef_17sch.parquet")
    produced = use.index[: len(usa.sectors)]
    column = usa.sectors.index("C29")
    # The make table only moves products between industries: columns keep their sums.
    total = use.loc[produced, "3361MV"].sum()
    assert usa.use[:, column].sum() == pytest.approx(total, rel=1e-9)
    steel = usa.sectors.index("C24A C24B")
    home = make.loc["331", "331"] / make.loc[produced, "331"].sum()
    assert home > 0.9
    assert usa.use[steel, column] == pytest.approx(use.loc["331", "3361MV"], rel=1 - home)


def test_labels_of_a_source_are_checked() -> None:
    with pytest.raises(TableError, match="'b' where 'c' is expected"):
        check_labels("source", ["a", "b"], ["a", "c"])
    with pytest.raises(TableError, match="None where 'c' is expected"):
        check_labels("source", ["a"], ["a", "c"])


# ------------------------------------------------------------------ import shares by user
def test_fit_of_import_shares_by_hand() -> None:
    # One product, two regions. Region 0 sells 6 at home and imports 2. Its industry uses 4 with
    # odds of 1, its final use 4 with odds of 1/4. With odds multiplied by x the imports are
    # 4 x / (1 + x) + 4 x / (4 + x) = 2, that is 3 x^2 + 5 x - 4 = 0.
    trade = np.array([[[6.0, 0.0]], [[2.0, 0.0]]])
    use = np.array([[[4.0, 4.0]], [[0.0, 0.0]]])
    share = fit_import_share(trade, use, np.log([[[1.0, 0.25]], [[1.0, 1.0]]]))
    x = (-5.0 + np.sqrt(73.0)) / 6.0
    np.testing.assert_allclose(share[0, 0], [x / (1 + x), x / (4 + x)], rtol=1e-12)
    assert not share[1].any()
    no_sales_at_home = np.array([[[0.0, 0.0]], [[8.0, 0.0]]])
    assert (fit_import_share(no_sales_at_home, use, np.zeros((2, 1, 2)))[0] == 1.0).all()


def test_totals_do_not_depend_on_import_shares(common: MRIOTable, by_user: MRIOTable) -> None:
    by_user.check(IDENTITY).raise_if_broken(by_user.name)
    totals = []
    for table in (common, by_user):
        flows = np.concatenate([table.Z.values, table.Y.values], axis=3)
        totals.append((flows.sum(axis=3), flows.sum(axis=0), table.V.values, table.x.values))
        assert flows.min() >= 0.0
    for expected, total in zip(*totals, strict=True):
        np.testing.assert_allclose(total, expected, rtol=IDENTITY, atol=1e-9)
    assert by_user.history[-1].startswith("import shares by user")


def test_electronics_of_china_and_the_united_states_import_as_their_tables_say(
    raw_data: Path, by_user: MRIOTable
) -> None:
    """Order of users by imported share of electronics, as in NBS 2020 and BEA 2022."""
    china = pd.read_parquet(raw_data / "national_io" / "china_2020_42.parquet").set_index("Code")
    pair = [china[china["Origin"] == origin].loc["20"] for origin in ("Imports", "Domestic")]
    by_industry = [[float(row["20"]), float(row["18"])] for row in pair]
    published = np.array(by_industry[0]) / np.sum(by_industry, axis=0)
    assert published[0] > 2 * published[1]
    assert _imported_share(by_user, "CHN", "C26") > 2 * _imported_share(by_user, "CHN", "C29")
    folder = raw_data / "bea"
    use = pd.read_parquet(folder / "Summary_Use_2022_PRO_BeforeRedef_17sch.parquet")
    imports = pd.read_parquet(folder / "Summary_Import_2022_BeforeRedef_17sch.parquet")
    users = {"334": "C26", "3361MV": "C29"}
    shares = {u: imports.loc["334", u] / use.loc["334", u] for u in users}
    assert shares["334"] < shares["3361MV"]
    assert _imported_share(by_user, "USA", "C26") < _imported_share(by_user, "USA", "C29")


def _imported_share(table: MRIOTable, region: str, user: str) -> float:
    inputs = table.Z.sel(sector="C26", user_region=region, user_sector=user)
    return 1.0 - float(inputs.sel(region=region) / inputs.sum())


def test_equilibrium_keeps_to_common_shares(common: MRIOTable, by_user: MRIOTable) -> None:
    scenario = iom.Scenario.load("us-china-decoupling")
    answers = [iom.run(table, scenario).by_region()["gdp_pct"] for table in (common, by_user)]
    np.testing.assert_allclose(answers[1], answers[0], rtol=0, atol=1e-8)


def test_tables_without_shares_by_user_are_refused() -> None:
    with pytest.raises(TableError, match="has no import shares by user"):
        iom.load("world-2022-ree", import_shares="by-user")
    with pytest.raises(LabelError, match="valid: common, by-user"):
        iom.load("world-2022", import_shares="users")
