"""The commands that compute: run, compare, report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iomodel.cli.screen import Progress, stdout
from iomodel.scenario.scenario import Scenario

if TYPE_CHECKING:
    from rich.console import RenderableType

    from iomodel.cli.job import Job
    from iomodel.table.mrio import MRIOTable

__all__ = ["compare_models", "run_scenario", "write_page"]

# Kinds of policy whose answer hangs on more than the choice of model.
CUTS = frozenset({"export_cut", "supply_cut", "content_control"})


def run_scenario(job: Job, model: str | None, options: Mapping[str, Any]) -> None:
    """Run one model, print the effects and write them.

    Parameters
    ----------
    job : Job
    model : str or None
        Name of the model; None for the default for this scenario.
    options : mapping
        Options of the model.

    Raises
    ------
    IOModelError
        Whatever is wrong with the above; nothing is written then.
    """

    def work(
        table: MRIOTable, scenario: Scenario, staging: Path, progress: Progress
    ) -> RenderableType:
        from iomodel.models import default_model, run
        from iomodel.report.text import effects_text

        chosen = model or default_model(table, scenario, options).model
        with progress.step(f"Model {chosen}"):
            effects = run(table, scenario, model=model, **options)
        with progress.step("Files and figure"):
            effects.to_netcdf(staging / "effects.nc")
            effects.to_csv(staging)
            effects.plot.overview().save(staging / "figure.png")
        return effects_text(effects)

    job.carry_out(work)


def compare_models(job: Job, models: list[str] | None, options: Mapping[str, Any]) -> None:
    """Run every applicable model, print the bracket and write it; see :func:`run_scenario`."""

    def work(
        table: MRIOTable, scenario: Scenario, staging: Path, progress: Progress
    ) -> RenderableType:
        if models is None and not options and scenario.kinds and scenario.kinds <= CUTS:
            return _bracket(table, scenario, staging, progress)
        return _side_by_side(table, scenario, models, options, staging, progress)

    job.carry_out(work)


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


# ---------------------------------------------------------------------- helpers
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
        from iomodel.studies.comparison import compare

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
        from iomodel.studies.supply_cuts import cut_bracket

        bracket = cut_bracket(table, scenario, progress=progress.note)
    with progress.step("Files and figure"):
        from iomodel.report.cut_text import cut_text

        bracket.comparison.to_netcdf(staging / "comparison.nc")
        bracket.to_csv(staging / "comparison.csv")
        bracket.plot.bracket().save(staging / "comparison.png")
    return cut_text(bracket)
