"""Batches, cases, checkpoints and ensembles: nothing twice, nothing lost, nothing mixed up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import iomodel as iom
from iomodel.errors import (
    InfeasibleError,
    IOModelError,
    LabelError,
    NotApplicableError,
    OutputError,
)
from iomodel.models import Workbench
from iomodel.scenario.scenario import Scenario
from iomodel.studies import Case, Ensemble, run_batch
from iomodel.studies.batches import groups
from iomodel.studies.case import distinct

TARIFF = Scenario(iom.Tariff("USA", "CHN", rate=0.25), name="tariff", title="A duty")
EMBARGO = Scenario(iom.Embargo(between=["USA", "CHN"]), name="embargo", title="No trade")
# More than the sector sells abroad: its final demand would turn negative.
CUT = Scenario(iom.SupplyCut("CHN", "C26", share=1.0), name="cut", title="No output")


def case(label, theta=4.0, scenario=TARIFF, **about):
    return Case(label, scenario, "equilibrium", {"elasticities": theta}, **about)


def draws(table, count, scenario=TARIFF, seed=1):
    """Cases of drawn elasticities, in the long run."""
    theta = np.random.default_rng(seed).uniform(2.0, 6.0, (count, len(table.sectors)))
    cells = [
        xr.DataArray(row, dims=("sector",), coords={"sector": list(table.sectors)}) for row in theta
    ]
    return [case("draw", cell, scenario, draw=k) for k, cell in enumerate(cells)]


@pytest.fixture
def counted(monkeypatch):
    """The keys of the cases that models are asked, in order, by group."""
    solve, asked = groups._solve, []

    def counting(workbench, group):
        asked.append([one.key for one in group.cases])
        return solve(workbench, group)

    monkeypatch.setattr(groups, "_solve", counting)
    return asked


# ---------------------------------------------------------------------- cases
def test_two_cases_of_one_key_are_refused(table):
    with pytest.raises(LabelError, match="two cases are called 'a'"):
        run_batch(table, [case("a"), case("b"), case("a", 2.0)])
    with pytest.raises(LabelError, match="two cases are called 'a #1'"):
        run_batch(table, [case("a", draw=1), case("a #1")])
    cases = [case("a", draw=k) for k in range(3)]
    assert distinct(iter(cases)) == tuple(cases)


def test_a_fingerprint_says_what_the_answer_depends_on(table, tmp_path):
    one = case("a")
    same = [
        replace(one, label="b", family="f", detailed=True, draw=3),
        replace(one, model=None),
        replace(one, options={"elasticities": np.float64(4.0)}),
        replace(one, options={"elasticities": 4.0, "balance": "share"}),
    ]
    assert {c.fingerprint(table) for c in same} == {one.fingerprint(table)}
    differing = [
        case("a", 4.5),
        case("a", scenario=EMBARGO),
        Case("a", TARIFF, "leontief"),
        replace(one, options={"elasticities": 4.0, "balance": "zero"}),
    ]
    assert len({c.fingerprint(table) for c in [one, *differing]}) == 5
    # Files that a model reads enter by content; those that it writes do not.
    ratings = tmp_path / "ratings.csv"
    rated = Case("a", CUT, "bottleneck", {"criticality": str(ratings)})
    marks = []
    for text in ("input,user,rating\n", "input,user,rating\nC26,C26,1\n"):
        ratings.write_text(text)
        marks.append(rated.fingerprint(table))
    assert marks[0] != marks[1]
    path = [Case("a", TARIFF, "diffusion", {"checkpoint": tmp_path / name}) for name in "ab"]
    assert path[0].fingerprint(table) == path[1].fingerprint(table)


# ---------------------------------------------------------------------- errors
def test_refusals_are_recorded_with_their_sentence(table, counted):
    cases = [
        case("good"),
        Case("no such model", TARIFF, "oracle"),
        Case("no such option", TARIFF, "leontief", {"speed": 1}),
        Case("silent", EMBARGO, "price"),
        Case("infeasible", CUT, "mixed"),
        case("no such set", "XX"),
    ]
    ensemble = run_batch(table, cases)
    assert [c.key for c in ensemble.answered] == ["good"]
    kinds = {key: type(error) for key, error in ensemble.errors.items()}
    assert kinds == {
        "no such model": LabelError,
        "no such option": LabelError,
        "silent": NotApplicableError,
        "infeasible": InfeasibleError,
        "no such set": LabelError,
    }
    assert ensemble.refusals["no such model"].startswith("unknown model 'oracle'")
    assert "unknown option of model leontief 'speed'" in ensemble.refusals["no such option"]
    with pytest.raises(InfeasibleError) as alone:
        iom.run(table, CUT, "mixed")
    assert ensemble.refusals["infeasible"] == str(alone.value)
    with pytest.raises(LabelError, match="case 'infeasible' has no answer: the mixed model"):
        ensemble["infeasible"]
    with pytest.raises(LabelError, match="no case is called 'bad'; valid: good"):
        ensemble["bad"]
    # Mistakes in names and options are found before anything runs.
    assert counted == [["good"], ["silent"], ["infeasible"]]


def test_what_is_not_recorded_stops_the_batch(table, counted):
    infeasible, good = Case("infeasible", CUT, "mixed"), case("good")
    ensemble = run_batch(table, [infeasible, good], on_error="infeasible")
    assert list(ensemble.errors), list(ensemble.effects) == (["infeasible"], ["good"])
    with pytest.raises(InfeasibleError):
        run_batch(table, [infeasible, good], on_error="raise")
    counted.clear()
    for on_error in ("infeasible", "raise"):
        with pytest.raises(LabelError, match="unknown model 'oracle'"):
            run_batch(table, [good, Case("wrong", TARIFF, "oracle")], on_error=on_error)
    assert counted == []
    with pytest.raises(LabelError, match="unknown value of on_error 'ignore'"):
        run_batch(table, [good], on_error="ignore")


def test_an_ensemble_without_answers_says_why(table):
    ensemble = run_batch(table, [Case("a", CUT, "mixed")])
    for ask in (
        lambda: ensemble.first,
        lambda: ensemble.dataset,
        lambda: ensemble.long(),
        lambda: ensemble.by_region(),
        lambda: ensemble.by_sector(),
    ):
        with pytest.raises(InfeasibleError, match="a: the mixed model"):
            ask()
    assert ensemble.rows == ensemble.answered == []
    empty = run_batch(table, [])
    assert empty.cases == ()


# ---------------------------------------------------------------------- what is kept
def test_keep_leaves_the_variables_named_with_all_closures(table):
    cases = [case("general"), Case("fixed", EMBARGO, "leontief")]
    whole, few = run_batch(table, cases), run_batch(table, cases, keep=["gdp_pct", "exports_pct"])
    for name in ("gdp_pct", "exports_pct"):
        pd.testing.assert_frame_equal(few.to_dataframe(name), whole.to_dataframe(name))
    assert "fixed:diverted" in few.to_dataframe("gdp_pct")
    assert "real_income_pct" not in few["general"]
    assert "real_income_pct" in whole["general"]
    with pytest.raises(LabelError, match="none of general, fixed says anything"):
        few.to_dataframe("real_income_pct")
    # A model that does not give a variable is kept without it.
    income = run_batch(table, cases, keep=["real_income_pct"])
    assert not income.refusals
    assert list(income.to_dataframe("real_income_pct")) == ["general"]
    with pytest.raises(LabelError, match="real_incom"):
        run_batch(table, cases, keep=["real_incom"])
    with pytest.raises(LabelError, match=r"use to_dataframe\(variable\)"):
        run_batch(table, cases[:1], keep=["terms_of_trade_pct"]).long()


def test_nothing_is_made_twice(table, monkeypatch):
    """Policies once a scenario, base years once a set of elasticities, whatever the policy."""
    made, once = [], Workbench.once

    def counting(self, key, make):
        def counted():
            made.append(key[0] if isinstance(key, tuple) else key)
            return make()

        return once(self, key, counted)

    monkeypatch.setattr(Workbench, "once", counting)
    cases = [
        case(f"{scenario.name} {theta} {closure}", theta, scenario)
        for scenario in (TARIFF, EMBARGO)
        for theta in (4.0, 2.0)
        for closure in ("mobile", "specific")
    ]
    cases = [
        replace(one, options={**one.options, "closure": one.label.split()[-1]}) for one in cases
    ]
    workbench = Workbench(table)
    run_batch(workbench, [*cases, Case("a", EMBARGO, "leontief"), Case("b", EMBARGO, "ghosh")])
    counts = Counter(made)
    assert counts["policy"] == 2
    assert counts["base year"] == 2
    assert counts["system"] == 1
    # Nor in a second batch on the same workbench.
    run_batch(workbench, cases)
    assert Counter(made) == counts


def test_an_answer_does_not_depend_on_what_ran_before(table, tmp_path):
    cases = [case("a"), case("b", 2.0, EMBARGO), Case("c", EMBARGO, "leontief")]
    forward, backward = run_batch(table, cases), run_batch(table, cases[::-1])
    for one in cases:
        alone = iom.run(table, one.scenario, one.model, **one.options)
        files = [
            effects.to_netcdf(tmp_path / "a.nc").read_bytes()
            for effects in (forward[one.key], backward[one.key], alone)
        ]
        assert files[0] == files[1] == files[2]


# ---------------------------------------------------------------------- checkpoints
def test_finished_cases_are_not_run_again(table, tmp_path, counted):
    told = []
    cases = [case("a"), case("b", 2.0), Case("c", CUT, "mixed"), Case("d", EMBARGO, "leontief")]
    path = tmp_path / "cases"
    whole = run_batch(table, cases, path=path, progress=told.append)
    assert told == ["a", "b", "c", "d"]
    answers = path / "answers"
    assert len(list(answers.iterdir())) == 4
    bytes_before = {file.name: file.read_bytes() for file in answers.iterdir()}
    counted.clear()
    again = run_batch(table, cases[::-1], path=path, progress=told.append)
    # A refusal is an answer, too; nobody is told of what does not run.
    assert counted == []
    assert told[4:] == []
    assert {file.name: file.read_bytes() for file in answers.iterdir()} == bytes_before
    assert again.refusals == whole.refusals
    assert list(again.effects) == ["d", "b", "a"]
    straight = run_batch(table, cases[::-1])
    files = [e.to_netcdf(tmp_path / f"{k}.nc") for k, e in enumerate((again, straight))]
    assert files[0].read_bytes() == files[1].read_bytes()
    # Labels are not part of the question; what is kept is.
    counted.clear()
    run_batch(table, [case("z")], path=path)
    assert counted == []
    run_batch(table, [case("a")], path=path, keep=["gdp_pct"])
    assert counted == [["a"]]


def test_a_batch_that_broke_off_goes_on(table, tmp_path, monkeypatch):
    cases, path = [case(str(theta), theta) for theta in (2.0, 3.0, 4.0, 5.0)], tmp_path / "cases"
    solve, asked = groups._solve, []

    def breaks(workbench, group):
        asked.append(group.cases[0].key)
        if len(asked) == 3:
            raise MemoryError
        return solve(workbench, group)

    monkeypatch.setattr(groups, "_solve", breaks)
    with pytest.raises(MemoryError):
        run_batch(table, cases, path=path)
    resumed = run_batch(table, cases, path=path)
    assert asked == ["2.0", "3.0", "4.0", "4.0", "5.0"]
    straight = run_batch(table, cases)
    files = [e.to_netcdf(tmp_path / f"{k}.nc") for k, e in enumerate((resumed, straight))]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_folder_belongs_to_one_table_and_to_cases(table, tmp_path, counted):
    path = tmp_path / "cases"
    run_batch(table, [case("a")], path=path)
    merged = table.aggregate(regions={"USA": ["USA"], "ASIA": ["CHN", "VNM"]})
    scenario = Scenario(iom.Tariff("USA", "ASIA", rate=0.1), name="t")
    with pytest.raises(OutputError, match="holds cases of another table"):
        run_batch(merged, [case("a", scenario=scenario)], path=path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.doc").write_text("words")
    with pytest.raises(OutputError, match="holds files other than cases"):
        run_batch(table, [case("a")], path=tmp_path / "full")
    [file] = (path / "answers").iterdir()
    whole = file.read_bytes()
    # As after a power loss: damage is seen by the checksums, and the case is run again.
    for damaged in (whole[:500], whole[:-500] + bytes(500), b""):
        file.write_bytes(damaged)
        counted.clear()
        run_batch(table, [case("a")], path=path)
        assert counted == [["a"]]
        assert file.read_bytes() == whole
    (path / "batch.json").write_text("{")
    with pytest.raises(OutputError, match="damaged; delete the folder"):
        run_batch(table, [case("a")], path=path)


# ---------------------------------------------------------------------- draws
def test_draws_are_solved_side_by_side_only_where_income_is_all_that_is_kept(table, counted):
    cases = draws(table, 3)
    together = run_batch(table, cases, keep=["real_income_pct"])
    assert counted == [["draw #0", "draw #1", "draw #2"]]
    counted.clear()
    apart = run_batch(table, cases)
    assert counted == [["draw #0"], ["draw #1"], ["draw #2"]]
    income = [e.to_dataframe("real_income_pct") for e in (together, apart)]
    np.testing.assert_allclose(income[0], income[1], rtol=0, atol=1e-7)
    assert list(income[0]) == [one.key for one in cases]
    counted.clear()
    # Draws of other options or of another baseline are not solved with them.
    zero = [replace(one, options={**one.options, "balance": "zero"}) for one in draws(table, 5)]
    run_batch(table, [*cases, *zero[3:]], keep=["real_income_pct"])
    assert [len(group) for group in counted] == [3, 2]


def test_a_draw_without_an_answer_leaves_the_others_theirs(table, counted):
    cases = draws(table, 4)
    theta = cases[1].options["elasticities"].copy()
    theta[0] = np.nan
    cases[1] = replace(cases[1], options={"elasticities": theta})
    nowhere = Scenario(iom.Tariff("USA", "FRA", rate=0.1), name="nowhere")
    cases[2] = replace(cases[2], scenario=nowhere)
    ensemble = run_batch(table, cases, keep=["real_income_pct"])
    assert list(ensemble.errors) == ["draw #1", "draw #2"]
    assert list(ensemble.effects) == ["draw #0", "draw #3"]
    with pytest.raises(IOModelError):
        run_batch(table, cases, keep=["real_income_pct"], on_error="raise")


def test_a_group_that_fails_is_solved_one_by_one(table, counted, monkeypatch, tmp_path):
    """What one draw lacks is found where draws are solved alone."""
    solve = groups._solve

    def fails(workbench, group):
        if any(one.draw == 1 for one in group.cases):
            raise InfeasibleError("draw 1 has no equilibrium")
        return solve(workbench, group)

    monkeypatch.setattr(groups, "_solve", fails)
    path = tmp_path / "draws"
    ensemble = run_batch(table, draws(table, 3), keep=["real_income_pct"], path=path)
    assert ensemble.refusals == {"draw #1": "draw 1 has no equilibrium"}
    assert list(ensemble.effects) == ["draw #0", "draw #2"]
    # A group is on disk in one file, the refusal among its answers, and is not asked again.
    assert len(list((path / "answers").iterdir())) == 1
    counted.clear()
    again = run_batch(table, draws(table, 3), keep=["real_income_pct"], path=path)
    assert counted == []
    assert again.refusals == ensemble.refusals


def test_draws_have_a_dimension_and_cases_beside_them_a_place(table, tmp_path):
    cases = [case("centre"), *draws(table, 2), *draws(table, 2, EMBARGO)]
    cases[3:] = [replace(one, label="embargo") for one in cases[3:]]
    ensemble = run_batch(table, cases)
    dataset = ensemble.dataset
    assert dataset["real_income_pct"].dims == ("case", "draw", "region")
    assert dataset["output_pct"].dims == ("case", "draw", "region", "sector")
    assert list(dataset["draw"].values) == [-1, 0, 1]
    assert list(dataset["case"].values) == ["centre", "draw", "embargo"]
    for one in cases:
        place = {"case": one.label, "draw": -1 if one.draw is None else one.draw}
        cells = dataset["real_income_pct"].sel(place)
        np.testing.assert_array_equal(cells, ensemble[one.key]["real_income_pct"])
    assert dataset["real_income_pct"].sel(case="centre", draw=0).isnull().all()
    assert dataset["scenario"].sel(case="embargo", draw=1).item() == "embargo"
    bounds = iom.studies.interval(dataset["real_income_pct"].sel(case="draw", draw=[0, 1]))
    assert bounds.dims == ("quantile", "region")
    files = [ensemble.to_netcdf(tmp_path / f"{name}.nc").read_bytes() for name in "ab"]
    assert files[0] == files[1]
    rows = pd.read_csv(ensemble.to_csv(tmp_path / "a.csv"))
    assert not rows.duplicated(["region", "case", "draw", "closure", "variable"]).any()
    assert set(rows["draw"]) == {-1, 0, 1}


# ---------------------------------------------------------------------- tables
def test_tables_by_region_and_sector_are_those_of_the_effects(table):
    cases = [case("general"), Case("fixed", EMBARGO, "leontief")]
    ensemble = run_batch(table, cases)
    frame = ensemble.by_region(groups=["ASEAN"])
    assert frame.index.names == ["case", "region"]
    for one in cases:
        alone = ensemble[one.key].by_region(groups=["ASEAN"])
        pd.testing.assert_frame_equal(frame.loc[one.key][list(alone)], alone)
    assert "gdp_pct_diverted" in frame
    assert frame.loc["fixed", "real_income_pct"].isna().all()
    sectors = ensemble.by_sector("CHN")
    assert sectors.index.names == ["case", "sector"]
    alone = ensemble["general"].by_sector("CHN")
    pd.testing.assert_frame_equal(sectors.loc["general"][list(alone)], alone)
    assert list(ensemble.by_region(world=False).loc["general"].index) == list(table.regions)
    drawn = run_batch(table, [case("centre"), *draws(table, 2)]).by_region()
    assert drawn.index.names == ["case", "draw", "region"]
    assert list(dict.fromkeys(drawn.index.get_level_values("draw"))) == [-1, 0, 1]


def test_closures_side_by_side_have_rows_of_their_own(table):
    ensemble = run_batch(table, [Case("fixed", EMBARGO, "leontief"), case("general")])
    frame, dataset = ensemble.to_dataframe("gdp_pct"), ensemble.dataset
    assert list(frame) == ["fixed:lost", "fixed:diverted", "general"]
    assert list(dataset["case"].values) == list(frame)
    for label in frame:
        np.testing.assert_array_equal(
            dataset["gdp_pct"].sel(case=label), frame.loc[list(table.regions), label]
        )
    assert list(dataset["closure"].values) == ["lost", "diverted", "mobile"]
    # What the model gives for its own closure only is missing in the other's row.
    assert dataset["output_pct"].sel(case="fixed:lost").notnull().any()
    assert dataset["output_pct"].sel(case="fixed:diverted").isnull().all()
    assert isinstance(ensemble, Ensemble)
