"""Short form of the campaign: fixed seeds of every subject, and a campaign that sees errors."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from _pytest.mark import ParameterSet

from iomodel.errors import TableError
from iomodel.leontief import LeontiefSystem
from tests.campaign.__main__ import main
from tests.campaign.campaign import run_case, subjects
from tests.campaign.outcomes import Outcome, refused, wrong

CHECKS = subjects()
SEEDS = {
    # Of 324 (--cases autarky=324): a region that is left without a maker, and one that is not.
    "autarky": (0, 80),
    # Minutes each: python -m tests.campaign --only batch; in short in test_batch_survival.py.
    "batch": (),
    # A country without final demand.
    "equilibrium": (*range(5), 810000127),
    # A table, effects, a scenario, and effects that HDF5 read without end.
    "files": (11, 1, 0, 6),
    "inputs": (*range(120), 136, 144, 622, 810000940),
    "kills": range(2),
    # All of them, about a thousand: python -m tests.campaign --only library.
    "library": range(3),
    # Coefficients near one on the diagonal.
    "leontief": (*range(120), 1000636, 1001239),
    # Outputs of which nothing remains.
    "quantities": (*range(80), 810000704),
    "shortage": range(30),
}
# Found by the campaign and still to be mended.
KNOWN: dict[tuple[str, int], str] = {}


def cases() -> list[ParameterSet]:
    parameters = []
    for subject, seeds in SEEDS.items():
        for seed in seeds:
            reason = KNOWN.get((subject, seed))
            marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
            name = f"{subject}-{seed}"
            parameters.append(pytest.param(subject, seed, marks=marks, id=name))
    return parameters


@pytest.mark.parametrize(("subject", "seed"), cases())
def test_no_answer_is_wrong(subject: str, seed: int) -> None:
    outcome = run_case(CHECKS[subject], seed)
    assert outcome.verdict != "wrong", outcome.words


def test_every_subject_has_seeds() -> None:
    assert set(SEEDS) == set(CHECKS)


@pytest.mark.parametrize("subject", ["leontief", "quantities"])
def test_a_small_error_of_the_solver_is_seen(monkeypatch: pytest.MonkeyPatch, subject: str) -> None:
    solve: Any = LeontiefSystem.solve

    def distorted(self: LeontiefSystem, f: Any, report: bool = False) -> Any:
        answer = solve(self, f, report)
        return (answer[0] * 1.0001, answer[1]) if report else answer * 1.0001

    monkeypatch.setattr(LeontiefSystem, "solve", distorted)
    verdicts = [run_case(CHECKS[subject], seed).verdict for seed in range(20)]
    assert verdicts.count("wrong") > 3


def test_duties_that_are_not_lowered_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iomodel.scenario.lowering._APPLY", {"tariff": lambda draft, shock: None})
    assert "differs" in run_case(CHECKS["equilibrium"], 1).words


def test_an_error_that_escapes_a_check_is_wrong() -> None:
    def broken(seed: int) -> Outcome:
        return wrong(str(np.ones(2) @ np.ones(seed)))

    outcome = run_case(broken, 3)
    assert outcome.verdict == "wrong"
    assert "ValueError in test_short.py" in outcome.words


@pytest.mark.parametrize("text", ["", "bad", "a message\nof two lines", "x y z" * 1000])
def test_a_refusal_without_one_sentence_is_wrong(text: str) -> None:
    assert refused(TableError(text)).verdict == "wrong"


def test_a_case_without_end_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(seed: int) -> Outcome:
        while True:
            seed += 1

    monkeypatch.setattr("tests.campaign.campaign.LONGEST_CASE", 0.1)
    assert "no end within 0.1 s" in run_case(endless, 1).words


def test_numbers_of_cases_and_the_search_after_a_wrong_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def every_third_wrong(seed: int) -> Outcome:
        return refused(TableError("bad" if seed % 3 == 0 else "one whole sentence"))

    def four_copies(seed: int) -> Outcome:
        return Outcome("refused", "", Counter(refused=3, right=1))

    checks = {"files": four_copies, "inputs": every_third_wrong}
    for module in ("__main__", "campaign"):
        monkeypatch.setattr(f"tests.campaign.{module}.subjects", lambda: checks)
    assert main(["--cases", "inputs=8", "files=10", "--seed", "1"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "wrong, inputs, seed 3: TableError has no sentence: bad" in lines
    assert "wrong, inputs, 2 such, seeds 3, 6: TableError has no sentence: bad" in lines
    # Ten copies take three cases of four.
    figures = [line.split()[:5] for line in lines[-3:]]
    assert figures == [
        ["inputs", "8", "0", "6", "2"],
        ["files", "12", "3", "9", "0"],
        ["all", "20", "3", "15", "2"],
    ]
    assert main(["--cases", "2", "--only", "files", "--seed", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split()[:2] == ["all", "4"]
    with pytest.raises(SystemExit):
        main(["--cases", "tables=5"])
    assert "'tables' is no subject; valid: files, inputs" in capsys.readouterr().err


def test_figures_and_the_command_that_repeats_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def always_wrong(seed: int) -> Outcome:
        return refused(TableError("bad"))

    checks = {"leontief": CHECKS["leontief"], "shortage": always_wrong}
    for module in ("__main__", "campaign"):
        monkeypatch.setattr(f"tests.campaign.{module}.subjects", lambda: checks)
    assert main(["--minutes", "0", "--seed", "4", "--only", "leontief"]) == 0
    assert main(["--minutes", "0", "--seed", "4"]) == 1
    printed = capsys.readouterr().out
    assert "python -m tests.campaign --only shortage --minutes 0 --seed 4" in printed
    assert printed.count("tried    right  refused    wrong") == 2
