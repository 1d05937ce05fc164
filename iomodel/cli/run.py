"""The commands that compute: run, compare, report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from iomodel.cli.folder import staged
from iomodel.cli.screen import Progress, stdout
from iomodel.scenario.scenario import Scenario

__all__ = ["compare_models", "run_scenario", "write_page"]

RESULTS = Path("results")


def run_scenario(
    name: str,
    settings: Mapping[str, Any],
    table_name: str,
    model: str,
    options: Mapping[str, Any],
    out: Path | None,
    *,
    quiet: bool,
) -> None:
    """Run one model, print the effects and write them.

    Parameters
    ----------
    name : str
        Scenario of the library, or path.
    settings : mapping
        Parameters of the scenario.
    table_name : str
        Embedded table, or path.
    model : str
        Name of the model.
    options : mapping
        Options of the model.
    out : pathlib.Path or None
        Folder; None for ``results/<scenario>``.
    quiet : bool
        Whether to print only where the files are.

    Raises
    ------
    IOModelError
        Whatever is wrong with the above; nothing is written then.
    """
    progress = Progress(quiet=quiet)
    scenario = Scenario.load(name, **settings)
    folder = out or RESULTS / scenario.name
    with staged(folder) as staging:
        with progress.step(f"Table {table_name}"):
            from iomodel.table.catalogue import load

            table = load(table_name)
        with progress.step(f"Model {model}"):
            from iomodel.models import run

            effects = run(table, scenario, model=model, **options)
        with progress.step("Files and figure"):
            effects.to_netcdf(staging / "effects.nc")
            effects.to_csv(staging)
            effects.plot.overview().save(staging / "figure.png")
        files = sorted(p.name for p in staging.iterdir())
    console = stdout()
    if not quiet:
        from iomodel.report.text import effects_text

        console.print(effects_text(effects))
    _say_where(folder, files)


def compare_models(
    name: str,
    settings: Mapping[str, Any],
    table_name: str,
    models: list[str] | None,
    options: Mapping[str, Any],
    out: Path | None,
    *,
    quiet: bool,
) -> None:
    """Run every applicable model, print the bracket and write it; see :func:`run_scenario`."""
    progress = Progress(quiet=quiet)
    scenario = Scenario.load(name, **settings)
    folder = out or RESULTS / scenario.name
    with staged(folder) as staging:
        with progress.step(f"Table {table_name}"):
            from iomodel.table.catalogue import load

            table = load(table_name)
        with progress.step("Models"):
            from iomodel.comparison import compare

            comparison = compare(table, scenario, models, progress=progress.note, **options)
        with progress.step("Files and figure"):
            comparison.to_netcdf(staging / "comparison.nc")
            comparison.to_csv(staging / "comparison.csv")
            comparison.plot.bracket().save(staging / "comparison.png")
        files = sorted(p.name for p in staging.iterdir())
    if not quiet:
        from iomodel.report.text import comparison_text

        stdout().print(comparison_text(comparison))
    _say_where(folder, files)


def write_page(folder: Path, out: Path | None) -> None:
    """Write the HTML page of a run.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of a run, or its ``effects.nc``.
    out : pathlib.Path or None
        The page; None for ``report.html`` beside the effects.
    """
    from iomodel.effects import Effects

    source = folder / "effects.nc" if folder.suffix != ".nc" else folder
    page = Effects.from_netcdf(source).report(out or source.with_name("report.html"))
    stdout().print(str(page), soft_wrap=True)


def _say_where(folder: Path, files: list[str]) -> None:
    """Print the path in one piece, so that it can be copied however narrow the terminal is."""
    stdout().print(f"Written to {folder}: {', '.join(files)}", soft_wrap=True)
