"""Command on content rules: thresholds, trade by exporter and importer, products."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from iomodel.cli.screen import Progress
from iomodel.scenario.scenario import Scenario

if TYPE_CHECKING:
    from rich.console import RenderableType

    from iomodel.cli.job import Job
    from iomodel.scenario.reach import ContentReach
    from iomodel.table.mrio import MRIOTable

__all__ = ["show_content"]


def show_content(job: Job) -> None:
    """Print the trade and products under a content rule, and write them.

    Parameters
    ----------
    job : Job

    Raises
    ------
    IOModelError
        If anything is wrong with the job; nothing is written then.
    """
    job.carry_out(_work)


def _work(
    table: MRIOTable, scenario: Scenario, staging: Path, progress: Progress
) -> RenderableType:
    with progress.step("Content"):
        from iomodel.scenario.reach import content_reach

        reach = content_reach(table, scenario)
    title = scenario.title or scenario.name
    with progress.step("Files and figure"):
        from iomodel.report.figures.content_reach import reach_figure
        from iomodel.report.reach_text import reach_text

        _write(reach, staging)
        reach_figure(reach, title).save(staging / "content.png")
    return reach_text(reach, title)


def _write(reach: ContentReach, folder: Path) -> None:
    from iomodel.effects.files import write_csv

    write_csv(reach.by_threshold(), folder / "thresholds.csv")
    write_csv(reach.flows().set_index("exporter"), folder / "flows.csv")
    write_csv(reach.products().set_index("region"), folder / "content.csv")
