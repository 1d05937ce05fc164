"""Long form of the campaign: ``python -m tests.campaign --minutes 30``."""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.campaign.campaign import Tally, search, subjects

# Errors of one kind that are listed, by subject.
MOST_KINDS = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Search for wrong answers; return 1 if there are any."""
    settings = _settings(arguments)
    names = settings.only or list(subjects())
    processes = max(1, settings.processes)
    print(f"seed {settings.seed}, {settings.minutes:g} minutes, {', '.join(names)}", flush=True)
    jobs = [
        (names, settings.seed + k, processes, 60.0 * settings.minutes) for k in range(processes)
    ]
    if processes == 1:
        results = [search(*jobs[0])]
    else:
        # An executor ends with an error when a process dies; a pool would wait for ever.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, mp_context=context) as executor:
            results = list(executor.map(search, *zip(*jobs, strict=True)))
    tallies = {name: Tally() for name in names}
    for result in results:
        for name, tally in result.items():
            tallies[name].merge(tally)
    _print_figures(tallies)
    return _print_errors(tallies)


def _settings(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="0: one case of each subject")
    # Another day, other cases: runs on many days cover more and more.
    first = dt.date.today().toordinal() * 1_000_000
    parser.add_argument("--seed", type=int, default=first, help="default: by the day, %(default)s")
    parser.add_argument("--only", nargs="+", choices=list(subjects()), metavar="SUBJECT")
    parser.add_argument("--processes", type=int, default=1)
    return parser.parse_args(arguments)


def _print_figures(tallies: dict[str, Tally]) -> None:
    columns = ("tried", "right", "refused", "wrong")
    print(f"{'subject':<14}" + "".join(f"{c:>9}" for c in columns) + f"{'seconds':>9}")
    total = Tally()
    for name, tally in [*tallies.items(), ("all", total)]:
        counts = [tally.tried, *(tally.verdicts[c] for c in columns[1:])]
        print(f"{name:<14}" + "".join(f"{n:>9,}" for n in counts) + f"{tally.seconds:>9.0f}")
        if tally is not total:
            total.merge(tally)


def _print_errors(tallies: dict[str, Tally]) -> int:
    """Print one error of each kind with the command that repeats it; return the exit status."""
    for name, tally in tallies.items():
        kinds: dict[str, list[tuple[int, str]]] = {}
        for seed, words in tally.errors:
            kind = re.sub(r"\[.*?\]|[\d.]+|'.*?'", "", words)[:80]
            kinds.setdefault(kind, []).append((seed, words))
        for cases in list(kinds.values())[:MOST_KINDS]:
            seed, words = cases[0]
            print(f"\nwrong, {name}, {len(cases)} such, first seed {seed}: {words[:500]}")
            print(f"  python -m tests.campaign --only {name} --minutes 0 --seed {seed}")
        if len(kinds) > MOST_KINDS:
            print(f"\nwrong, {name}: {len(kinds) - MOST_KINDS} more kinds")
    return int(any(tally.errors for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
