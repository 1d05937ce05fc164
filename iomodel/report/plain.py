"""Renderables whose text is shown as it is: no markup, no highlighting, no control characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment

from iomodel._text import printable

__all__ = ["Plain", "plain_segments"]


@dataclass(frozen=True)
class Plain:
    """Text and tables that any console shows as they are.

    Titles, notes and labels come from users; brackets in them are no markup.

    Attributes
    ----------
    content : rich renderable
    """

    content: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render the content without markup, as rich asks."""
        options = options.update(markup=False, highlight=False)
        yield from plain_segments(console.render(self.content, options))


def plain_segments(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Yield segments without control characters in their text."""
    for segment in segments:
        is_command = segment.control is not None
        yield segment if is_command else Segment(printable(segment.text), segment.style)
