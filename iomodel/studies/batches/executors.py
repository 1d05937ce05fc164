"""Executors of a batch: this process, worker processes, and a Dask cluster.

All of them yield the bytes of the same function of table and group, in any order: kind and number
of workers change no byte of a result. Tables go to a worker once, and what cases on a table have in
common is made once in each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

from iomodel._processes import WorkerDied, in_processes
from iomodel.errors import IOModelError
from iomodel.models.workbench import Workbench
from iomodel.studies.batches.groups import Group, encoded_answers
from iomodel.studies.batches.worker import Task, solved_by_worker, tables_of, unanswered

__all__ = ["executed"]


def executed(
    benches: Mapping[str, Workbench],
    tasks: Iterable[Task],
    workers: int | None,
    client: Any,
    begin: Callable[[str], None],
) -> Iterator[tuple[int, bytes]]:
    """Yield number and encoded answers of every task, as they come.

    Parameters
    ----------
    benches : mapping of str to Workbench
        By label of the table.
    tasks : iterable of Task
    workers : int or None
        Processes; None for this one.
    client : dask.distributed.Client, str or None
        Cluster, or the address of its scheduler.
    begin : callable
        Told the words of each group before it is handed out.

    Raises
    ------
    IOModelError
        If both workers and client are given, their number is not positive, or Dask is missing.
    SolverError
        If the cluster has no workers or cannot be reached.
    """
    if workers is not None and client is not None:
        raise IOModelError("give workers for processes or client for a cluster, not both")
    if workers is not None and workers < 1:
        raise IOModelError(f"workers is {workers}; give one or more")

    def announced() -> Iterator[Task]:
        for task in tasks:
            begin(task.group.words)
            yield task

    if client is not None:
        yield from _cluster_module().on_cluster(benches, announced(), client)
    elif workers is not None:
        yield from _in_processes(benches, announced(), workers)
    else:
        for number, task in enumerate(announced()):
            yield number, encoded_answers(benches[task.table], task.group)


# ---------------------------------------------------------------------- helpers
def _in_processes(
    benches: Mapping[str, Workbench], tasks: Iterator[Task], workers: int
) -> Iterator[tuple[int, bytes]]:
    groups: dict[int, Group] = {}

    def remembered() -> Iterator[Task]:
        for number, task in enumerate(tasks):
            groups[number] = task.group
            yield task

    for number, content in in_processes(
        solved_by_worker, tables_of(benches), remembered(), workers
    ):
        group = groups.pop(number)
        if isinstance(content, WorkerDied):
            yield number, unanswered(group, str(content))
        else:
            yield number, content


def _cluster_module() -> ModuleType:
    """Import the executor on a cluster; IOModelError says how to install Dask."""
    try:
        import iomodel.studies.batches.cluster as cluster
    except ImportError as error:
        raise IOModelError(
            "a batch on a cluster needs Dask; install it with: pip install 'iomodel[dask]'"
        ) from error
    return cluster
