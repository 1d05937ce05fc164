"""Holders of the licences of restricted flows, from the scenario to the engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iomodel import ContentControl, Embargo, ExportCut, Scenario, SupplyCut, load, run
from iomodel.errors import ScenarioError
from iomodel.models.general_equilibrium.lowering import caps_of
from iomodel.scenario.rent_holders import RENT_SHARES

USA, CHN, DEU = 0, 1, 2
C26, G = 0, 1


def cut(share=0.5, importers="USA", **fields):
    return ExportCut("CHN", "C26", share, importers, **fields)


@pytest.mark.parametrize("holder", RENT_SHARES)
def test_shares_of_a_holder_are_those_of_its_flows(small, holder):
    policy = Scenario([cut(rents=holder)], name="cut").lower(small)
    sellers, buyers = RENT_SHARES[holder]
    assert policy.seller_share[CHN, C26, USA] == sellers
    assert policy.buyer_share[CHN, C26, USA] == buyers
    untouched = policy.delivered == 1.0
    assert (policy.seller_share[untouched] == 1.0).all()
    assert (policy.buyer_share[untouched] == 0.0).all()
    quotas = caps_of(policy)
    assert [share.tolist() for share in quotas.shares] == [[sellers], [buyers]]


def test_rules_on_one_flow_share_its_rent_by_the_logs_of_what_they_leave(small):
    """.5 to sellers, .25 to buyers: two thirds of the log are the second's."""
    rules = [cut(0.5, rents="sellers"), cut(0.75, rents="buyers")]
    for shocks in (rules, rules[::-1]):
        policy = Scenario(shocks, name="cuts").lower(small)
        assert policy.seller_share[CHN, C26, USA] == pytest.approx(1 / 3)
        assert policy.buyer_share[CHN, C26, USA] == pytest.approx(2 / 3)
    # A rule that withholds nothing has no part in it, and a closed flow no rent.
    policy = Scenario([cut(rents="burnt"), cut(0.0, rents="buyers")], name="cuts").lower(small)
    assert policy.seller_share[CHN, C26, USA] == policy.buyer_share[CHN, C26, USA] == 0.0
    ban = Embargo(importer="USA", exporter="CHN")
    policy = Scenario([cut(rents="buyers"), ban, cut(rents="sellers")], name="ban").lower(small)
    assert caps_of(policy) is None


def test_caps_on_output_stay_with_the_industry(small):
    shocks = [cut(rents="buyers"), SupplyCut("DEU", "C26", 0.2)]
    sellers, buyers = caps_of(Scenario(shocks, name="both").lower(small)).shares
    assert sellers.tolist() == [0.0, 1.0]
    assert buyers.tolist() == [1.0, 0.0]


def test_files_hold_the_holder(tmp_path):
    scenario = Scenario([cut(rents="buyers")], name="cut")
    path = tmp_path / "cut.yaml"
    path.write_text(scenario.to_yaml(), encoding="utf-8")
    assert "rents: buyers" in path.read_text()
    assert Scenario.load(path).shocks[0].rents == "buyers"
    path.write_text(path.read_text().replace("rents: buyers", "rents: the state"))
    with pytest.raises(ScenarioError, match="rents is 'the state'; valid: sellers, buyers, shared"):
        Scenario.load(path)


def test_the_rent_moves_income_and_not_quantities(small):
    """Buyers gain what sellers lose, in the model of prices; others have no rents."""
    scenarios = {holder: Scenario([cut(0.3, rents=holder)], name=holder) for holder in RENT_SHARES}
    effects = {
        name: run(small, scenario, "equilibrium", horizon="long", elasticities=4.0)
        for name, scenario in scenarios.items()
    }
    income = {name: e["real_income_pct"].values for name, e in effects.items()}
    assert income["sellers"][CHN] > income["shared"][CHN] > income["buyers"][CHN]
    assert income["sellers"][USA] < income["shared"][USA] < income["buyers"][USA]
    assert income["burnt"][CHN] < income["sellers"][CHN]
    assert "names both" in " ".join(effects["shared"].notes)
    assert "is burnt" in " ".join(effects["burnt"].notes)
    rationed = [
        run(small, scenario, "ghosh")["output_pct"].values for scenario in scenarios.values()
    ]
    for quantities in rationed[1:]:
        np.testing.assert_array_equal(quantities, rationed[0])


# ------------------------------------------------------------------ defaults by instrument
def test_defaults_are_those_of_the_instrument():
    """A licence that names both is shared; a rule that allots nothing burns its rents."""
    rule = ContentControl("CHN", "C26", 0.01, "USA")
    assert ExportCut("CHN", "C26", 0.5).rents == "shared"
    assert rule.rents == "burnt"
    assert "rents" not in rule.to_dict()


@pytest.mark.parametrize("horizon", ["short", "long"])
def test_a_content_rule_does_not_enrich_those_whom_it_stops(horizon):
    """Goods of Viet Nam wait for licences: a cartel would gain, applicants in a queue lose."""
    world = load("world-2022")
    named = ["USA", "CHN", "VNM", "JPN", "KOR", "DEU"]
    rest = [region for region in world.regions if region not in named]
    table = world.aggregate(regions={**{r: [r] for r in named}, "ROW": rest})
    scenario = Scenario.load("content-control-0.1-licence", importers=["USA", "JPN", "KOR", "DEU"])
    cartel = replace(
        scenario, shocks=tuple(replace(shock, rents="sellers") for shock in scenario.shocks)
    )
    by_rule, by_cartel = (
        float(
            run(table, policy, "equilibrium", horizon=horizon, links=1)["real_income_pct"].sel(
                region="VNM"
            )
        )
        for policy in (scenario, cartel)
    )
    assert by_rule < 0.0 < by_cartel
