"""The command line: a thin face over the public functions."""

from iomodel.cli.main import main

__all__ = ["main"]
