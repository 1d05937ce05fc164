"""Progress of a batch: words to a callable, or a bar with rate and remaining time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["BatchProgress", "ProgressBar", "progress_of"]


class BatchProgress(AbstractContextManager["BatchProgress"]):
    """Progress that says nothing; base of those that do.

    Parameters
    ----------
    say : callable, optional
        Told the key of each case before it runs; of draws solved side by side, the two ends.
    """

    def __init__(self, say: Callable[[str], None] | None = None) -> None:
        self._say = say

    def start(self, total: int, finished: int) -> None:
        """Begin with the number of all cases, and of those with an answer on disk."""

    def begin(self, words: str) -> None:
        """Announce cases that are handed out."""
        if self._say is not None:
            self._say(words)

    def advance(self, count: int) -> None:
        """Count cases that have their answer."""

    def __exit__(self, *_: object) -> None:
        """End the display."""


class ProgressBar(BatchProgress):
    """Bar with cases, rate and remaining time, in terminals and notebooks; silent in a pipe.

    Parameters
    ----------
    console : rich.console.Console, optional
        Default: the standard error.
    """

    def __init__(self, console: Console | None = None) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        super().__init__()
        console = console or Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=console.quiet or not (console.is_terminal or console.is_jupyter),
        )
        self._task: Any = None

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        self._bar.stop()

    def start(self, total: int, finished: int) -> None:
        """Begin with the number of all cases, and of those with an answer on disk."""
        # Those of an earlier run say nothing about the rate of this one.
        words = f"Cases ({finished} on disk)" if finished else "Cases"
        self._task = self._bar.add_task(words, total=total - finished, rate="")

    def begin(self, words: str) -> None:
        """Announce cases that are handed out; the bar shows numbers only."""

    def advance(self, count: int) -> None:
        """Count cases that have their answer."""
        self._bar.advance(self._task, count)
        speed = self._bar.tasks[0].speed
        self._bar.update(self._task, rate=f"{speed:.3g} a second" if speed else "")


def progress_of(progress: Callable[[str], None] | BatchProgress | bool | None) -> BatchProgress:
    """Progress as of the argument of :func:`iomodel.run_batch`."""
    if isinstance(progress, BatchProgress):
        return progress
    if isinstance(progress, bool):
        return ProgressBar() if progress else BatchProgress()
    return BatchProgress(progress)
