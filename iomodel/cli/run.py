"""The commands that compute: run, compare, report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iomodel.cli.folder import staged
from iomodel.cli.screen import Progress, stdout
from iomodel.scenario.scenario import Scenario

if TYPE_CHECKING:
    from rich.console import RenderableType

    from iomodel.table.mrio import MRIOTable

__all__ = [
    "RESULTS",
    "TABLE",
    "compare_models",
    "run_scenario",
    "say_where",
    "suited_table",
    "write_page",
]

RESULTS = Path("results")
# Kinds of policy whose answer hangs on more than the choice of model.
CUTS = frozenset({"export_cut", "supply_cut", "content_control"})
# A scenario on what only one table has as sectors of its own is run on that table.
TABLE, SUITED = "world-2022", {"rare-earth-chain": "world-2022-ree"}


def suited_table(scenario: Scenario) -> str:
    """Return the embedded table on which a scenario says most."""
    for shock in scenario.shocks:
        sectors = getattr(shock, "sectors", ())
        for name in [sectors] if isinstance(sectors, str) else sectors:
            if name in SUITED:
                return SUITED[name]
    return TABLE


def run_scenario(
    name: str,
    settings: Mapping[str, Any],
    table_name: str | None,
    model: str | None,
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
    table_name : str or None
        Embedded table, or path; None for the one that suits the scenario.
    model : str or None
        Name of the model; None for the default for this scenario.
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
    table_name = table_name or suited_table(scenario)
    folder = out or RESULTS / scenario.name
    with staged(folder) as staging:
        with progress.step(f"Table {table_name}"):
            from iomodel.table.catalogue import load

            table = load(table_name)
        from iomodel.models import default_model, run

        chosen = model or default_model(table, scenario, options).model
        with progress.step(f"Model {chosen}"):
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
    say_where(folder, files)


def compare_models(
    name: str,
    settings: Mapping[str, Any],
    table_name: str | None,
    models: list[str] | None,
    options: Mapping[str, Any],
    out: Path | None,
    *,
    quiet: bool,
) -> None:
    """Run every applicable model, print the bracket and write it; see :func:`run_scenario`."""
    progress = Progress(quiet=quiet)
    scenario = Scenario.load(name, **settings)
    table_name = table_name or suited_table(scenario)
    folder = out or RESULTS / scenario.name
    with staged(folder) as staging:
        with progress.step(f"Table {table_name}"):
            from iomodel.table.catalogue import load

            table = load(table_name)
        if models is None and not options and scenario.kinds and scenario.kinds <= CUTS:
            text = _bracket(table, scenario, staging, progress)
        else:
            text = _side_by_side(table, scenario, models, options, staging, progress)
        files = sorted(p.name for p in staging.iterdir())
    if not quiet:
        stdout().print(text)
    say_where(folder, files)


def _side_by_side(
    table: MRIOTable,
    scenario: Scenario,
    models: list[str] | None,
    options: Mapping[str, Any],
    staging: Path,
    progress: Progress,
) -> RenderableType:
    """Run every model once, write the files and return the text."""
    with progress.step("Models"):
        from iomodel.bracket.comparison import compare

        comparison = compare(table, scenario, models, progress=progress.note, **options)
    with progress.step("Files and figure"):
        from iomodel.report.text import comparison_text

        comparison.to_netcdf(staging / "comparison.nc")
        comparison.to_csv(staging / "comparison.csv")
        comparison.plot.bracket().save(staging / "comparison.png")
    return comparison_text(comparison)


def _bracket(
    table: MRIOTable, scenario: Scenario, staging: Path, progress: Progress
) -> RenderableType:
    """Run every method on a cut of supplies, with its sweeps; write the files, return the text."""
    with progress.step("Methods"):
        from iomodel.bracket.supply_cuts import cut_bracket

        bracket = cut_bracket(table, scenario, progress=progress.note)
    with progress.step("Files and figure"):
        from iomodel.report.cut_text import cut_text

        bracket.comparison.to_netcdf(staging / "comparison.nc")
        bracket.to_csv(staging / "comparison.csv")
        bracket.plot.bracket().save(staging / "comparison.png")
    return cut_text(bracket)


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


def say_where(folder: Path, files: list[str]) -> None:
    """Print the path in one piece, so that it can be copied however narrow the terminal is."""
    stdout().print(f"Written to {folder}: {', '.join(files)}", soft_wrap=True)
