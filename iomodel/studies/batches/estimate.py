"""Estimate of time, memory and disk of a batch from one timed group of each table and model."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from iomodel.studies.batches.groups import encoded_answers
from iomodel.studies.batches.plan import BatchPlan
from iomodel.studies.batches.worker import Task

__all__ = ["BatchEstimate", "estimated", "kinds"]


@dataclass(frozen=True)
class BatchEstimate:
    """Estimate of a batch.

    Attributes
    ----------
    seconds : float
        Work of one processor, without the start of workers.
    memory : float
        Most bytes of this process so far, which a worker needs too.
    disk : float
        Bytes of the answers; the results take about as many again.
    timed : int
        Cases that were run for it.
    """

    seconds: float
    memory: float
    disk: float
    timed: int


def kinds(plan: BatchPlan) -> Counter[tuple[str, str]]:
    """Count cases by table and model, refusals of options left out."""
    counts: Counter[tuple[str, str]] = Counter()
    for task in plan.tasks:
        table = task.table or plan.benches[""].table.name
        counts[table, str(task.group.cases[0].model)] += len(task.group.cases)
    return counts


def estimated(plan: BatchPlan, say: Callable[[str], None]) -> BatchEstimate:
    """Estimate from the second group of each table and model, or the first where there is one.

    The first group of a table also makes what others share: it runs in front and is not timed.

    Parameters
    ----------
    plan : BatchPlan
    say : callable
        Told of each group that is run.
    """
    seconds = disk = 0.0
    timed = 0
    for tasks in _by_kind(plan):
        total = sum(len(task.group.cases) for task in tasks)
        sample = tasks[:2]
        start, content = time.perf_counter(), b""
        for task in sample:
            say(task.group.words)
            start = time.perf_counter()
            content = encoded_answers(plan.benches[task.table], task.group)
            timed += len(task.group.cases)
        share = total / len(sample[-1].group.cases)
        seconds += (time.perf_counter() - start) * share
        disk += len(content) * share
    return BatchEstimate(seconds, _peak(), disk, timed)


# ---------------------------------------------------------------------- helpers
def _by_kind(plan: BatchPlan) -> Iterator[list[Task]]:
    tasks: dict[tuple[str, str], list[Task]] = {}
    for task in plan.tasks:
        tasks.setdefault((task.table, str(task.group.cases[0].model)), []).append(task)
    yield from tasks.values()


def _peak() -> float:
    """Most bytes of memory of this process; zero where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
