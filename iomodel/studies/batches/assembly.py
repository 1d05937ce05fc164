"""Batch in a folder: answers that it has are kept, the others worked out, results assembled."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from iomodel._version import __version__
from iomodel.errors import IOModelError, LabelError, OutputError
from iomodel.fingerprint import fingerprint
from iomodel.models.option_records import recorded as recorded_options
from iomodel.models.workbench import Workbench
from iomodel.studies.batches.executors import executed
from iomodel.studies.batches.plan import BatchPlan
from iomodel.studies.batches.progress import BatchProgress
from iomodel.studies.ensembles.ensemble import Ensemble
from iomodel.studies.ensembles.results import write_results
from iomodel.studies.ensembles.stored import ensemble_of
from iomodel.studies.journal.answers import PlainEffects, decoded
from iomodel.studies.journal.case_list import CaseRecord
from iomodel.studies.journal.checkpoint import Checkpoint

__all__ = ["batch_on_disk"]

Answers = Sequence[PlainEffects | IOModelError]


def batch_on_disk(
    plan: BatchPlan,
    checkpoint: Checkpoint,
    recorded: tuple[type[IOModelError], ...],
    progress: BatchProgress,
    workers: int | None,
    client: Any,
) -> Ensemble:
    """Answer all cases and assemble the results in the folder of a checkpoint.

    Parameters
    ----------
    plan : BatchPlan
    checkpoint : Checkpoint
        Locked.
    recorded : tuple of type
        Refusals that are kept.
    progress : BatchProgress
    workers, client
        As of :func:`iomodel.run_batch`.

    Returns
    -------
    Ensemble
        Reads from the folder.
    """
    groups = _group_names(plan.benches)
    identities = [task.group.identity(plan.benches[task.table]) for task in plan.tasks]
    errors: dict[str, list[IOModelError | None]] = {}
    # Questions under several labels are answered once.
    waiting: dict[str, int] = {}
    for number, identity in enumerate(identities):
        answers = checkpoint.load(identity) if identity not in errors | waiting else None
        if answers is not None:
            errors[identity] = _errors(answers, recorded)
        elif identity not in errors:
            waiting.setdefault(identity, number)
    numbers = list(waiting.values())
    tasks = [plan.tasks[number] for number in numbers]
    outstanding = sum(len(task.group.cases) for task in tasks)
    progress.start(len(plan.cases), len(plan.cases) - outstanding)
    for k, content in executed(plan.benches, tasks, workers, client, progress.begin):
        identity = identities[numbers[k]]
        errors[identity] = _errors(decoded(content), recorded)
        checkpoint.save(identity, content)
        progress.advance(len(tasks[k].group.cases))
    records = _records(plan, identities, errors)
    mark = _mark(records, groups)
    if checkpoint.complete != mark:
        checkpoint.begin_results()
        try:
            write_results(checkpoint.folder, records, groups)
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(
                f"cannot write results to {checkpoint.folder}: {reason}; finished cases are kept, "
                "run it again"
            ) from error
        checkpoint.end_results(mark)
    return ensemble_of(checkpoint.folder, records, groups)


# ---------------------------------------------------------------------- helpers
def _errors(
    answers: Answers, recorded: tuple[type[IOModelError], ...]
) -> list[IOModelError | None]:
    """Refusals among answers; raises those that are not recorded."""
    errors = [answer if isinstance(answer, IOModelError) else None for answer in answers]
    for error in errors:
        if error is not None and not isinstance(error, recorded):
            raise error
    return errors


def _records(
    plan: BatchPlan,
    identities: Sequence[str],
    errors: Mapping[str, Sequence[IOModelError | None]],
) -> list[CaseRecord]:
    """Fate of every case, in the order of the questions."""
    fates: dict[str, tuple[str, int, IOModelError | None]] = {}
    for task, identity in zip(plan.tasks, identities, strict=True):
        for position, case in enumerate(task.group.cases):
            fates[case.key] = identity, position, errors[identity][position]
    records = []
    for case in plan.cases:
        if case.key in plan.refusals:
            records.append(CaseRecord(case, "", "", 0, plan.refusals[case.key]))
            continue
        model = case.model_for(plan.benches[case.table].table)
        options = json.dumps(recorded_options(model.read(case.options)), sort_keys=True)
        named = replace(case, model=model.name)
        records.append(CaseRecord(named, options, *fates[case.key]))
    return records


def _group_names(benches: Mapping[str, Workbench]) -> dict[str, str]:
    """Names of the groups of tables in the store, of letters, digits, dots and dashes.

    LabelError where two labels differ in nothing else.
    """
    labels: dict[str, str] = {}
    for label, bench in benches.items():
        name = re.sub(r"[^\w.-]+", "-", label or bench.table.name).strip(".") or "table"
        if name in labels:
            raise LabelError(
                f"labels {labels[name]!r} and {label!r} of tables have one name, {name!r}, in the "
                "results; give them labels that differ in a letter or digit"
            )
        labels[name] = label
    return {label: name for name, label in labels.items()}


def _mark(records: Sequence[CaseRecord], groups: Mapping[str, str]) -> str:
    """Digest of all that the results in a folder depend on."""
    facts = [
        (
            (case.key, case.label, case.table, case.point, case.family, case.detailed, case.model),
            (case.scenario.fingerprint, options, group, position),
            "" if error is None else [type(error).__name__, str(error)],
        )
        for case, options, group, position, error in records
    ]
    return fingerprint(__version__, facts, groups)
