"""Jobs of the commands that compute: a scenario on its table, files, a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from iomodel.cli.folder import staged
from iomodel.cli.screen import Progress, stdout
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.tables import suited_table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from iomodel.table.mrio import MRIOTable

__all__ = ["Job"]

RESULTS = Path("results")


@dataclass(frozen=True)
class Job:
    """A scenario, its table, and the folder of its results.

    Attributes
    ----------
    scenario : Scenario
    table_name : str or None
        Embedded table, or path; None for the one that suits the scenario.
    out : pathlib.Path or None
        Folder; None for ``results/<scenario>``.
    quiet : bool
        Whether to print only where the files are.
    """

    scenario: Scenario
    table_name: str | None
    out: Path | None
    quiet: bool

    @classmethod
    def load(
        cls,
        name: str,
        settings: Mapping[str, Any],
        table_name: str | None,
        out: Path | None,
        quiet: bool,
    ) -> Self:
        """Job on a scenario of the library or a file, with values for its parameters.

        Raises
        ------
        ScenarioError
            If there is no such scenario or parameter.
        """
        return cls(Scenario.load(name, **settings), table_name, out, quiet)

    def carry_out(
        self, work: Callable[[MRIOTable, Scenario, Path, Progress], RenderableType]
    ) -> None:
        """Load the table, do the work, print its text and the names of its files.

        Parameters
        ----------
        work : callable
            Writes files to a folder and returns the text to print.

        Raises
        ------
        IOModelError
            If the table cannot be read or the work is refused; nothing is written then.
        """
        progress = Progress(quiet=self.quiet)
        table_name = suited_table(self.scenario) if self.table_name is None else self.table_name
        folder = self.out or RESULTS / self.scenario.name
        with staged(folder) as staging:
            with progress.step(f"Table {table_name}"):
                from iomodel.leontief.threads import hold_workspaces
                from iomodel.table.catalogue import load

                hold_workspaces()
                table = load(table_name)
            text = work(table, self.scenario, staging, progress)
            files = sorted(p.name for p in staging.iterdir())
        if not self.quiet:
            stdout().print(text)
        # In one piece, so that the path can be copied however narrow the terminal is.
        stdout().print(f"Written to {folder}: {', '.join(files)}", soft_wrap=True)
