"""The command batch: many runs from one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iomodel.cli.job import RESULTS
from iomodel.cli.lists import print_rows
from iomodel.cli.screen import Progress, stdout
from iomodel.errors import IOModelError, OutputError
from iomodel.studies.batches.batch_file import BatchFile

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.studies.ensembles.ensemble import Ensemble

__all__ = ["run_batch_file"]

# Refusals and cases that are printed.
MOST_REFUSALS, MOST_SAMPLES = 5, 4


def run_batch_file(
    path: Path,
    out: Path | None,
    workers: int | None,
    scheduler: str | None,
    *,
    dry: bool,
    quiet: bool,
) -> None:
    """Run the batch of a file in its folder, or show what it would do.

    Parameters
    ----------
    path : pathlib.Path
        A batch file.
    out : pathlib.Path or None
        Folder; None for ``results/<name>``.
    workers : int or None
        Processes; None for one for each processor.
    scheduler : str or None
        Address of a Dask scheduler, in place of processes.
    dry : bool
        Whether to run nothing but what an estimate needs.
    quiet : bool
        Whether to print only where the files are.

    Raises
    ------
    IOModelError
        If anything is wrong with the above; finished cases are kept.
    """
    from iomodel._threads import processors

    batch = BatchFile.read(path)
    progress = Progress(quiet=quiet)
    with progress.step(f"Tables {', '.join(batch.tables)}"):
        benches = _tables(batch)
    count = processors() if workers is None else workers
    if dry:
        _show_plan(batch, benches, count, progress)
        return
    folder = out or RESULTS / batch.name
    with _resumable(folder):
        ensemble = _run(batch, benches, folder, None if scheduler else count, scheduler, progress)
    _report(ensemble, folder, quiet=quiet)


# ---------------------------------------------------------------------- running
def _tables(batch: BatchFile) -> dict[str, Workbench]:
    from iomodel.leontief.threads import hold_workspaces
    from iomodel.studies.batches.questions import workbenches

    hold_workspaces()
    return workbenches(list(batch.tables))


def _run(
    batch: BatchFile,
    benches: Mapping[str, Workbench],
    folder: Path,
    workers: int | None,
    scheduler: str | None,
    progress: Progress,
) -> Ensemble:
    from iomodel.studies.batches.batch import run_batch
    from iomodel.studies.batches.progress import ProgressBar

    return run_batch(
        benches,
        batch.scenarios,
        **batch.settings,
        keep=batch.keep,
        path=folder,
        # One process needs no copy of the tables.
        workers=None if workers == 1 else workers,
        client=scheduler,
        progress=ProgressBar(progress.console),
    )


@contextmanager
def _resumable(folder: Path) -> Iterator[None]:
    """Say how to go on where the block is interrupted, or a disk is full."""
    try:
        yield
    except (KeyboardInterrupt, OutputError, MemoryError):
        answers = folder / "answers"
        count = len(list(answers.glob("*.zip"))) if answers.is_dir() else 0
        if count:
            click.echo(
                f"{count} groups of cases are finished in {folder}; the same command goes on.",
                err=True,
            )
        raise


def _report(ensemble: Ensemble, folder: Path, *, quiet: bool) -> None:
    if not quiet:
        refused = list(ensemble.refusals.items())
        words = f"{len(ensemble.cases):,} cases, {len(ensemble.effects):,} answered"
        stdout().print(f"{words}, {len(refused):,} refused.")
        for key, sentence in refused[:MOST_REFUSALS]:
            stdout().print(f"  {key}: {sentence}")
        if len(refused) > MOST_REFUSALS:
            stdout().print(f"  and {len(refused) - MOST_REFUSALS:,} more, in cases.parquet")
        stdout().print(f"iom.open_ensemble({str(folder)!r}) opens the results.", soft_wrap=True)
    names = sorted(
        entry.name for entry in folder.iterdir() if entry.suffix in (".parquet", ".zarr")
    )
    stdout().print(f"Written to {folder}: {', '.join(names)}", soft_wrap=True)


# ---------------------------------------------------------------------- dry run
def _show_plan(
    batch: BatchFile, benches: Mapping[str, Workbench], workers: int, progress: Progress
) -> None:
    from iomodel.studies.batches.estimate import estimated, kinds
    from iomodel.studies.batches.plan import BatchPlan
    from iomodel.studies.batches.questions import questions

    cases = questions(benches, batch.scenarios, **batch.settings)
    plan = BatchPlan.of(benches, cases, batch.keep, (IOModelError,), strict=False)
    stdout().print(f"{len(cases):,} cases, {len(plan.refusals):,} of them with refused options:")
    rows = [
        {"table": table, "model": model, "cases": f"{count:,}"}
        for (table, model), count in kinds(plan).items()
    ]
    print_rows({"table": "table", "model": "model", "cases": "cases"}, rows)
    stdout().print("\nSuch as:")
    step = max(1, len(cases) // MOST_SAMPLES)
    for case in cases[::step][:MOST_SAMPLES]:
        stdout().print(f"  {case.key}")
    for key, error in list(plan.refusals.items())[:MOST_REFUSALS]:
        stdout().print(f"  refused: {key}: {error}")
    with progress.step("Groups that are timed"):
        estimate = estimated(plan, progress.note)
    seconds = f"{estimate.seconds / workers:,.0f} s"
    stdout().print(
        f"\nEstimate from {estimate.timed} cases that were run: {seconds} "
        f"with {workers} workers ({estimate.seconds:,.0f} s with one), "
        f"{estimate.memory * workers / 1e9:.1f} GB of memory, "
        f"{2.0 * estimate.disk / 1e6:,.0f} MB of disk. Nothing was written."
    )
