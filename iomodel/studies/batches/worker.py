"""Work of one worker of a batch: groups of cases on tables that it was sent once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from iomodel.models.workbench import Workbench
from iomodel.studies.batches.groups import Group, encoded_answers
from iomodel.studies.journal.answers import UnexpectedError, encoded

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["Task", "solved_by_worker", "tables_of", "unanswered"]


class Task(NamedTuple):
    """A group of cases with the label of its table."""

    table: str
    group: Group


# Workbenches of this worker by fingerprint of the table.
_BENCHES: dict[str, Workbench] = {}


def solved_by_worker(tables: Mapping[str, MRIOTable], task: Task) -> bytes:
    """Encode the answers of a task, on the workbench that this worker made of the table."""
    table = tables[task.table]
    if table.fingerprint not in _BENCHES:
        _BENCHES[table.fingerprint] = Workbench(table)
    return encoded_answers(_BENCHES[table.fingerprint], task.group)


def tables_of(benches: Mapping[str, Workbench]) -> dict[str, MRIOTable]:
    """Tables by label, to be sent to workers."""
    return {label: bench.table for label, bench in benches.items()}


def unanswered(group: Group, reason: str) -> bytes:
    """Answers of a group whose workers died; its cases are run again when the batch is resumed."""
    return encoded([UnexpectedError(f"no answer: {reason}") for _ in group.cases])
