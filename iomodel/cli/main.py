"""Commands and their options; the work is in the other files of this folder."""

from __future__ import annotations

from pathlib import Path

import click

from iomodel.cli.options import (
    OutputPath,
    closure,
    draws,
    elasticities,
    interval,
    merged,
    option,
    out,
    quiet,
    scenario,
    setting,
    table,
)
from iomodel.cli.refusals import RefusingGroup

__all__ = ["main"]

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=RefusingGroup, context_settings=CONTEXT)
@click.version_option(package_name="iomodel", prog_name="iomodel")
def main() -> None:
    """Effects of tariffs, supply cuts and decoupling on output and GDP.

    A SCENARIO is a name that `iomodel scenarios` lists, or the path of a .yaml file.
    """


@main.command()
@scenario
@table
@click.option(
    "--model",
    help="One of `iomodel models`.  [default: equilibrium where it can speak about the scenario, "
    "else leontief]",
)
@closure
@elasticities
@setting
@option
@interval
@draws
@out
@quiet
def run(
    scenario: str,
    table: str | None,
    model: str | None,
    closure: dict[str, object],
    elasticities: dict[str, object],
    setting: dict[str, object],
    option: dict[str, object],
    interval: bool,
    draws: int,
    out: Path | None,
    quiet: bool,
) -> None:
    """Run one model on a scenario; print and write its effects.

    Real GDP and real income have a band from 5 to 95 percent over draws of trade elasticities where
    the horizon has estimated ones, and over sigma in horizon short.
    Writes effects.nc, by_region.csv, by_region_sector.csv and figure.png, all or none of them, in
    place of the files of an earlier run.
    `iomodel show MODEL` prints the options of a model with their ranges, defaults and sources.
    """
    from iomodel.cli.job import Job
    from iomodel.cli.run import run_scenario

    options = merged(option, closure, elasticities)
    job = Job.load(scenario, setting, table, out, quiet)
    run_scenario(job, model, options, draws if interval else None)


@main.command()
@scenario
@table
@click.option("--model", "models", multiple=True, help="Compare only this model; may be repeated.")
@elasticities
@setting
@option
@interval
@draws
@out
@quiet
def compare(
    scenario: str,
    table: str | None,
    models: tuple[str, ...],
    elasticities: dict[str, object],
    setting: dict[str, object],
    option: dict[str, object],
    interval: bool,
    draws: int,
    out: Path | None,
    quiet: bool,
) -> None:
    """Run every applicable model on a scenario, side by side, with bands as of `iomodel run`.

    A cut of exports or supplies is run with sweeps of the parameters that decide the answer: the
    elasticity of scarce inputs, stocks, the weight of important inputs; bracket.csv adds losses
    over expenditure on restricted imports, and implied prices. Writes comparison.nc, comparison.csv
    and comparison.png, all or none of them; names the models left out, with the reason.
    """
    from iomodel.cli.job import Job
    from iomodel.cli.run import compare_models

    job = Job.load(scenario, setting, table, out, quiet)
    options = merged(option, elasticities)
    compare_models(job, list(models) or None, options, draws if interval else None)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=OutputPath(),
    metavar="DIR",
    help="Folder of the batch.  [default: ./results/NAME]",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes.  [default: one for each processor]",
)
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler, in place of processes.")
@click.option("--dry-run", is_flag=True, help="Print number, sample and an estimate of the cases.")
@quiet
def batch(
    file: Path,
    out: Path | None,
    workers: int | None,
    scheduler: str | None,
    dry_run: bool,
    quiet: bool,
) -> None:
    """Run the questions of a batch FILE: tables x scenarios x models x options x draws.

    The folder holds each answer as soon as it is there: after an interruption of any kind the same
    command goes on. At the end results.zarr, regions.parquet, sectors.parquet and cases.parquet
    stand beside them. docs/batches.md describes the file.
    """
    from iomodel.cli.batch import run_batch_file

    if workers is not None and scheduler is not None:
        raise click.UsageError("give --workers or --scheduler, not both")
    run_batch_file(file, out, workers, scheduler, dry=dry_run, quiet=quiet)


@main.command()
def scenarios() -> None:
    """List the scenarios of the library, by theme."""
    from iomodel.cli.lists import list_scenarios

    list_scenarios()


@main.command()
def tables() -> None:
    """List the tables that ship with the package."""
    from iomodel.cli.lists import list_tables

    list_tables()


@main.command()
def models() -> None:
    """List the models with their questions, shocks and closures."""
    from iomodel.cli.lists import list_models

    list_models()


@main.command()
@click.argument("name")
@table
@setting
def show(name: str, table: str | None, setting: dict[str, object]) -> None:
    """Show anything by its name: a scenario, table, model, elasticity set, group or tariff layer.

    A scenario is shown with its size on the table given by --table; a model with its options.
    """
    from iomodel.cli.show import show_name

    show_name(name, table, setting)


@main.command()
@scenario
@table
@setting
@out
@quiet
def content(
    scenario: str,
    table: str | None,
    setting: dict[str, object],
    out: Path | None,
    quiet: bool,
) -> None:
    """Show the products under a content rule, by threshold, and the trade in them.

    The scenario must hold one content control. Writes thresholds.csv, flows.csv, content.csv and
    content.png, all or none of them.
    """
    from iomodel.cli.content import show_content
    from iomodel.cli.job import Job

    show_content(Job.load(scenario, setting, table, out, quiet))


@main.command()
@click.argument("folder", metavar="RUN_FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=OutputPath(),
    metavar="FILE",
    help="The page to write.  [default: report.html in the folder]",
)
def report(folder: Path, out: Path | None) -> None:
    """Write one HTML page from the effects.nc of a run; it needs no other file."""
    from iomodel.cli.run import write_page

    write_page(folder, out)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--table", help="Table of the run.  [default: the embedded one that the file names]")
@click.option("--quiet", is_flag=True, help="Print no progress.")
def rerun(file: Path, table: str | None, quiet: bool) -> None:
    """Repeat a run from its effects.nc alone, and say whether it agrees.

    Scenario, model and options are read from the file; the table is checked by its content. Ends
    with code 1 if a number differs.
    """
    from iomodel.cli.rerun import repeat_run

    repeat_run(file, table, quiet=quiet)
