"""Threads: those of BLAS, limited to one inside small products, and processors for workers.

Two BLAS threads gain nothing on a product of some hundred rows. Beside other processes they lose
much: each product ends when the slower thread has been given a processor.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import LibController, ThreadpoolController  # type: ignore[import-untyped]

__all__ = ["blas_threads", "enter_worker", "leave_worker", "one_blas_thread", "processors"]


def processors() -> int:
    """Return the processors that this process may use: by its affinity, one in a worker."""
    if _SHARE.entered:
        return 1
    if sys.version_info >= (3, 13):
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def enter_worker() -> None:
    """Make this process one of many workers, without workers of its own, until it leaves."""
    _SHARE.entered += 1


def leave_worker() -> None:
    """Undo one :func:`enter_worker`."""
    _SHARE.entered -= 1


def blas_threads() -> int:
    """Return the number of BLAS threads now, within any limit that is in force."""
    counts = [int(library["num_threads"]) for library in _blas().info()]
    return max(counts, default=1)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit BLAS to one thread inside a block or, as a decorator, a function.

    The number belongs to the process, not to a thread: blocks that overlap share one limit, which
    the first sets and the last lifts. It costs some ten microseconds.

    Examples
    --------
    >>> from iomodel._threads import blas_threads, one_blas_thread
    >>> with one_blas_thread():
    ...     blas_threads()
    1
    """
    block = object()
    try:
        _LIMIT.enter(block)
        yield
    finally:
        # An interrupt may fall between any two lines: this does no harm before the block began.
        _LIMIT.leave(block)


# ---------------------------------------------------------------------- helpers
@cache
def _blas() -> ThreadpoolController:
    """Return the BLAS libraries of NumPy and SciPy; to look for them takes a millisecond."""
    import scipy.linalg.blas  # noqa: F401  (both libraries must be loaded to be seen)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def _set(blas: LibController, threads: int) -> None:
    """Set the number of threads of one library, from any thread."""
    # threadpoolctl lets the thread that came first have its way, and ignores others silently.
    clear = getattr(blas, "clear_controlling_thread", None)
    if clear:
        clear(force=True)
    blas.set_num_threads(threads)
    if clear:
        clear()


class _Limit:
    """One limit for all blocks in progress. No interrupt loses the numbers to be restored.

    OpenBLAS built on OpenMP has a number for each thread: there a block restores that of its own.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.blocks: dict[object, list[tuple[LibController, int]]] = {}
        self.before: list[tuple[LibController, int]] = []

    def enter(self, block: object) -> None:
        libraries = _blas().lib_controllers
        by_thread = [blas for blas in libraries if _is_by_thread(blas)]
        shared = [blas for blas in libraries if not _is_by_thread(blas)]
        with self.lock:
            self.blocks[block] = [(blas, blas.get_num_threads()) for blas in by_thread]
            if not self.before:
                self.before = [(blas, blas.get_num_threads()) for blas in shared]
            for blas in libraries:
                _set(blas, 1)

    def leave(self, block: object) -> None:
        with self.lock:
            for blas, threads in self.blocks.pop(block, []):
                _set(blas, threads)
            if not self.blocks:
                for blas, threads in self.before:
                    _set(blas, threads)
                self.before = []


def _is_by_thread(blas: LibController) -> bool:
    return bool(getattr(blas, "threading_layer", "") == "openmp")


class _Share:
    """Share of this process in the processors of its machine."""

    entered = 0


_LIMIT = _Limit()
_SHARE = _Share()
