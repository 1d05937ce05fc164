"""Output to the terminal: results on stdout, progress on stderr."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

__all__ = ["Progress", "stdout"]


def stdout() -> Console:
    """Return the console for results: plain text where it is no terminal."""
    return Console(markup=False, highlight=False, emoji=False)


class Progress:
    """Steps of the work, on stderr.

    Parameters
    ----------
    quiet : bool
        True for silence.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._console = Console(
            stderr=True, quiet=quiet, markup=False, highlight=False, emoji=False
        )

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """Show a step while the block runs, and then its seconds."""
        start = time.perf_counter()
        with self._console.status(f"{words} ..."):
            yield
        self._console.print(f"{words}: {time.perf_counter() - start:.1f} s", style="dim")

    def note(self, words: str) -> None:
        """Print the part of a step at work."""
        self._console.print(f"  {words}", style="dim")
