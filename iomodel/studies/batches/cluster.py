"""Executor of a batch on a Dask cluster, whose workers may come, go and die.

The scheduler sends the tables to every worker, those too that come later, as a plugin. A group of a
worker that died is given to another one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

import distributed
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker

from iomodel._processes import TRIES
from iomodel._threads import enter_worker, leave_worker
from iomodel.errors import SolverError
from iomodel.models.workbench import Workbench
from iomodel.studies.batches.worker import Task, solved_by_worker, tables_of, unanswered

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["on_cluster"]

# Groups handed out for each thread of the cluster: one at work, one that waits.
HANDED_OUT = 2
# Seconds until a scheduler answers, and until there is a worker.
PATIENCE = 60
# Errors of a task whose worker died; all others are its own.
DIED = (KilledWorker, CancelledError, CommClosedError)


class TablesPlugin(distributed.WorkerPlugin):
    """Tables of a batch in the memory of every worker."""

    def __init__(self, name: str, tables: Mapping[str, MRIOTable]) -> None:
        self.name, self._tables = name, tables

    def setup(self, worker: Any) -> None:
        """Keep the tables in a worker that begins."""
        enter_worker()
        _TABLES[self.name] = self._tables

    def teardown(self, worker: Any) -> None:
        """Forget the tables."""
        _TABLES.pop(self.name, None)
        leave_worker()


def on_cluster(
    benches: Mapping[str, Workbench], tasks: Iterator[Task], client: Any
) -> Iterator[tuple[int, bytes]]:
    """Yield number and encoded answers of every task, as they come.

    Parameters
    ----------
    benches : mapping of str to Workbench
        By label of the table.
    tasks : iterator of Task
    client : dask.distributed.Client or str
        Cluster, or the address of its scheduler.

    Raises
    ------
    SolverError
        If no scheduler answers, or there is no worker within a minute.
    """
    numbered = enumerate(tasks)
    with _connected(client) as cluster, _with_tables(cluster, benches) as name:
        running: dict[Any, tuple[int, Task, int]] = {}
        completed: Any = distributed.as_completed()  # type: ignore[no-untyped-call]

        def submit(number: int, task: Task, attempt: int) -> None:
            future = cluster.submit(_solved, name, task, pure=False)
            running[future] = number, task, attempt
            completed.add(future)

        def hand_out() -> None:
            # As many as the workers of now can do with, which come and go.
            vacant = HANDED_OUT * max(1, sum(cluster.nthreads().values())) - len(running)
            for number, task in islice(numbered, max(0, vacant)):
                submit(number, task, 1)

        hand_out()
        try:
            while running:
                future = next(completed)
                number, task, attempt = running.pop(future)
                hand_out()
                reason = _cause_of_death(future)
                if not reason:
                    yield number, future.result()
                elif attempt < TRIES:
                    submit(number, task, attempt + 1)
                else:
                    yield number, unanswered(task.group, f"{TRIES} workers died of it ({reason})")
        finally:
            cluster.cancel(list(running))


# ---------------------------------------------------------------------- helpers
# Tables of this worker by the name of the plugin that brought them.
_TABLES: dict[str, Mapping[str, MRIOTable]] = {}


def _solved(name: str, task: Task) -> bytes:
    return solved_by_worker(_TABLES[name], task)


def _cause_of_death(future: Any) -> str:
    """Class of the error that ended the workers of a task, empty for a result.

    Raises
    ------
    Exception
        An error of the task itself.
    """
    if future.status == "finished":
        return ""
    if future.status != "error":
        return str(future.status)
    error = future.exception()
    if not isinstance(error, DIED):
        raise error
    return type(error).__name__


@contextmanager
def _connected(client: Any) -> Iterator[Any]:
    """Client of a cluster with workers; one made from an address is closed at the end."""
    is_address = isinstance(client, str)
    try:
        cluster: Any = client
        if is_address:
            cluster = distributed.Client(client, timeout=PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise SolverError(f"no scheduler answers at {client!r}; check its address") from error
    try:
        try:
            cluster.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise SolverError(
                "the cluster has no workers; start some, or check its address"
            ) from error
        yield cluster
    finally:
        if is_address:
            cluster.close()


@contextmanager
def _with_tables(cluster: Any, benches: Mapping[str, Workbench]) -> Iterator[str]:
    """Name under which the workers have the tables while the block runs."""
    # Of its own: another batch on the cluster must not take its tables away.
    name = f"iomodel-{uuid.uuid4().hex}"
    cluster.register_plugin(TablesPlugin(name, tables_of(benches)))
    try:
        yield name
    finally:
        cluster.unregister_worker_plugin(name)
