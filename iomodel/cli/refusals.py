"""Ends of a command: one sentence and exit code 2 for errors that a user can put right."""

from __future__ import annotations

import io
import sys
from typing import Any

import click

from iomodel._text import printable
from iomodel.errors import IOModelError

__all__ = ["INTERRUPTED", "REFUSED", "RefusingGroup"]

REFUSED, INTERRUPTED = 2, 130


class Refusal(click.ClickException):
    """Error raised on purpose, shown as one line."""

    exit_code = REFUSED


class RefusingGroup(click.Group):
    """Group of commands that turns errors raised on purpose into one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; IOModelError ends with code 2, an interruption with 130."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A terminal that lacks a letter of a name shows a question mark, not a traceback.
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except IOModelError as error:
            raise Refusal(printable(" ".join(str(error).split()))) from error
        except KeyboardInterrupt:
            click.echo("Interrupted; nothing was left half-written.", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
