"""The command line as a process of its own."""

from __future__ import annotations

import sys
from typing import cast

from iomodel.cli.main import main

__all__ = ["start"]


def start() -> None:
    """Run the command line, in a process that does not import Dask.

    Only a batch with ``--scheduler`` works on a cluster, and xarray imports ``dask.array`` with the
    first array that it labels, where Dask is installed: a tenth of the time of a run.
    """
    if not any(argument.startswith("--scheduler") for argument in sys.argv):
        # None is Python's mark of a module that cannot be imported.
        cast("dict[str, object]", sys.modules).setdefault("dask", None)
    main(prog_name="iomodel")
