"""What the commands that compute have in common: a scenario on its table, files, a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iomodel.cli.folder import staged
from iomodel.cli.screen import Progress, stdout
from iomodel.scenario.scenario import Scenario

if TYPE_CHECKING:
    from rich.console import RenderableType

    from iomodel.table.mrio import MRIOTable

__all__ = ["TABLE", "Job", "suited_table"]

RESULTS = Path("results")
# A scenario on what only one table has as sectors of its own is run on that table.
TABLE, SUITED = "world-2022", {"rare-earth-chain": "world-2022-ree"}


@dataclass(frozen=True)
class Job:
    """A scenario to be worked on, and where the files go.

    Attributes
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
    """

    name: str
    settings: Mapping[str, Any]
    table_name: str | None
    out: Path | None
    quiet: bool

    def carry_out(
        self, work: Callable[[MRIOTable, Scenario, Path, Progress], RenderableType]
    ) -> None:
        """Load scenario and table, work on them, and print the text and where the files are.

        Parameters
        ----------
        work : callable
            Writes files to the folder that it is given, and returns what is to be printed.

        Raises
        ------
        IOModelError
            Whatever is wrong with the job or refused in the work; nothing is written then.
        """
        progress = Progress(quiet=self.quiet)
        scenario = Scenario.load(self.name, **self.settings)
        table_name = self.table_name or suited_table(scenario)
        folder = self.out or RESULTS / scenario.name
        with staged(folder) as staging:
            with progress.step(f"Table {table_name}"):
                from iomodel.table.catalogue import load

                table = load(table_name)
            text = work(table, scenario, staging, progress)
            files = sorted(p.name for p in staging.iterdir())
        if not self.quiet:
            stdout().print(text)
        # In one piece, so that the path can be copied however narrow the terminal is.
        stdout().print(f"Written to {folder}: {', '.join(files)}", soft_wrap=True)


def suited_table(scenario: Scenario) -> str:
    """Return the embedded table on which a scenario says most."""
    for shock in scenario.shocks:
        sectors = getattr(shock, "sectors", ())
        for name in [sectors] if isinstance(sectors, str) else sectors:
            if name in SUITED:
                return SUITED[name]
    return TABLE
