"""Workers: one task on many items, on threads or in processes of their own, answers in order.

The interpreter serves one thread at a time between array operations: on arrays of some megabytes
two threads take two thirds of the time of one, two processes half. A process that is forked begins
with all that this one has loaded, at once; where a fork is not safe, threads take its place.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from itertools import chain
from typing import Any, Literal, TypeVar, get_args

from iomodel._threads import enter_worker, one_blas_thread, processors
from iomodel.errors import IOModelError, unknown_label

__all__ = ["KINDS", "Kind", "default_kind", "in_order"]

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Kind = Literal["fork", "thread"]

_LIMITS = ExitStack()

KINDS: tuple[Kind, ...] = get_args(Kind)


def in_order(
    task: Callable[[Item], Answer],
    items: Iterable[Item],
    *,
    workers: int | None = None,
    kind: Kind | None = None,
) -> Iterator[Answer]:
    """Yield the answers of a task to many items, in their order.

    Every item is answered by itself: number and kind of workers change no byte. At most one item a
    worker waits beside those at work, so that memory is bounded. If a process dies, this one
    answers the remaining items.

    Parameters
    ----------
    task : callable
        Of one item. What it holds (a table, an economy) is not sent: a fork has it.
    items : iterable
        Read as workers become free.
    workers : int, optional
        Default: one for each processor that this process may use. One answers in this thread, as
        does a worker's own call: workers have none of their own.
    kind : {"fork", "thread"}, optional
        Default: :func:`default_kind`.

    Yields
    ------
    object
        Answer of the task.

    Raises
    ------
    IOModelError
        If there is no worker. Errors of the task come up at the place of their item.

    Examples
    --------
    >>> from iomodel._workers import in_order
    >>> list(in_order(abs, [-2, 1, -3], workers=2))
    [2, 1, 3]
    """
    count = processors() if workers is None else workers
    if count < 1:
        raise IOModelError("workers must be at least one")
    if kind is not None and kind not in KINDS:
        raise unknown_label("kind of worker", kind, KINDS)
    return _answers(task, iter(items), 1 if _task is not None else count, kind or default_kind())


def default_kind() -> Kind:
    """Forked processes on Linux unless other threads run, whose locks a fork would keep."""
    may_have_children = not multiprocessing.current_process().daemon
    if sys.platform == "linux" and threading.active_count() == 1 and may_have_children:
        return "fork"
    return "thread"


# ---------------------------------------------------------------------- helpers
def _answers(
    task: Callable[[Item], Answer], items: Iterator[Item], count: int, kind: Kind
) -> Iterator[Answer]:
    if count == 1:
        yield from map(task, items)
        return
    pool = _pool(task, count, kind)
    call: Callable[[Item], Answer] = task if kind == "thread" else _answer
    # Items without an answer yet, and the answers that are worked on.
    pending: deque[Item] = deque()
    running: deque[Future[Answer]] = deque()
    try:
        for item in items:
            pending.append(item)
            if len(running) > count:
                yield running.popleft().result()
                pending.popleft()
            running.append(pool.submit(call, item))
        while running:
            yield running.popleft().result()
            pending.popleft()
    except BrokenProcessPool:
        yield from map(task, chain(pending, items))
    finally:
        pool.shutdown(cancel_futures=True)


def _pool(task: Callable[[Any], Any], count: int, kind: Kind) -> Executor:
    if kind == "thread":
        return ThreadPoolExecutor(count)
    context = multiprocessing.get_context("fork")
    return ProcessPoolExecutor(count, context, initializer=_begin, initargs=(task,))


# Task of a worker process, which begins with it; None in any other process.
_task: Callable[[Any], Any] | None = None


def _begin(task: Callable[[Any], Any]) -> None:
    """Begin a worker process: its task, one thread of BLAS, and an end with its parent's."""
    global _task
    _task = task
    # Ctrl-C is for the parent, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    enter_worker()
    # Dropped, the limit would be lifted with it.
    _LIMITS.enter_context(one_blas_thread())
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the end of the parent, by SIGKILL perhaps, and end too."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _answer(item: Any) -> Any:
    assert _task is not None
    return _task(item)
