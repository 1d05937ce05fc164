"""The command on content rules: thresholds, trade by exporter and importer, products."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iomodel.cli.folder import staged
from iomodel.cli.run import RESULTS, say_where, suited_table
from iomodel.cli.screen import Progress, stdout
from iomodel.scenario.scenario import Scenario

if TYPE_CHECKING:
    from iomodel.scenario.reach import ContentReach

__all__ = ["show_content"]


def show_content(
    name: str,
    settings: Mapping[str, Any],
    table_name: str | None,
    out: Path | None,
    *,
    quiet: bool,
) -> None:
    """Print how far a content rule reaches, and write it.

    Parameters
    ----------
    name : str
        Scenario of the library, or path.
    settings : mapping
        Parameters of the scenario.
    table_name : str or None
        Embedded table, or path; None for the one that suits the scenario.
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
        table_name = table_name or suited_table(scenario)
        with progress.step(f"Table {table_name}"):
            from iomodel.table.catalogue import load

            table = load(table_name)
        with progress.step("Content"):
            from iomodel.scenario.reach import content_reach

            reach = content_reach(table, scenario)
        with progress.step("Files and figure"):
            from iomodel.report.reach import reach_figure

            _write(reach, staging)
            reach_figure(reach, scenario.title or scenario.name).save(staging / "content.png")
        files = sorted(p.name for p in staging.iterdir())
    if not quiet:
        from iomodel.report.reach import reach_text

        stdout().print(reach_text(reach, scenario.title or scenario.name))
    say_where(folder, files)


def _write(reach: ContentReach, folder: Path) -> None:
    from iomodel.effects.files import write_csv

    write_csv(reach.by_threshold(), folder / "thresholds.csv")
    write_csv(reach.flows().set_index("exporter"), folder / "flows.csv")
    write_csv(reach.products().set_index("region"), folder / "content.csv")
