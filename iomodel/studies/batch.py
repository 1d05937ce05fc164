"""Running many cases on one table: what they have in common is made once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from iomodel.effects import Effects
from iomodel.errors import InfeasibleError, IOModelError
from iomodel.fingerprint import fingerprint
from iomodel.models.model import Model
from iomodel.models.running import run
from iomodel.models.workbench import Workbench
from iomodel.studies.case import Case, distinct
from iomodel.studies.checkpoint import Checkpoint
from iomodel.studies.ensemble import Ensemble

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["run_batch"]

# Draws that a model solves side by side; fixed, so that a resumed batch gives the same bytes.
GROUP = 64


def run_batch(
    table: MRIOTable | Workbench,
    cases: Iterable[Case],
    *,
    keep: Sequence[str] | None = None,
    path: str | os.PathLike[str] | None = None,
    progress: Callable[[str], None] | None = None,
    on_error: Literal["record", "raise"] = "record",
) -> Ensemble:
    """Run many cases on one table.

    Parameters
    ----------
    table : MRIOTable or Workbench
        A workbench keeps what several batches on a table have in common.
    cases : iterable of Case
    keep : sequence of str, optional
        Variables to keep; default: all. Where only ``real_income_pct`` is kept, draws of
        elasticities of the model ``equilibrium`` are solved side by side, to the tolerance of the
        solver instead of to the last bit.
    path : path-like, optional
        Folder for finished cases; those that it has are not run again.
    progress : callable, optional
        Told the key of each case before it runs.
    on_error : {"record", "raise"}
        What to do where a model refuses a case: keep its sentence and go on, or stop. Infeasible
        scenarios are always recorded: that is an answer.

    Returns
    -------
    Ensemble

    Raises
    ------
    LabelError
        If two cases have one name.
    OutputError
        If `path` cannot be written, or holds cases of another table.
    IOModelError
        Whatever a model refuses, with ``on_error="raise"``.

    Examples
    --------
    >>> import iomodel as iom
    >>> table = iom.load("world-2022")
    >>> scenario = iom.Scenario.load("us-china-tariff-100")
    >>> ensemble = iom.run_batch(
    ...     table,
    ...     [iom.Case(name, scenario, options={"elasticities": name}) for name in ("CP", "U4")],
    ... )
    >>> frame = ensemble.to_dataframe("real_income_pct", ["USA", "CHN"])
    """
    workbench = table if isinstance(table, Workbench) else Workbench(table)
    question = distinct(cases)
    checkpoint = None if path is None else Checkpoint(path, workbench.table)
    effects: dict[str, Effects] = {}
    errors: dict[str, IOModelError] = {}
    models: dict[str, Model[Any]] = {}
    for case in question:
        try:
            models[case.key] = case.model_for(workbench.table)
        except IOModelError as error:
            if on_error == "raise":
                raise
            errors[case.key] = error
    for group in _groups([c for c in question if c.key in models], models, workbench, keep):
        if progress is not None:
            progress(group[0].key)
        identities = [_identity(case, workbench, keep) if checkpoint else "" for case in group]
        saved = [checkpoint.load(name) if checkpoint else None for name in identities]
        complete = [answer for answer in saved if answer is not None]
        if len(complete) == len(group):
            effects |= {case.key: answer for case, answer in zip(group, complete, strict=True)}
            continue
        try:
            answers = _solve(workbench, models[group[0].key], group, keep)
        except IOModelError as error:
            if on_error == "raise" and not isinstance(error, InfeasibleError):
                raise
            errors |= {case.key: error for case in group}
            continue
        for case, name, answer in zip(group, identities, answers, strict=True):
            effects[case.key] = answer
            if checkpoint is not None:
                checkpoint.save(name, answer)
    return Ensemble(question, effects, errors)


# ---------------------------------------------------------------------- helpers
def _groups(
    cases: Sequence[Case],
    models: Mapping[str, Model[Any]],
    workbench: Workbench,
    keep: Sequence[str] | None,
) -> Iterator[list[Case]]:
    """Yield cases one by one, and draws that their model can solve side by side together."""
    group: list[Case] = []
    shared = ""
    for case in cases:
        common = _common_options(case, models[case.key], workbench, keep)
        if group and (common != shared or not common or len(group) == GROUP):
            yield group
            group = []
        group.append(case)
        shared = common
    if group:
        yield group


def _common_options(
    case: Case, model: Model[Any], workbench: Workbench, keep: Sequence[str] | None
) -> str:
    """Return a digest of what a draw shares with those beside it; empty where it runs alone."""
    faster = model.side_by_side
    if faster is None or case.draw is None or keep is None or not set(keep) <= faster.variables:
        return ""
    if not faster.fits(workbench, case.scenario, model.read(case.options)):
        return ""
    shared = {k: v for k, v in case.options.items() if k not in faster.options}
    policy = workbench.policy(case.scenario)
    return fingerprint(model.name, shared, policy.tariff_observed)


def _solve(
    workbench: Workbench,
    model: Model[Any],
    group: Sequence[Case],
    keep: Sequence[str] | None,
) -> list[Effects]:
    if len(group) > 1 and model.side_by_side is not None:
        options = [model.read(case.options) for case in group]
        answers = model.side_by_side.solve(workbench, [c.scenario for c in group], options)
    else:
        answers = [run(workbench, case.scenario, case.model, **case.options) for case in group]
    return answers if keep is None else [answer.only(keep) for answer in answers]


def _identity(case: Case, workbench: Workbench, keep: Sequence[str] | None) -> str:
    return fingerprint(case.fingerprint(workbench.table), None if keep is None else sorted(keep))
