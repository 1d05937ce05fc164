"""Workspaces of the linear algebra, and passes over memory on as many threads as BLAS has."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from mmap import mmap
from typing import TypeVar

from iomodel._threads import blas_threads

__all__ = ["hold_workspaces", "in_spans"]

Result = TypeVar("Result")
# Spans are the same for any number of threads, so that sums over them are the same to the last bit.
SPANS = 16
# Below this many cells threads cost more than they save.
MIN_CELLS = 2**22

# Bytes that OpenBLAS takes at its first call, 32 MiB in each of the libraries of NumPy and SciPy,
# with as much to spare.
WORKSPACES = 2**27
# Cells of a side of a product that is too large for the code without workspace.
LARGE_PRODUCT = 256


def hold_workspaces() -> None:
    """Let BLAS take its workspaces now, while there is memory for them.

    OpenBLAS ends the process, with words of its own, if it cannot have them at its first call.

    Raises
    ------
    MemoryError
        If there is too little memory.
    """
    import numpy as np
    from scipy.linalg import blas

    try:
        mmap(-1, WORKSPACES).close()
    except OSError as error:
        raise MemoryError(f"{WORKSPACES / 2**20:.0f} MiB for linear algebra") from error
    square = np.ones((LARGE_PRODUCT, LARGE_PRODUCT), order="F")
    square @ square
    blas.dgemm(1.0, square, square)


def in_spans(work: Callable[[slice], Result], rows: int, cells: int) -> list[Result]:
    """Return the results of `work` on spans of rows, in order, on as many threads as BLAS has.

    NumPy reads memory on one core: not enough for the bandwidth of memory.

    Parameters
    ----------
    work : callable
        Takes a span of rows. Its time must go to NumPy calls that release the interpreter's lock;
        it sets its own ``np.errstate``, for threads do not inherit one.
    rows : int
        Number of rows.
    cells : int
        Number of their cells in all.
    """
    bounds = [rows * k // SPANS for k in range(SPANS + 1)]
    spans = [slice(a, b) for a, b in pairwise(bounds) if b > a]
    threads = blas_threads() if cells >= MIN_CELLS else 1
    if threads == 1:
        return [work(span) for span in spans]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, spans))
