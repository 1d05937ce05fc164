"""Subjects of the campaign, single cases, and the loop over seeds in a time."""

from __future__ import annotations

import importlib
import pkgutil
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.campaign.outcomes import Outcome, wrong

__all__ = ["Check", "Tally", "run_case", "search", "subjects"]

Check = Callable[[int], Outcome]


def subjects() -> dict[str, Check]:
    """The function ``check`` of every file in ``checks/``, by the name of the file."""
    folder = Path(__file__).with_name("checks")
    names = sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
    return {n: importlib.import_module(f"tests.campaign.checks.{n}").check for n in names}


def run_case(check: Check, seed: int) -> Outcome:
    """Outcome of one case; an error that escapes the check is wrong, and so is a warning."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            return check(seed)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        words = " ".join(str(error).split())
        return wrong(
            f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}: {words}"
        )


@dataclass
class Tally:
    """Figures of one subject: verdicts, seconds, and the seeds of wrong answers with words."""

    verdicts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    errors: list[tuple[int, str]] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """Number of cases."""
        return self.verdicts.total()

    def add(self, seed: int, outcome: Outcome, seconds: float) -> None:
        """Count one case."""
        self.verdicts[outcome.verdict] += 1
        self.seconds += seconds
        if outcome.verdict == "wrong":
            self.errors.append((seed, outcome.words))

    def merge(self, tally: Tally) -> None:
        """Add the figures of another process."""
        self.verdicts += tally.verdicts
        self.seconds += tally.seconds
        self.errors = sorted(self.errors + tally.errors)


def search(names: Sequence[str], seed: int, step: int, seconds: float) -> dict[str, Tally]:
    """Try seeds, one of every subject at least, each subject for the same time.

    Parameters
    ----------
    names : sequence of str
        Subjects.
    seed, step : int
        First seed of every subject, and the distance to the next.
    seconds : float
        No case starts later.
    """
    checks, tallies = subjects(), {name: Tally() for name in names}
    end = time.perf_counter() + seconds
    while True:
        name = min(tallies, key=lambda n: (tallies[n].tried > 0, tallies[n].seconds))
        tally = tallies[name]
        start = time.perf_counter()
        if tally.tried and start >= end:
            return tallies
        case_seed = seed + step * tally.tried
        tally.add(case_seed, run_case(checks[name], case_seed), 0.0)
        tally.seconds += time.perf_counter() - start
