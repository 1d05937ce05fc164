"""Dated steps: the spans between changes, and the policy that a model without time sees."""

import datetime as dt

import numpy as np
import pytest

from iomodel.errors import ScenarioError
from iomodel.models import run
from iomodel.scenario.catalogue import load
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import ExportCut, SupplyCut, Tariff
from iomodel.scenario.timeline import YEAR, policy_in_force, spans

FIRST = dt.date(2025, 4, 4)
REPLAY = Scenario(
    [
        ExportCut("R0", "s0", 0.75, start=FIRST, end=dt.date(2025, 5, 31)),
        ExportCut("R0", "s0", 0.38, start=dt.date(2025, 6, 1), end=dt.date(2025, 6, 30)),
    ],
    name="replay",
)


def test_spans_are_whole_and_follow_the_shocks():
    segments = spans([REPLAY], FIRST, 365)
    assert segments == [(FIRST, 58), (dt.date(2025, 6, 1), 30), (dt.date(2025, 7, 1), 277)]
    assert spans([Scenario()], FIRST, 10) == [(FIRST, 10)]
    licence = Scenario(ExportCut("R0", "s0", 0.2, start=FIRST, delay=63))
    assert [days for _, days in spans([licence], FIRST, 365)] == [63, 302]


def test_first_and_last_day_are_in_force():
    begin, last = dt.date(2025, 11, 10), dt.date(2026, 11, 9)
    duty = Tariff("R0", "R1", rate=0.1, start=begin, end=last)
    day = dt.timedelta(days=1)
    assert [duty.in_force(date) for date in (begin - day, begin, last, last + day)] == [
        False,
        True,
        True,
        False,
    ]
    assert spans([Scenario(duty)], begin, 400) == [(begin, YEAR), (last + day, 35)]
    # One day is a policy; one that ends before it begins is none.
    assert spans([Scenario(Tariff("R0", "R1", rate=0.1, start=begin, end=begin))], begin, 3) == [
        (begin, 1),
        (begin + day, 2),
    ]
    with pytest.raises(ScenarioError, match="before start"):
        Tariff("R0", "R1", rate=0.1, start=begin, end=begin - day)
    forever = Tariff("R0", "R1", rate=0.1, start=begin, end=dt.date.max)
    assert forever.in_force(dt.date.max)
    assert forever.changes == (begin,)


def test_a_model_without_time_answers_with_the_effect_while_in_force(make_table):
    table = make_table(0)
    policy = REPLAY.lower(table)
    # One shock at a time: the first of them. The mean over the year would be a cut of 15 percent.
    assert policy.delivered[0, 0, 1] == 0.25
    untouched = np.ones_like(policy.delivered, dtype=bool)
    untouched[0, 0, 1:] = False
    assert np.all(policy.delivered[untouched] == 1.0)
    said = "from 2025-04-04 to 2025-05-31 (58 of 365 days of a year; 1 of 2 shocks)"
    assert any(said in note for note in policy.notes)
    effects = run(table, REPLAY, "extraction")
    assert any(said in note for note in effects.notes)
    assert effects.dataset.attrs["in_force_days"] == 58
    assert effects.dataset.attrs["share_of_year"] == pytest.approx(58 / 365)
    assert REPLAY.lower(table, dt.date(2025, 6, 15)).delivered[0, 0, 1] == 0.62


def test_a_short_policy_has_the_effect_of_its_rate_and_not_of_its_mean(make_table):
    table = make_table(1)
    last = FIRST + dt.timedelta(days=149)
    dated = Scenario(SupplyCut("R0", "s0", 0.35, start=FIRST, end=last), name="dated")
    undated = Scenario(SupplyCut("R0", "s0", 0.35), name="undated")
    for model in ("extraction", "ghosh"):
        one, two = run(table, dated, model), run(table, undated, model)
        np.testing.assert_array_equal(one["gdp_new"], two["gdp_new"])
        assert one.dataset.attrs["in_force_days"] == 150
        assert one.dataset.attrs["share_of_year"] == pytest.approx(150 / 365)
        assert "in_force_days" not in two.dataset.attrs


def test_a_model_that_follows_the_days_has_no_share_of_the_year(make_table):
    effects = run(make_table(1), REPLAY, "inventories", criticality=0.5, days=60)
    assert "share_of_year" not in effects.dataset.attrs
    assert not any("while in force" in note for note in effects.notes)


def test_a_duty_of_150_days_on_the_world(world):
    """35 percent while in force; the mean over the year, 14.4 percent, was solved for ever."""
    terms = {"importer": "USA", "exporter": "VNM", "sectors": "goods", "rate": 0.35}
    dated = Scenario(Tariff(**terms, start=FIRST, end=FIRST + dt.timedelta(days=149)))
    effects = run(world, dated, links=1)
    # It is over within the year: the short run, also without naming it.
    expected = run(world, Scenario(Tariff(**terms)), horizon="short", links=1)
    np.testing.assert_array_equal(effects["real_income_pct"], expected["real_income_pct"])
    assert effects.dataset.attrs["share_of_year"] == pytest.approx(150 / 365)


def days_from(day, start, length=None):
    """Start and end of a shock, in days after a day."""
    end = None if length is None else day + dt.timedelta(days=start + length - 1)
    return {"start": day + dt.timedelta(days=start), "end": end}


@pytest.mark.parametrize(
    ("terms", "first_day", "days", "shocks"),
    [
        # Overlap: the days on which both hold.
        ([(0, 100), (60, 100)], 60, 40, 2),
        # In succession, the later with two shocks.
        ([(0, 100), (100, 50), (100, 50)], 100, 50, 2),
        # One that lasts beside one that does not.
        ([(0, None), (10, 20)], 10, 20, 2),
        # The larger set lasts: a year of it counts.
        ([(0, 30), (90, None), (90, None)], 90, 365, 2),
        ([(0, 548)], 0, 365, 1),
    ],
)
def test_the_policy_is_that_of_the_first_day_with_most_shocks(terms, first_day, days, shocks):
    scenario = Scenario(
        [Tariff("R0", "R1", rate=0.1, **days_from(FIRST, *dates)) for dates in terms]
    )
    policy = policy_in_force(scenario)
    assert policy.first_day == FIRST + dt.timedelta(days=first_day)
    assert (policy.days, policy.shocks, policy.all_shocks) == (days, shocks, len(terms))


def test_licences_that_take_time_withhold_all_while_they_do(make_table):
    """A model without time sees the months with licences, one in time the weeks before them too."""
    table, licence = make_table(0), Scenario(ExportCut("R0", "s0", 0.2, start=FIRST, delay=63))
    assert licence.lower(table, FIRST).delivered[0, 0, 1] == 0.0
    assert licence.lower(table).delivered[0, 0, 1] == 0.8
    policy = policy_in_force(licence)
    assert (policy.first_day, policy.days) == (FIRST + dt.timedelta(days=63), 365)


def test_of_stretches_with_as_many_shocks_the_longest_is_seen():
    tariffs = [
        Tariff("R0", "R1", rate=rate, **days_from(FIRST, *dates))
        for rate, dates in ((0.1, (0, 30)), (0.35, (30, 150)))
    ]
    policy = policy_in_force(Scenario(tariffs))
    assert (policy.first_day, policy.days) == (FIRST + dt.timedelta(days=30), 150)


def test_shocks_that_only_begin_are_taken_together(make_table):
    scenario = Scenario(
        [Tariff("R0", "R1", rate=0.1, start=FIRST), Tariff("R0", "R2", rate=0.1)], name="open"
    )
    assert policy_in_force(scenario) is None
    assert not any("Dated" in note for note in scenario.lower(make_table(0)).notes)


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
    assert (shock.end - shock.start).days + 1 == days
    assert shock.share == {"30": 0.3, "80": 0.8}[name.split("-")[2]]
