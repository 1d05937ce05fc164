"""Assignments to blocs, and what they lower to."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from datasets.published import WIOD_2013
from iomodel.errors import LabelError
from iomodel.studies.decoupling import Blocs, default_blocs, goes_bekkers_table, switch_blocs
from iomodel.table.groups import resolve_regions
from iomodel.table.mrio import MRIOTable
from iomodel.table.readers.wiod import read_wiod


def test_the_papers_blocs_hold_every_region(world: MRIOTable, small: MRIOTable) -> None:
    fine, coarse = default_blocs(world), default_blocs(small)
    assert not fine.neutral
    assert not coarse.neutral
    assert len(fine.west) + len(fine.east) == 81
    assert set(coarse.east) == {"gb-chn", "gb-ind", "gb-rus", "gb-rwc"}
    assert "GoesBekkers2022" in fine.source


def test_aggregation_keeps_value_added_and_labels(world: MRIOTable, small: MRIOTable) -> None:
    assert sorted(small.shape) == [6, 10]
    np.testing.assert_allclose(
        small.value_added.values.sum(), world.value_added.values.sum(), rtol=1e-12
    )
    usa = list(world.regions).index("USA")
    np.testing.assert_allclose(
        small.value_added.sel(region="gb-usa").sum(), world.value_added.values[usa].sum()
    )


def test_a_group_can_be_kept_apart(world: MRIOTable) -> None:
    table = goes_bekkers_table(world, apart=["ASEAN"])
    assert "ASEAN" in table.regions
    assert len(table.regions) == 11
    with pytest.raises(LabelError, match="Atlantis"):
        goes_bekkers_table(world, apart=["Atlantis"])


def test_scores_draw_blocs_with_a_neutral_band(world: MRIOTable) -> None:
    regions = list(world.regions)
    scores = pd.Series({"west": 1.0, "east": -1.0, "ASEAN": 0.05, "IND": -0.2, "MEX": 0.2})
    blocs = Blocs.from_scores(scores, regions, band=0.1)
    assert set(blocs.neutral) == set(resolve_regions("ASEAN", regions))
    assert "IND" in blocs.east
    assert "MEX" in blocs.west
    # A threshold between them moves those on the wrong side of it.
    moved = Blocs.from_scores(scores, regions, threshold=0.5)
    assert "MEX" in moved.east
    with pytest.raises(LabelError, match="no similarity score"):
        Blocs.from_scores({"USA": 1.0}, regions)


def test_a_region_is_in_one_bloc_only() -> None:
    with pytest.raises(LabelError, match="two blocs"):
        Blocs(("A", "B"), ("B",))
    with pytest.raises(LabelError, match="no members"):
        Blocs(("A",), ())


def test_moving_changes_one_side_and_says_so() -> None:
    blocs = Blocs(("A", "B"), ("C",)).moved("B", "neutral")
    assert (blocs.west, blocs.east, blocs.neutral) == (("A",), ("C",), ("B",))
    assert "B moved to neutral" in blocs.source
    with pytest.raises(LabelError, match="nowhere"):
        blocs.moved("A", "nowhere")
    with pytest.raises(LabelError, match="no members"):
        blocs.moved("A", "east")


def test_costs_stand_between_the_blocs_and_nowhere_else(small: MRIOTable) -> None:
    blocs = default_blocs(small).moved("gb-lac", "neutral")
    policy = blocs.costs(1.6).lower(small)
    across = blocs.crossing(small.regions)
    expected = np.where(across[:, None, :], 2.6, 1.0) + np.zeros(policy.trade_cost.shape)
    np.testing.assert_allclose(policy.trade_cost, expected)
    lac = list(small.regions).index("gb-lac")
    assert not across[lac].any()
    assert not across[:, lac].any()


def test_rivalry_taxes_goods_and_burdens_services(small: MRIOTable) -> None:
    blocs = default_blocs(small)
    goods = ["gb-pri", "gb-lig", "gb-hea", "gb-elm"]
    policy = blocs.rivalry(goods=goods, services=["gb-tas", "gb-ots"]).lower(small)
    at = {label: k for k, label in enumerate([*small.sectors])}
    usa, chn = (list(small.regions).index(r) for r in ("gb-usa", "gb-chn"))
    rise = (policy.tariff_new - policy.tariff_base)[chn, :, usa]
    assert rise[at["gb-elm"]] == pytest.approx(0.32)
    assert rise[at["gb-ots"]] == 0.0
    assert policy.trade_cost[chn, at["gb-elm"], usa] == pytest.approx(1.15)
    assert policy.trade_cost[chn, at["gb-ots"], usa] == pytest.approx(1.25)


def test_who_changes_sides_gains_or_loses(world: MRIOTable) -> None:
    table = goes_bekkers_table(world, apart=["ASEAN"])
    blocs = Blocs.of(
        table.regions,
        [r for r in table.regions if r in default_blocs(goes_bekkers_table(world)).west],
        [r for r in table.regions if r in ("ASEAN", "gb-chn", "gb-ind", "gb-rus", "gb-rwc")],
    )
    frame = switch_blocs(table, blocs)
    assert next(iter(frame.columns)) == "as assigned"
    # To stand aside and trade with both beats either side, for those who do and for the world.
    assert frame.loc["gb-lac", "Latin America neutral"] > 0.0
    assert frame.loc["ASEAN", "ASEAN neutral"] > frame.loc["ASEAN", "ASEAN to West"]
    assert frame.loc["WORLD", "ASEAN neutral"] > 0.0
    # Latin America trades more with the West: a move to the East costs it.
    assert frame.loc["gb-lac", "Latin America to East"] < 0.0


def test_the_last_year_of_wiod_aggregates_to_the_same_ten_by_six() -> None:
    table = goes_bekkers_table(read_wiod(WIOD_2013, 2011))
    assert sorted(table.shape) == [6, 10]
    table.check()
    assert set(default_blocs(table).east) == {"gb-chn", "gb-ind", "gb-rus", "gb-rwc"}
