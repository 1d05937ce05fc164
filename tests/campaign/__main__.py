"""Long form of the campaign: for a time, or by numbers of items.

``python -m tests.campaign --minutes 30``, or
``python -m tests.campaign --cases inputs=2000 files=1000 kills=200``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from math import inf

from tests.campaign.campaign import Tally, search, subjects

# Errors of one kind that are listed, by subject.
MOST_KINDS = 20
# Seeds that are listed, by kind.
MOST_SEEDS = 20
DEFAULT_MINUTES = 30.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Search for wrong answers; return 1 if there are any."""
    settings = _settings(arguments)
    processes = max(1, settings.processes)
    numbers, seconds = _bounds(settings)
    asked = ", ".join(n if k == inf else f"{n} {k:g}" for n, k in numbers.items())
    limit = "" if seconds == inf else f", {seconds / 60:g} minutes"
    print(f"seed {settings.seed}{limit}, {asked}", flush=True)
    shares = {name: number / processes for name, number in numbers.items()}
    jobs = [(shares, settings.seed + k, processes, seconds) for k in range(processes)]
    if processes == 1:
        results = [search(*jobs[0])]
    else:
        # An executor ends with an error when a process dies; a pool would wait for ever.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, mp_context=context) as executor:
            results = list(executor.map(search, *zip(*jobs, strict=True)))
    tallies = {name: Tally() for name in numbers}
    for result in results:
        for name, tally in result.items():
            tallies[name].merge(tally)
    _print_errors(tallies)
    _print_figures(tallies)
    return int(any(tally.errors for tally in tallies.values()))


def _bounds(settings: argparse.Namespace) -> tuple[dict[str, float], float]:
    """Return the number of items of each subject, and the seconds for all."""
    numbers: dict[str, float] = {}
    for subject, number in settings.cases or []:
        numbers |= dict.fromkeys([subject] if subject else settings.only or subjects(), number)
    minutes = settings.minutes
    if minutes is None:
        minutes = inf if numbers else DEFAULT_MINUTES
    if not numbers:
        numbers = dict.fromkeys(settings.only or subjects(), inf)
    return numbers, 60.0 * minutes


def _number(text: str) -> tuple[str, float]:
    """Return subject and number of SUBJECT=NUMBER, or an empty subject and NUMBER."""
    subject, _, number = text.rpartition("=")
    if subject and subject not in subjects():
        raise argparse.ArgumentTypeError(
            f"{subject!r} is no subject; valid: {', '.join(subjects())}"
        )
    return subject, int(number)


def _settings(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument(
        "--minutes", type=float, help=f"0: one case of each subject; default: {DEFAULT_MINUTES:g}"
    )
    parser.add_argument(
        "--cases",
        type=_number,
        nargs="+",
        metavar="[SUBJECT=]NUMBER",
        help="items of each subject, or of those named; without --minutes, however long it takes",
    )
    # Another day, other cases: runs on many days cover more and more.
    first = dt.date.today().toordinal() * 1_000_000
    parser.add_argument("--seed", type=int, default=first, help="default: by the day, %(default)s")
    parser.add_argument("--only", nargs="+", choices=list(subjects()), metavar="SUBJECT")
    parser.add_argument("--processes", type=int, default=1)
    return parser.parse_args(arguments)


def _print_figures(tallies: dict[str, Tally]) -> None:
    columns = ("tried", "right", "refused", "wrong")
    print(f"\n{'subject':<14}" + "".join(f"{c:>9}" for c in columns) + f"{'seconds':>9}")
    total = Tally()
    for name, tally in [*tallies.items(), ("all", total)]:
        counts = [tally.tried, *(tally.verdicts[c] for c in columns[1:])]
        print(f"{name:<14}" + "".join(f"{n:>9,}" for n in counts) + f"{tally.seconds:>9.0f}")
        if tally is not total:
            total.merge(tally)


def _print_errors(tallies: dict[str, Tally]) -> None:
    """Print one error of each kind with its seeds and the command that repeats it."""
    for name, tally in tallies.items():
        kinds: dict[str, list[tuple[int, str]]] = {}
        for seed, words in tally.errors:
            kind = re.sub(r"\[.*?\]|[\d.]+|'.*?'", "", words)[:80]
            kinds.setdefault(kind, []).append((seed, words))
        for cases in list(kinds.values())[:MOST_KINDS]:
            seed, words = cases[0]
            seeds = ", ".join(str(k) for k, _ in cases[:MOST_SEEDS])
            print(f"\nwrong, {name}, {len(cases)} such, seeds {seeds}: {words[:500]}")
            print(f"  python -m tests.campaign --only {name} --minutes 0 --seed {seed}")
        if len(kinds) > MOST_KINDS:
            print(f"\nwrong, {name}: {len(kinds) - MOST_KINDS} more kinds")


if __name__ == "__main__":
    sys.exit(main())
