"""Subjects of the campaign, single cases, and the loop over seeds for a time or a number."""

from __future__ import annotations

import importlib
import pkgutil
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.campaign.outcomes import Outcome, wrong

__all__ = ["Check", "Tally", "run_case", "search", "subjects"]

Check = Callable[[int], Outcome]

# Seconds between two lines on the progress of a search.
BETWEEN_LINES = 60.0
# Seconds of a case, a hundred times what the longest takes.
LONGEST_CASE = 600.0


def subjects() -> dict[str, Check]:
    """The function ``check`` of every file in ``checks/``, by the name of the file."""
    folder = Path(__file__).with_name("checks")
    names = sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
    return {n: importlib.import_module(f"tests.campaign.checks.{n}").check for n in names}


def run_case(check: Check, seed: int) -> Outcome:
    """Outcome of one case; wrong if an error escapes the check, a warning, or it does not end."""
    try:
        with warnings.catch_warnings(), _limited(LONGEST_CASE):
            warnings.simplefilter("error", RuntimeWarning)
            return check(seed)
    except (Exception, SystemExit) as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        words = " ".join(str(error).split())
        return wrong(
            f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}: {words}"
        )


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in a block that takes longer, where the system has alarms."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_number: int, _frame: object) -> None:
        raise TimeoutError(f"no end within {seconds:g} s")

    earlier = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, earlier)


@dataclass
class Tally:
    """Figures of one subject: verdicts, seconds, and the seeds of wrong answers with words."""

    cases: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    errors: list[tuple[int, str]] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """Number of items: cases, or the copies that a case has."""
        return self.verdicts.total()

    def add(self, seed: int, outcome: Outcome, seconds: float) -> None:
        """Count one case."""
        self.cases += 1
        self.verdicts += outcome.items
        self.seconds += seconds
        if outcome.verdict == "wrong":
            self.errors.append((seed, outcome.words))

    def merge(self, tally: Tally) -> None:
        """Add the figures of another process."""
        self.cases += tally.cases
        self.verdicts += tally.verdicts
        self.seconds += tally.seconds
        self.errors = sorted(self.errors + tally.errors)


def search(numbers: Mapping[str, float], seed: int, step: int, seconds: float) -> dict[str, Tally]:
    """Try seeds, one of every subject at least, each subject for the same time.

    A wrong case is printed with its seed at once, and the search goes on; Ctrl-C ends it with the
    figures so far.

    Parameters
    ----------
    numbers : mapping of str to float
        Largest number of items of each subject; may be infinite.
    seed, step : int
        First seed of every subject, and the distance to the next.
    seconds : float
        No case starts later.
    """
    checks, tallies = subjects(), {name: Tally() for name in numbers}
    start = last_line = time.perf_counter()
    try:
        while unfinished := [n for n in numbers if tallies[n].tried < max(numbers[n], 1)]:
            name = min(unfinished, key=lambda n: (tallies[n].cases > 0, tallies[n].seconds))
            tally, begin = tallies[name], time.perf_counter()
            if tally.cases and begin >= start + seconds:
                break
            case_seed = seed + step * tally.cases
            if begin > last_line + BETWEEN_LINES:
                last_line = begin
                print(_progress(tallies, begin - start, name, case_seed), flush=True)
            outcome = run_case(checks[name], case_seed)
            tally.add(case_seed, outcome, time.perf_counter() - begin)
            if outcome.verdict == "wrong":
                print(f"wrong, {name}, seed {case_seed}: {outcome.words[:500]}", flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    return tallies


def _progress(tallies: dict[str, Tally], seconds: float, name: str, seed: int) -> str:
    tried = sum(tally.tried for tally in tallies.values())
    errors = sum(len(tally.errors) for tally in tallies.values())
    return f"{seconds / 60:.0f} min: {tried:,} tried, {errors} wrong; next {name}, seed {seed}"
