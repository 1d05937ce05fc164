"""Ends of a command: one sentence and exit code 2 for errors that a user can put right."""

from __future__ import annotations

import errno
import io
import mmap
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import click

from iomodel._text import printable
from iomodel.errors import IOModelError

__all__ = ["INTERRUPTED", "REFUSED", "TERMINATED", "RefusingGroup"]

REFUSED, INTERRUPTED, TERMINATED = 2, 130, 143
# A thread or a library that finds no memory is an error of another class.
NO_MEMORY = re.compile(
    "can't start new thread|failed to map segment|cannot allocate memory", re.IGNORECASE
)
# Address space that NumPy, SciPy, HDF5 and the figures take before any table is read.
LIBRARIES = 512 * 2**20


class Refusal(click.ClickException):
    """Error raised on purpose, shown as one line."""

    exit_code = REFUSED


class RefusingGroup(click.Group):
    """Group of commands that turns errors raised on purpose into one sentence."""

    def main(self, *arguments: Any, **settings: Any) -> Any:
        """Run the command line; a standard output that takes no more ends it with code 2."""
        try:
            try:
                return super().main(*arguments, **settings)
            finally:
                sys.stdout.flush()
        except OSError as error:
            words = _words(error)
            if error.errno == errno.EPIPE:  # the reader has gone: click ends in silence too
                sys.exit(1)
            with suppress(OSError):  # the disk behind stderr may be full too
                click.echo(f"Error: {words}", err=True)
            sys.exit(REFUSED)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; IOModelError ends with code 2, an interruption with 130 or 143."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A terminal that lacks a letter of a name shows a question mark, not a traceback.
                stream.reconfigure(errors="replace")
        try:
            with _terminable():
                _reserve_libraries()
                return super().invoke(ctx)
        except IOModelError as error:
            raise Refusal(printable(" ".join(str(error).split()))) from error
        except (MemoryError, RuntimeError, ImportError) as error:
            if not isinstance(error, MemoryError) and not NO_MEMORY.search(str(error)):
                raise
            raise Refusal(_memory_words(error)) from error
        except KeyboardInterrupt as interruption:
            click.echo("Interrupted; nothing was left half-written.", err=True)
            code = TERMINATED if isinstance(interruption, Terminated) else INTERRUPTED
            raise click.exceptions.Exit(code) from None


class Terminated(KeyboardInterrupt):
    """Interruption by SIGTERM."""


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM interrupt the block as Ctrl-C does, so that it cleans up behind itself."""
    handler = signal.getsignal(signal.SIGTERM)
    in_main_thread = threading.current_thread() is threading.main_thread()
    if handler in (None, signal.SIG_IGN) or not in_main_thread:
        yield
        return

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)


def _reserve_libraries() -> None:
    """Raise MemoryError where a limit of address space leaves no room for the libraries.

    The BLAS in SciPy asks again for ever while it is loaded into less than it needs.
    """
    try:
        mmap.mmap(-1, LIBRARIES).close()
    except OSError as error:
        raise MemoryError("too little for the libraries") from error


def _memory_words(error: Exception) -> str:
    """Sentence for memory that is exhausted, with NumPy's figures where it has them."""
    size = f": {error}".removesuffix(": ").rstrip(".")
    return (
        f"memory is exhausted{size}; run on a smaller table (`iomodel tables`), close other "
        "programs, or raise the limit"
    )


def _words(error: OSError) -> str:
    """Sentence for a fault of the system that nobody nearer has explained."""
    reason = error.strerror or str(error)
    if error.filename is not None:
        return f"cannot use {error.filename}: {reason}"
    # What is still in the buffer would fail once more when the interpreter ends.
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    return f"cannot write to the standard output: {reason}"
