"""The embedded table world-2022-ree: its parent, its facts, its labels and its rebuild."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from iomodel.errors import TableError
from iomodel.models.elasticities import elasticities
from iomodel.table.catalogue import datasets, embedded, load
from iomodel.table.groups import resolve_sectors, sector_groups
from iomodel.table.mrio import MRIOTable
from iomodel.table.storage.compact import read_factors
from iomodel.table.storage.compact_split import check_split, expand_split, read_split_factors

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "datasets" / "builders" / "data"
PAGE = ROOT / "datasets" / "world-2022-ree.md"
PARTS = ["B07_REE", "C20_REE", "C24A_REE", "C27_REE"]
# Rests are differences of cells of the parent: what is left is rounding.
IDENTITY = 1e-9


@pytest.fixture(scope="module")
def table() -> MRIOTable:
    return load("world-2022-ree")


@pytest.fixture(scope="module")
def world() -> MRIOTable:
    return load("world-2022")


def flows(table: MRIOTable, part: str) -> np.ndarray:
    """Sales of a part by seller and buyer, million USD."""
    k = table.sectors.index(part)
    total: np.ndarray = table.Z.values[:, k].sum(axis=2) + table.Y.values[:, k].sum(axis=2)
    return total


def exports(table: MRIOTable, part: str, region: str = "CHN") -> float:
    cells, r = flows(table, part), table.regions.index(region)
    return float(cells[r].sum() - cells[r, r])


def share(table: MRIOTable, part: str, region: str = "CHN") -> float:
    x = table.x.sel(sector=part)
    return float(x.sel(region=region) / x.sum())


# ------------------------------------------------------------------ the table as it ships
def test_labels_and_metadata(table: MRIOTable) -> None:
    assert table.shape == (81, 41)
    assert [s for s in table.sectors if s.endswith("_REE")] == PARTS
    assert table.attrs["parent_sector"]["C27_REE"] == "C27"
    assert "China separates about 99%" in table.attrs["heavy_rare_earths"]
    assert "split" in table.history[-1]
    assert "world-2022-ree" in set(datasets()["name"])
    assert embedded("world-2022-ree").stat().st_size < 6e6


def test_check_is_clean(table: MRIOTable) -> None:
    assert table.check(IDENTITY).ok
    assert table.Z2.min() >= 0
    assert table.v1.min() >= 0
    value = np.ones(table.n)
    for _ in range(100):
        value = value @ table.A2
        radius = value.max()
        value /= radius
    assert radius < 0.7


def test_adding_the_parts_returns_world_2022(table: MRIOTable, world: MRIOTable) -> None:
    back = table.aggregate(sectors=table.attrs["parent_sector"], unmapped="keep")
    assert back.sectors == world.sectors
    for name in ("Z", "Y", "V", "x", "tariff"):
        a, b = getattr(back, name).values, getattr(world, name).values
        np.testing.assert_allclose(a, b, rtol=IDENTITY, atol=1e-12 * np.abs(b).max(), err_msg=name)


def test_no_cell_opens(table: MRIOTable, world: MRIOTable) -> None:
    family = table.attrs["parent_sector"]
    k = [world.sectors.index(family.get(s, s)) for s in table.sectors]
    empty = world.Z.values[:, k][..., k] == 0
    assert not table.Z.values[empty].any()


# ------------------------------------------------------------------ the facts
def test_chinas_trade(table: MRIOTable) -> None:
    # The parent's cells refuse a few flows, all listed on the page: magnets to Cambodia (0.1%) and
    # compounds to Viet Nam (6.5 of its 25, 1.53%: its metal makers buy fewer chemicals, since
    # China, one of its donors, has the technology of its own table); alloys to Japan keep a third
    # away.
    assert exports(table, "C27_REE") == pytest.approx(2860, rel=1e-3)
    assert exports(table, "C20_REE") == pytest.approx(424, rel=0.016)
    assert 120 < exports(table, "C24A_REE") < 188
    assert exports(table, "B07_REE") == 0


def test_us_imports_of_compounds(table: MRIOTable) -> None:
    cells, usa = flows(table, "C20_REE"), table.regions.index("USA")
    # The cells of world-2022 refuse 6.5 of the 170 million (the page shows both); what they
    # refuse may not grow.
    assert cells[:, usa].sum() - cells[usa, usa] == pytest.approx(170, rel=0.04)
    assert cells[table.regions.index("CHN"), usa] == pytest.approx(0.7 * 170, rel=1e-9)


def test_chinas_shares(table: MRIOTable) -> None:
    assert share(table, "C27_REE") == pytest.approx(0.94, abs=1e-3)
    assert share(table, "C20_REE") == pytest.approx(0.92, abs=3e-3)
    # By tonnes 71%; Burma's ore is larger than all of its metal ores in the parent.
    assert share(table, "B07_REE") == pytest.approx(0.71, abs=0.06)


def test_only_listed_users_buy(table: MRIOTable) -> None:
    listed = pd.read_csv(DATA / "ree_use.csv")
    for part, chain in (("C20_REE", {"C24A_REE"}), ("C27_REE", set())):
        users = set(listed[listed["part"] == part]["user"]) | chain
        sold = table.Z.sel(sector=part).sum(["region", "user_region"], skipna=False)
        assert {s for s in table.sectors if float(sold.sel(user_sector=s)) > 0} == users
        assert not table.Y.sel(sector=part).values.any()
    metal = table.Z.sel(sector="C24A_REE").sum(["region", "user_region"], skipna=False)
    assert float(metal.sel(user_sector="C27_REE")) == pytest.approx(float(metal.sum()))


def test_a_magnet_is_no_scaled_copy_of_electrical_equipment(table: MRIOTable) -> None:
    china = table.A.sel(user_region="CHN").sum("region", skipna=False)
    assert float(china.sel(sector="C24A_REE", user_sector="C27_REE")) > 0.4
    assert float(china.sel(sector="C24A_REE", user_sector="C27_OTH")) == 0


@pytest.mark.parametrize("name", ["facts", "output", "trade", "use", "costs"])
def test_every_figure_has_a_status_a_source_and_a_note(name: str) -> None:
    frame = pd.read_csv(DATA / f"ree_{name}.csv", keep_default_na=False)
    valid = {"fact", "reported", "recalled", "judgement", "residual"}
    assert set(frame["status"]) <= valid
    assert (frame[["source", "note"]] != "").all().all()
    ours = frame["status"].isin(["judgement", "residual"])
    assert (frame.loc[~ours, "source"] != "iomodel").all() or name == "trade"


def test_shares_add_up() -> None:
    use = pd.read_csv(DATA / "ree_use.csv").groupby(["part", "scope"])["share"].sum()
    np.testing.assert_allclose(use, 1.0)
    np.testing.assert_allclose(pd.read_csv(DATA / "ree_costs.csv")["share"].sum(), 1.0)


# ------------------------------------------------------------------ labels
def test_groups_know_the_parts(table: MRIOTable) -> None:
    code = table.attrs["classification"]
    assert resolve_sectors("rare-earth-chain", table.sectors, code) == PARTS
    assert resolve_sectors("C27", table.sectors, code) == ["C27_REE", "C27_OTH"]
    groups, plain = sector_groups(code), sector_groups("icio-28+services")
    assert sorted(groups["goods"] + groups["services"]) == sorted(table.sectors)
    assert set(plain) <= set(groups)
    family = table.attrs["parent_sector"]
    for name in ("goods", "services", "mining", "manufacturing", "energy", "high-tech"):
        assert {family.get(s, s) for s in groups[name]} == set(plain[name])


def test_labels_that_no_split_touches_keep_their_groups() -> None:
    assert resolve_sectors("electronics", ["C26", "C29"]) == ["C26"]


def test_parts_have_their_parents_elasticity(table: MRIOTable, world: MRIOTable) -> None:
    split, plain = elasticities("CP", table), elasticities("CP", world)
    assert float(split.sel(sector="C27_REE")) == float(plain.sel(sector="C27"))
    assert float(split.sel(sector="C26")) == float(plain.sel(sector="C26"))


def test_split_finds_the_sales_of_the_builder(table: MRIOTable, world: MRIOTable) -> None:
    """Given end uses and trade of magnets, `split` comes to the sales that the builder placed."""
    part, k = "C27_REE", table.sectors.index("C27_REE")
    parent = world.x.sel(sector="C27").values
    x, trade = table.x.values[:, k], flows(table, part)
    family = table.attrs["parent_sector"]
    users = [s if s.startswith("C27") else family.get(s, s) for s in table.sectors]
    bought = pd.DataFrame(table.Z.values[:, k].sum(axis=0), index=table.regions, columns=users)
    bought = bought.T.groupby(level=0).sum().T.assign(**dict.fromkeys(world.final_uses, 0.0))
    total = trade.sum(axis=0)[:, None]
    split = world.split(
        "C27",
        [part, "C27_OTH"],
        output={part: dict(zip(table.regions, x / np.maximum(parent, 1e-9), strict=True))},
        use={part: bought / np.where(total > 0, total, np.nan)},
        trade={part: np.divide(trade, x[:, None], out=np.zeros_like(trade), where=x[:, None] > 0)},
    )
    split_flows, parent_flows = split.Z.sel(sector=part), table.Z.sel(sector=part)
    parent_flows = (
        parent_flows.assign_coords(user_sector=users).groupby("user_sector").sum(skipna=False)
    )
    gap = np.abs(
        split_flows - parent_flows.sel(user_sector=split_flows["user_sector"].values)
    ).sum()
    # The builder caps single cells where `split` scales rows and parent cells in turn.
    assert float(gap) < 0.01 * x.sum()


def test_shocks_elsewhere_barely_notice_the_split(table: MRIOTable, world: MRIOTable) -> None:
    """Invariant 12 on the real table: demand for sectors that are not split.

    The parts differ from their parents, so answers differ by the size of the chain: 25 billion of
    an output of 200 trillion, and .11 percent at most of any sector that is not split: coal, of
    which China's other steel uses more than its metals of rare earths.
    """
    keep = [s for s in world.sectors if s not in set(table.attrs["parent_sector"].values())]
    answers = []
    for t in (table, world):
        shock = np.zeros(t.shape)
        shock[t.regions.index("USA"), t.sectors.index("C29")] = 1.0
        dx, step = shock.ravel(), shock.ravel()
        for _ in range(80):  # the power series converges by 0.6 a step: rounding after 80
            step = t.A2 @ step
            dx = dx + step
        answers.append(dx.reshape(t.shape)[:, [t.sectors.index(s) for s in keep]])
    split, plain = answers
    np.testing.assert_allclose(split.sum(axis=0), plain.sum(axis=0), rtol=1.1e-3)
    assert split.sum() == pytest.approx(plain.sum(), rel=1e-4)


# ------------------------------------------------------------------ the file
def test_damaged_factors_are_refused() -> None:
    factors = read_split_factors(read_factors(embedded("world-2022-ree"))[1])
    check_split(factors)
    with pytest.raises(TableError, match="inputs of each part"):
        check_split(replace(factors, sales=factors.sales * 1.01))
    with pytest.raises(TableError, match="use of each product"):
        check_split(replace(factors, use=factors.use * 1.01))
    with pytest.raises(TableError, match="more than its parent"):
        expand_split(replace(factors, sales=factors.sales * 50))


def build(out: Path) -> Path:
    command = [sys.executable, "-W", "error", "-m", "datasets.builders.world_2022_ree"]
    process = subprocess.run(
        [*command, "--out", str(out)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    return out / "embedded" / "world-2022-ree.nc"


def test_rebuild_gives_the_committed_file_and_identical_bytes(tmp_path: Path) -> None:
    path, again = build(tmp_path / "a"), build(tmp_path / "b")
    assert path.read_bytes() == again.read_bytes()
    rebuilt, committed = read_factors(path)[1], read_factors(embedded("world-2022-ree"))[1]
    assert rebuilt.attrs == committed.attrs
    for name in rebuilt.data_vars:
        # Another processor or NumPy may differ in the last digits.
        np.testing.assert_allclose(
            rebuilt[name].values, committed[name].values, rtol=1e-9, atol=1e-9
        )
    page = (tmp_path / "a" / "world-2022-ree.md").read_text(encoding="utf-8")
    assert page == PAGE.read_text(encoding="utf-8")
