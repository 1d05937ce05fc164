"""Commands that compute: run, compare, report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iomodel.cli.folder import RESULT_FILES
from iomodel.cli.screen import Progress, stdout
from iomodel.errors import NotApplicableError, OutputError
from iomodel.scenario.scenario import Scenario

if TYPE_CHECKING:
    from rich.console import RenderableType

    from iomodel.cli.job import Job
    from iomodel.effects import Effects
    from iomodel.models.workbench import Workbench
    from iomodel.studies.ensembles.ensemble import Ensemble
    from iomodel.studies.supply_cuts import CutBracket
    from iomodel.table.mrio import MRIOTable

__all__ = ["compare_models", "run_scenario", "write_page"]


def run_scenario(
    job: Job, model: str | None, options: Mapping[str, Any], draws: int | None
) -> None:
    """Run one model, print the effects and write them.

    Parameters
    ----------
    job : Job
    model : str or None
        Name of the model; None for the default for this scenario.
    options : mapping
        Options of the model.
    draws : int or None
        Draws of the interval over trade elasticities; None for no interval.

    Raises
    ------
    IOModelError
        If anything is wrong with the above; nothing is written then.
    """

    def work(
        table: MRIOTable, scenario: Scenario, staging: Path, progress: Progress
    ) -> RenderableType:
        from iomodel.models.running import default_model, run
        from iomodel.models.workbench import Workbench
        from iomodel.report.text import effects_text

        workbench = Workbench(table, progress.note)
        choice = default_model(table, scenario, options) if model is None else None
        name = choice.model if choice else model
        with progress.step(f"Model {name}"):
            effects = run(workbench, scenario, model, **options)
        if draws is not None:
            effects = _with_interval(workbench, scenario, effects, draws, progress)
        with progress.step("Files and figure"):
            effects.to_netcdf(staging / "effects.nc")
            effects.to_csv(staging)
            effects.plot.overview().save(staging / "figure.png")
        # Who names a model has chosen the method.
        sentences = [choice.sentence, _bracket_pointer(scenario)] if choice else []
        return effects_text(effects, " ".join(filter(None, sentences)))

    from iomodel.models.running import check_options

    check_options(job.scenario, model, options)
    job.carry_out(work)


def _bracket_pointer(scenario: Scenario) -> str:
    """Return where the headline of a supply cut is to be had; empty for other scenarios."""
    from iomodel.scenario.policy import SHORTAGES

    if not scenario.kinds or not scenario.kinds <= SHORTAGES:
        return ""
    return (
        "A cut of supplies hangs on the method: `iomodel compare` prints one number with its band, "
        "for one question, and the bracket over methods behind it."
    )


def _with_interval(
    workbench: Workbench, scenario: Scenario, effects: Effects, draws: int, progress: Progress
) -> Effects:
    """Return the effects with their interval, or as they are if there is nothing to draw."""
    from iomodel.studies.elasticity_interval import with_interval

    with progress.step(f"Interval over {draws} draws of trade elasticities"):
        try:
            return with_interval(workbench, scenario, effects, draws=draws)
        except NotApplicableError as error:
            progress.note(str(error))
            return effects


def compare_models(
    job: Job, models: list[str] | None, options: Mapping[str, Any], draws: int | None
) -> None:
    """Run every applicable model, print the bracket and write it; see :func:`run_scenario`."""

    def work(
        table: MRIOTable, scenario: Scenario, staging: Path, progress: Progress
    ) -> RenderableType:
        from iomodel.models.workbench import Workbench
        from iomodel.studies.comparison import compare
        from iomodel.studies.supply_cuts import CutBracket, restricted_imports

        workbench = Workbench(table)
        with progress.step("Models"):
            ensemble = compare(
                workbench, scenario, models, draws=draws, progress=progress.note, **options
            )
        swept = any(case.family for case in ensemble.cases)
        bracket = CutBracket(ensemble, restricted_imports(workbench, scenario)) if swept else None
        with progress.step("Files and figure"):
            ensemble.to_netcdf(staging / "comparison.nc")
            ensemble.to_csv(staging / "comparison.csv")
            if bracket:
                bracket.to_csv(staging / "bracket.csv")
            (bracket or ensemble).plot.bracket().save(staging / "comparison.png")
        return _bracket_text(ensemble, bracket)

    from iomodel.studies.comparison import check_comparison

    check_comparison(job.scenario, models, options)
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
    page = out or source.with_name("report.html")
    _refuse_results(source, page)
    Effects.from_netcdf(source).report(page)
    stdout().print(str(page), soft_wrap=True)


# ---------------------------------------------------------------------- helpers
def _refuse_results(source: Path, page: Path) -> None:
    """Refuse a page in the place of its source, by any path, or of another result beside it."""
    if not page.exists():
        return
    results = (source, *(source.with_name(n) for n in RESULT_FILES if n != "report.html"))
    if any(file.exists() and page.samefile(file) for file in results):
        raise OutputError(
            f"{page} is a result of the run, not a page; choose another file with --out"
        )


def _bracket_text(ensemble: Ensemble, bracket: CutBracket | None) -> RenderableType:
    from rich.console import Group

    from iomodel.report.cut_text import cut_text
    from iomodel.report.text import comparison_text, left_out_text

    text = comparison_text(ensemble) if bracket is None else cut_text(bracket)
    return Group(text, *left_out_text(ensemble))
