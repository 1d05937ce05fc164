"""Output to the terminal: results on stdout, progress on stderr."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from iomodel.report.plain import plain_segments

__all__ = ["Progress", "stdout"]


class PlainConsole(Console):
    """Console that shows text as it is: no markup, no emoji, no control characters.

    Parameters
    ----------
    stderr, quiet : bool
        As rich has them.
    """

    def __init__(self, *, stderr: bool = False, quiet: bool = False) -> None:
        super().__init__(stderr=stderr, quiet=quiet, markup=False, highlight=False, emoji=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Yield the segments of a renderable without control characters."""
        yield from plain_segments(super().render(renderable, options))


def stdout() -> Console:
    """Return the console for results: plain text where it is no terminal."""
    return PlainConsole()


class Progress:
    """Steps of the work, on stderr.

    Parameters
    ----------
    quiet : bool
        True for silence.

    Attributes
    ----------
    console : rich.console.Console
        The standard error.
    """

    def __init__(self, *, quiet: bool) -> None:
        self.console = PlainConsole(stderr=True, quiet=quiet)

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """Show a step while the block runs, and then its seconds."""
        start = time.perf_counter()
        with self.console.status(f"{words} ..."):
            yield
        self.console.print(f"{words}: {time.perf_counter() - start:.1f} s", style="dim")

    def note(self, words: str) -> None:
        """Print the part of a step at work."""
        self.console.print(f"  {words}", style="dim")
