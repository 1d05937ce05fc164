"""Plan of a batch: its cases in groups by table, and the refusals that need no run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self

from iomodel.errors import IOModelError
from iomodel.models.model import Model
from iomodel.models.workbench import Workbench
from iomodel.studies.batches.groups import grouped
from iomodel.studies.batches.worker import Task
from iomodel.studies.case import Case

__all__ = ["BatchPlan"]


@dataclass(frozen=True)
class BatchPlan:
    """Cases of a batch and the groups in which they are solved.

    Attributes
    ----------
    benches : mapping of str to Workbench
        By label of the table.
    cases : tuple of Case
        In the order of the questions.
    tasks : tuple of Task
        Groups of all cases whose model and options are valid, in that order.
    refusals : mapping of str to IOModelError
        Of the others, by key.
    """

    benches: Mapping[str, Workbench]
    cases: tuple[Case, ...]
    tasks: tuple[Task, ...]
    refusals: Mapping[str, IOModelError]

    @classmethod
    def of(
        cls,
        benches: Mapping[str, Workbench],
        cases: Sequence[Case],
        keep: Sequence[str] | None,
        recorded: tuple[type[IOModelError], ...],
        *,
        strict: bool,
    ) -> Self:
        """Plan of some cases; mistakes in options are seen before anything runs.

        Raises
        ------
        IOModelError
            The refusal of a model or an option that is not among the recorded ones.
        """
        models: dict[str, Model[Any]] = {}
        refusals: dict[str, IOModelError] = {}
        for case in cases:
            try:
                models[case.key] = case.model_for(benches[case.table].table)
            except recorded as error:
                refusals[case.key] = error
        valid = [case for case in cases if case.key in models]
        tasks = [
            Task(label, group)
            for label, members in groupby(valid, key=lambda case: case.table)
            for group in grouped(list(members), models, benches[label], keep, strict=strict)
        ]
        return cls(benches, tuple(cases), tuple(tasks), refusals)
