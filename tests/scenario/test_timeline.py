"""Dated steps: the stretches between changes, and the year that a model without time sees."""

import datetime as dt

import numpy as np
import pytest

from iomodel.errors import ScenarioError
from iomodel.models import run
from iomodel.scenario.catalogue import load
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import ExportCut, SupplyCut, Tariff
from iomodel.scenario.timeline import spans, steps_from

FIRST = dt.date(2025, 4, 4)
REPLAY = Scenario(
    [
        ExportCut("R0", "s0", 0.75, start=FIRST, end=dt.date(2025, 6, 1)),
        ExportCut("R0", "s0", 0.38, start=dt.date(2025, 6, 1), end=dt.date(2025, 7, 1)),
    ],
    name="replay",
)


def test_spans_are_whole_and_follow_the_shocks():
    segments = spans([REPLAY], FIRST, 365)
    assert segments == [(FIRST, 58), (dt.date(2025, 6, 1), 30), (dt.date(2025, 7, 1), 277)]
    assert spans([Scenario()], FIRST, 10) == [(FIRST, 10)]
    licence = Scenario(ExportCut("R0", "s0", 0.2, start=FIRST, delay=63))
    assert [days for _, days in spans([licence], FIRST, 365)] == [63, 302]


def test_a_model_without_time_sees_the_mean_of_the_year_and_says_so(make_table):
    table = make_table(0)
    policy = REPLAY.lower(table)
    cut = (0.75 * 58 + 0.38 * 30) / 365
    assert policy.delivered[0, 0, 1] == pytest.approx(1 - cut, rel=1e-14)
    untouched = np.ones_like(policy.delivered, dtype=bool)
    untouched[0, 0, 1:] = False
    assert np.all(policy.delivered[untouched] == 1.0)
    assert any("mean over the 365 days from 2025-04-04 (3 steps" in n for n in policy.notes)
    assert any("3 steps" in note for note in run(table, REPLAY, "extraction").notes)
    # On a day there is nothing to average.
    assert REPLAY.lower(table, dt.date(2025, 5, 1)).delivered[0, 0, 1] == 0.25


def test_the_mean_is_that_of_one_shock_as_deep(make_table):
    table = make_table(1)
    quarter = Scenario(
        SupplyCut("R0", "s0", 0.4, start=FIRST, end=FIRST + dt.timedelta(days=73)), name="short"
    )
    even = Scenario(SupplyCut("R0", "s0", 0.4 * 73 / 365), name="even")
    for model in ("extraction", "ghosh"):
        one, two = run(table, quarter, model), run(table, even, model)
        np.testing.assert_allclose(one["gdp_new"], two["gdp_new"], rtol=1e-12)


def test_shocks_that_only_begin_are_taken_together(make_table):
    scenario = Scenario(
        [Tariff("R0", "R1", rate=0.1, start=FIRST), Tariff("R0", "R2", rate=0.1)], name="open"
    )
    assert steps_from(scenario) is None
    assert not any("steps" in note for note in scenario.lower(make_table(0)).notes)


def test_a_delay_needs_whole_days_and_a_start():
    with pytest.raises(ScenarioError, match="delay needs a start"):
        ExportCut("R0", "s0", 0.5, delay=10)
    with pytest.raises(ScenarioError, match="whole days"):
        ExportCut("R0", "s0", 0.5, delay=1.5, start=FIRST)


def test_the_replay_of_2025_is_that_of_the_customs(world):
    scenario = load("rare-earth-replay-2025", {}, Scenario)
    chn, usa, magnets = (
        world.regions.index("CHN"),
        world.regions.index("USA"),
        world.sectors.index("C27"),
    )
    for day, share in (("2025-05-15", 0.75), ("2025-06-15", 0.38), ("2025-07-15", 0.0)):
        delivered = scenario.lower(world, dt.date.fromisoformat(day)).delivered[chn, :, usa]
        assert 1 - delivered[magnets] == pytest.approx(share * 0.00886)
        assert np.all(np.delete(delivered, magnets) == 1.0)


@pytest.mark.parametrize(
    ("name", "days"),
    [("rare-earth-80-3m", 91), ("rare-earth-80-12m", 365), ("rare-earth-30-18m", 548)],
)
def test_the_cuts_last_as_long_as_their_names_say(name, days):
    shock = load(name, {}, Scenario).shocks[0]
    assert (shock.end - shock.start).days == days
    assert shock.share == {"30": 0.3, "80": 0.8}[name.split("-")[2]]
