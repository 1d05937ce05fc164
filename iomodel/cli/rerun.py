"""Command that repeats a run from its file."""

from __future__ import annotations

from pathlib import Path

import click

from iomodel.cli.screen import Progress, stdout

__all__ = ["DIFFERS", "repeat_run"]

# Exit code of a run whose numbers are not those of its file.
DIFFERS = 1


def repeat_run(source: Path, table_name: str | None, *, quiet: bool) -> None:
    """Repeat a run and print whether it agrees.

    Parameters
    ----------
    source : pathlib.Path
        File of effects, or the folder of a run.
    table_name : str or None
        Table of the run; None for the embedded one that the file names.
    quiet : bool
        Whether to print no progress.

    Raises
    ------
    Exit
        With code 1 if the numbers differ.
    """
    from iomodel.studies.rerunning import rerun
    from iomodel.table.catalogue import load

    progress = Progress(quiet=quiet)
    file = source / "effects.nc" if source.is_dir() else source
    with progress.step(f"Run of {file}"):
        table = None if table_name is None else load(table_name)
        outcome = rerun(file, table=table, progress=progress.note)
    stdout().print(outcome.sentence, soft_wrap=True)
    if not outcome.agrees:
        raise click.exceptions.Exit(DIFFERS)
