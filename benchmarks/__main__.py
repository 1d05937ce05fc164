"""Run the specs and print a table: ``python -m benchmarks [--smoke | --full] [--out FILE]``.

A usual run takes minutes. A full one needs 12 GB of memory, 7 GB of disk and an hour, and adds the
large problems, tables larger than memory and a cluster; with ``--out`` a chart lies beside it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import batches, crowding, draws, equilibrium, inventories
from benchmarks.chart import draw
from benchmarks.claims import Claim, describe_case, guards, judge, of_batches, of_draws
from benchmarks.large import CASES, run_cases
from benchmarks.measure import Effort, Machine, Timing, measure, this_machine
from benchmarks.specs import SPECS, Problem, Spec, numpy_inverse
from iomodel._io import atomic_path
from iomodel.typing import Record


def rows(specs: list[Spec], level: str) -> Iterator[Record]:
    """Yield one row of figures for each spec and problem, problem by problem."""

    def timed(spec: Spec, problem: Problem) -> Timing:
        # Twenty seconds give five passes to what takes up to five: those on fresh memory are slow.
        effort = Effort(0.2, 3) if level == "smoke" else Effort(20.0, spec.repeats)
        return measure(partial(spec.setup, problem), spec.run, effort)

    reference = next(s for s in SPECS if s.run is numpy_inverse)
    for key in dict.fromkeys(k for s in specs for k in s.at(level)):
        problem = Problem(key)
        inverse = cache(partial(timed, reference, problem))
        for spec in specs:
            if key not in spec.at(level):
                continue
            timing = inverse() if spec is reference else timed(spec, problem)
            n = problem.n
            row: Record = {
                "spec": spec.name,
                "problem": key,
                "n": n,
                "median_s": timing.median,
                "min_s": timing.minimum,
                "repeats": timing.repeats,
                "peak_bytes": timing.peak_bytes,
                "peak_in_A": timing.peak_bytes / (8 * n**2),
            }
            if spec.against_inverse:
                row["inverse_over_this"] = inverse().minimum / timing.minimum
            yield row


def add_limits(figures: list[Record], machine: Machine) -> None:
    """Add to each row the least time that the machine would allow, and the distance to it."""
    specs = {s.name: s for s in SPECS}
    for row in figures:
        spec, n = specs[row["spec"]], row["n"]
        row["limit_s"] = max(
            spec.flops(n) / machine.flops_per_second, spec.bytes(n) / machine.bytes_per_second
        )
        row["times_limit"] = row["median_s"] / row["limit_s"]


def render(machine: Machine, figures: list[Record]) -> Table:
    """Return the figures as a table to print."""
    table = Table(title="iomodel benchmarks", caption=machine.describe(), show_lines=False)
    for heading in ("spec", "problem"):
        table.add_column(heading)
    timed = ("n", "median ms", "min ms", "repeats")
    for heading in (*timed, "peak MB", "peak / A", "inv / this", "x limit"):
        table.add_column(heading, justify="right")
    for r in figures:
        ratio = f"{r['inverse_over_this']:,.1f}" if "inverse_over_this" in r else "-"
        table.add_row(
            r["spec"],
            r["problem"],
            f"{r['n']:,}",
            f"{1e3 * r['median_s']:,.2f}",
            f"{1e3 * r['min_s']:,.2f}",
            str(r["repeats"]),
            f"{r['peak_bytes'] / 1e6:,.1f}",
            f"{r['peak_in_A']:.2f}",
            ratio,
            f"{r['times_limit']:,.1f}",
        )
    return table


def write(result: Record, out: Path, console: Console) -> None:
    """Write machine and figures, and draw the chart of the specs beside them."""
    with atomic_path(out) as path:
        path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    console.print(f"written to {out}")
    if result["figures"]:
        console.print(f"chart: {draw(result, out.with_suffix('.svg'))}")


def _options() -> tuple[argparse.Namespace, str]:
    """Return the options of the command line and the level of the run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--smoke", action="store_true", help="small problems, in seconds")
    size.add_argument("--full", action="store_true", help="large problems too, in an hour")
    parser.add_argument("--only", default="", help="run specs whose name contains this text")
    parser.add_argument("--out", type=Path, help="write machine and figures to this JSON file")
    options = parser.parse_args()
    level = "smoke" if options.smoke else "full" if options.full else "usual"
    others = [*CASES, *equilibrium.NAMES, *draws.NAMES, *inventories.NAMES]
    others += [*crowding.NAMES, *batches.NAMES]
    names = [*(s.name for s in SPECS), *others]
    if not any(options.only in name for name in names):
        parser.error(f"no spec contains {options.only!r}; valid: {', '.join(names)}")
    return options, level


def main() -> None:
    """Parse the command line, run, print and write."""
    options, level = _options()
    specs = [s for s in SPECS if options.only in s.name]
    # A pipe reports 80 columns, too few for the table.
    console = Console() if sys.stdout.isatty() else Console(width=132)
    with console.status("measuring the machine") as status:
        machine = this_machine(options.smoke)
        figures = []
        # Small cases run in every smoke test; large ones in full runs only.
        status.update("cases in processes of their own")
        cases = [] if level == "usual" else run_cases(options.full, options.only)
        for row in rows(specs, level):
            figures.append(row)
            status.update(f"{row['spec']} on {row['problem']} done")
        equilibria = []
        for row in equilibrium.rows(level, options.only):
            equilibria.append(row)
            status.update(f"{row['spec']} on {row['problem']} done")
        # Workers are forked only where no other thread runs, such as that of the status.
        status.stop()
        drawn = list(draws.rows(level, options.only))
        status.start()
        paths = list(inventories.rows(level, options.only))
        crowded = list(crowding.rows(level, options.only))
        many = list(batches.rows(level, options.only))
        # On a shared machine the rates vary: the better of before and after is nearer the truth.
        machine = machine.best(this_machine(options.smoke))
    add_limits(figures, machine)
    draws.add_limits(drawn, machine)
    console.print(render(machine, figures))
    if equilibria:
        console.print(equilibrium.render(equilibria))
    if paths:
        console.print(inventories.render(paths))
    claims = [*judge(figures, cases, equilibria, paths), *of_draws(drawn), *guards(crowded)]
    claims += of_batches(many)
    lines = [*map(describe_case, cases), *map(draws.describe, drawn)]
    lines += [*map(crowding.describe, crowded), *map(batches.describe, many), *map(str, claims)]
    for line in lines:
        console.print(line, highlight=False)
    if options.out is not None:
        result = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "level": level,
            "machine": machine.as_dict(),
            "figures": figures,
            "cases": cases,
            "equilibria": equilibria,
            "draws": drawn,
            "paths": paths,
            "crowded": crowded,
            "batches": many,
            "claims": [claim.as_dict() for claim in claims],
        }
        write(result, options.out, console)
    end(claims)


def end(claims: list[Claim]) -> None:
    """Exit with an error if a guard is broken."""
    broken = [claim.text for claim in claims if claim.is_guard and not claim.kept]
    if broken:
        sys.exit(f"a guard is broken: {'; '.join(broken)}")


if __name__ == "__main__":
    main()
