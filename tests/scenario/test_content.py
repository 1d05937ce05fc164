"""Content rules: worked numbers by hand, and what the rule of October 2025 reaches."""

import numpy as np
import pytest

from iomodel.errors import LabelError, ScenarioError
from iomodel.scenario.content import direct_content, embodied_content, gross_content
from iomodel.scenario.controlled import controlled_content
from iomodel.scenario.files import read_text
from iomodel.scenario.lowering import lower
from iomodel.scenario.reach import content_reach
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import ContentControl, ExportCut
from iomodel.table.catalogue import load
from iomodel.table.mrio import MRIOTable

REGIONS, SECTORS = ["CHN", "DEU", "USA"], ["OXIDE", "MAGNET", "CAR"]
CHN, DEU, USA = range(3)
OXIDE, MAGNET, CAR = range(3)
# Chinese oxides (10) go into Chinese magnets (output 50), magnets (4) and oxides (2) into German
# cars (200), German cars (20) into what Germany calls magnets (400).
RULE = ContentControl("CHN", ["OXIDE", "MAGNET"], 0.001, "USA")


@pytest.fixture(scope="module")
def chain():
    Z = np.zeros((3, 3, 3, 3))
    Z[CHN, OXIDE, CHN, MAGNET] = 10.0
    Z[CHN, MAGNET, DEU, CAR] = 4.0
    Z[CHN, OXIDE, DEU, CAR] = 2.0
    Z[DEU, CAR, DEU, MAGNET] = 20.0
    Y = np.zeros((3, 3, 3))
    Y[DEU, CAR, USA], Y[DEU, MAGNET, USA], Y[USA, CAR, USA] = 30.0, 8.0, 7.0
    x = np.array([[100.0, 50.0, 0.0], [0.0, 400.0, 200.0], [0.0, 0.0, 7.0]])
    for r, s in np.argwhere(x > 0):
        Y[r, s, r] += x[r, s] - Z[r, s].sum() - Y[r, s].sum()
    return MRIOTable.from_arrays(
        Z.reshape(9, 9), Y.reshape(9, 3), regions=REGIONS, sectors=SECTORS, name="chain"
    )


def test_content_by_hand(chain):
    content = controlled_content(chain, "CHN", ["OXIDE", "MAGNET"])
    direct, embodied, gross = (content[k].values for k in ("direct", "embodied", "gross"))
    # What German car makers buy themselves: 4 of magnets and 2 of oxides in 200.
    assert direct[DEU, CAR] == pytest.approx(6 / 200)
    # The oxide in the magnet is part of the magnet: counted once, it adds nothing.
    assert embodied[DEU, CAR] == pytest.approx(6 / 200)
    assert gross[DEU, CAR] == pytest.approx(6 / 200 + 4 / 200 * 10 / 50)
    # One step on: 20 of cars in 400 hold content, of which nothing is bought directly.
    assert direct[DEU, MAGNET] == 0.0
    assert embodied[DEU, MAGNET] == pytest.approx(20 / 400 * 6 / 200)
    # What is controlled itself is content through and through.
    assert embodied[CHN, MAGNET] == 1.0
    assert gross[CHN, MAGNET] == pytest.approx(1 + 10 / 50)
    assert content.attrs["origin"] == "CHN"


def test_a_share_of_a_sector_counts_its_own_part_once(chain):
    """Half of Chinese magnets: the other half still holds the oxide that went into it."""
    content = controlled_content(chain, "CHN", ["OXIDE", "MAGNET"], {"OXIDE": 1.0, "MAGNET": 0.5})
    magnet = 0.5 + 0.5 * 10 / 50
    assert content["embodied"].values[CHN, MAGNET] == pytest.approx(magnet)
    assert content["embodied"].values[DEU, CAR] == pytest.approx(4 / 200 * magnet + 2 / 200)


def test_the_rule_by_hand(chain):
    reach = content_reach(chain, RULE)
    flows = reach.flows()
    assert flows[["exporter", "sector", "importer"]].to_numpy().tolist() == [
        ["DEU", "CAR", "USA"],
        ["DEU", "MAGNET", "USA"],
    ]
    frame = reach.by_threshold([0.0001, 0.001, 0.01, 0.05])
    assert frame["trade"].to_list() == pytest.approx([38.0, 38.0, 30.0, 0.0])
    assert frame["direct"].to_list() == pytest.approx([30.0, 30.0, 30.0, 0.0])
    assert frame["flows"].to_list() == [2, 2, 1, 0]
    assert reach.by_exporter().loc["DEU"].to_list() == pytest.approx([38.0, 100.0])
    assert reach.by_importer(0.01).loc["USA"].to_list() == pytest.approx([30.0, 100 * 30 / 38])
    assert reach.by_sector(0.01).loc["MAGNET", "trade"] == 0.0
    # 45 of 260 working days; a ban is all of them.
    assert reach.held_back(45) == pytest.approx(38 * 45 / 260)
    assert reach.held_back(260) == pytest.approx(38)
    assert reach.products().loc[0, "sector"] == "CAR"
    policy = lower(Scenario(RULE), chain)
    stopped = np.argwhere(policy.delivered < 1)
    assert stopped.tolist() == [[DEU, MAGNET, USA], [DEU, CAR, USA]]
    direct = lower(Scenario(ContentControl(**{**vars(RULE), "counts": "direct"})), chain)
    assert np.argwhere(direct.delivered < 1).tolist() == [[DEU, CAR, USA]]


def test_content_of_the_toy():
    """Rows of the Leontief inverse, printed to four digits by an independent program."""
    toy = load("ree-toy")
    cells = np.zeros(toy.shape)
    cells[0, 0] = 1.0
    printed = [0.1456, 0.0034, 0.0004]
    np.testing.assert_allclose(gross_content(toy, cells)[0, 1:], printed, atol=5e-5)
    # With one controlled stage the two differ by its use of itself alone.
    ratio = gross_content(toy, cells) / embodied_content(toy, cells)
    np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-12)


def test_content_is_a_share_of_value(make_table):
    """Counted once, content and the rest of value add up; gross content may exceed one."""
    table = make_table(3)
    part = np.random.default_rng(1).uniform(0, 1, table.shape)
    for indicator in (part, (part > 0.5).astype(float)):
        content = embodied_content(table, indicator)
        assert (content >= indicator).all()
        # Value added is positive here: nothing consists of controlled content unless controlled.
        assert (content <= 1.0).all()
        assert (gross_content(table, indicator) >= content - 1e-12).all()
        passed = np.einsum("i,ij->j", content.reshape(-1), table.A2).reshape(table.shape)
        np.testing.assert_allclose(content, indicator + (1 - indicator) * passed, rtol=1e-10)
        assert (direct_content(table, indicator) <= passed + 1e-12).all()


def test_refusals(chain):
    with pytest.raises(ScenarioError, match=r"counts is 'all'; valid: chain, direct"):
        ContentControl("CHN", "OXIDE", 0.001, "USA", counts="all")
    with pytest.raises(ScenarioError, match="no third country delivers"):
        content_reach(chain, ContentControl(["CHN", "DEU", "USA"], "OXIDE", 0.001, "USA"))
    with pytest.raises(ScenarioError, match="holds 0 content controls"):
        content_reach(chain, Scenario(ExportCut("CHN", "OXIDE", 0.5), name="cut"))
    with pytest.raises(ScenarioError, match=r"must lie in \[0, 260\]"):
        content_reach(chain, RULE).held_back(300)
    with pytest.raises(LabelError, match="unknown region"):
        controlled_content(chain, "XXX", "OXIDE")


def test_the_rule_of_october_2025_on_the_split_table():
    table = load("world-2022-ree")
    reach = content_reach(table, Scenario.load("content-control-0.1"))
    frame = reach.by_threshold()
    # A higher threshold catches less, and direct content is part of the whole chain's.
    assert (np.diff(frame["trade"]) <= 0).all()
    assert (frame["direct"] <= frame["trade"] + 1e-6).all()
    assert frame.loc[0.001, "trade"] == pytest.approx(reach.flows()["trade"].sum())
    for part in (reach.by_exporter(), reach.by_importer(), reach.by_sector()):
        assert part["trade"].sum() == pytest.approx(frame.loc[0.001, "trade"])
    assert "CHN" not in set(reach.flows()["exporter"])
    shares = reach.caught.embodied[table.regions.index("CHN")]
    controlled = ["C20_REE", "C24A_REE", "C27_REE"]
    # All of a controlled product is controlled: the answer of a solve, so up to its rounding.
    np.testing.assert_allclose(shares[[table.sectors.index(s) for s in controlled]], 1, rtol=1e-14)
    # Magnets are the largest use: what holds them is caught before what does not.
    ranks = reach.by_sector()["share_pct"]
    assert ranks["C27_REE"] == 100.0
    assert ranks["C27_OTH"] > ranks["C29"] > ranks.get("C10T12", 0.0) == 0.0
    policy = Scenario.load("content-control-0.1-licence").lower(table)
    assert policy.delivered[policy.delivered < 1] == pytest.approx(1 - 0.173)
    assert Scenario.load("content-control-0.1-licence").settings["denied"] == pytest.approx(
        45 / 260, abs=5e-4
    )


def test_scenario_files_know_how_content_is_counted():
    direct = Scenario.load("content-control-0.1-direct")
    assert direct.shocks[0].counts == "direct"
    assert read_text(direct.to_yaml(), Scenario).fill() == direct
