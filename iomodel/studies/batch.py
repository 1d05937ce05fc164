"""Running many cases on one table: what they have in common is made once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from iomodel._version import __version__
from iomodel.effects import Effects
from iomodel.effects.variables import CLOSURE_SUFFIX, variable
from iomodel.errors import InfeasibleError, IOModelError, unknown_label
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
# Refusals that stand in the ensemble as sentences; all else stops the batch.
RECORDED: Mapping[str, tuple[type[IOModelError], ...]] = {
    "record": (IOModelError,),
    "infeasible": (InfeasibleError,),
    "raise": (),
}


def run_batch(
    table: MRIOTable | Workbench,
    cases: Iterable[Case],
    *,
    keep: Sequence[str] | None = None,
    path: str | os.PathLike[str] | None = None,
    progress: Callable[[str], None] | None = None,
    on_error: Literal["record", "infeasible", "raise"] = "record",
) -> Ensemble:
    """Run many cases on one table.

    Parameters
    ----------
    table : MRIOTable or Workbench
        A workbench keeps what several batches on a table have in common.
    cases : iterable of Case
    keep : sequence of str, optional
        Variables to keep, of every case whose model gives them; default: all. Draws of elasticities
        of the model ``equilibrium`` are solved side by side where real GDP and income, consumer
        prices, output, exports, imports or trade are all that is kept: to the tolerance recorded
        with them instead of to the last bit, real GDP to some .01 percentage points.
    path : path-like, optional
        Folder for finished cases; those that it has are not run again. Refused cases leave no file.
    progress : callable, optional
        Told the key of each case before it runs; of draws solved side by side, the two ends.
    on_error : {"record", "infeasible", "raise"}
        Refusals that are kept as sentences in ``ensemble.refusals``: all; those of infeasible
        scenarios, which are answers; or none. Any other stops the batch; finished cases stay in
        `path`.

    Returns
    -------
    Ensemble

    Raises
    ------
    LabelError
        If two cases have one key, or a variable to keep is unknown.
    OutputError
        If `path` cannot be written, or holds cases of another table.
    IOModelError
        Whatever a model refuses, as `on_error` says.

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
    if on_error not in RECORDED:
        raise unknown_label("value of on_error", on_error, RECORDED)
    for name in keep or ():
        variable(name)
    questions = distinct(cases)
    workbench = table if isinstance(table, Workbench) else Workbench(table)
    checkpoint = None if path is None else Checkpoint(path, workbench.table)
    batch = _Batch(workbench, keep, checkpoint, progress, RECORDED[on_error])
    answers: dict[str, Effects] = {}
    errors: dict[str, IOModelError] = {}
    for case, answer in batch.answers(questions):
        if isinstance(answer, IOModelError):
            errors[case.key] = answer
        else:
            answers[case.key] = answer
    # In the order of the questions, whichever was answered before the others.
    effects = {case.key: answers[case.key] for case in questions if case.key in answers}
    return Ensemble(questions, effects, errors)


@dataclass(frozen=True)
class _Batch:
    """Settings of one batch.

    Attributes
    ----------
    workbench : Workbench
    keep : sequence of str or None
    checkpoint : Checkpoint or None
    progress : callable or None
    recorded : tuple of type
        Refusals that are kept.
    """

    workbench: Workbench
    keep: Sequence[str] | None
    checkpoint: Checkpoint | None
    progress: Callable[[str], None] | None
    recorded: tuple[type[IOModelError], ...]

    def answers(self, cases: Sequence[Case]) -> Iterator[tuple[Case, Effects | IOModelError]]:
        """Yield the effects or the refusal of every case; mistakes in options before all else."""
        models: dict[str, Model[Any]] = {}
        for case in cases:
            try:
                models[case.key] = case.model_for(self.workbench.table)
            except self.recorded as error:
                yield case, error
        valid = [case for case in cases if case.key in models]
        for group in _groups(valid, models, self.workbench, self.keep):
            yield from self._of_group(group, models[group[0].key])

    def _of_group(
        self, group: Sequence[Case], model: Model[Any]
    ) -> Iterator[tuple[Case, Effects | IOModelError]]:
        names = self._identities(group)
        saved = [self.checkpoint.load(name) if self.checkpoint else None for name in names]
        complete = [effects for effects in saved if effects is not None]
        if len(complete) == len(group):
            yield from zip(group, complete, strict=True)
            return
        if self.progress is not None:
            self.progress(" to ".join(dict.fromkeys([group[0].key, group[-1].key])))
        try:
            answers = _solve(self.workbench, model, group, self.keep)
        except IOModelError as error:
            if len(group) > 1:
                # A draw without an answer must not take those beside it with it.
                for case in group:
                    yield from self._of_group([case], model)
            elif isinstance(error, self.recorded):
                yield group[0], error
            else:
                raise
            return
        for name, answer in zip(names, answers, strict=True):
            if self.checkpoint is not None:
                self.checkpoint.save(name, answer)
        yield from zip(group, answers, strict=True)

    def _identities(self, group: Sequence[Case]) -> list[str]:
        """Return the names of the files of a group, empty without a folder.

        Draws solved side by side depend in their last bits on those beside them.
        """
        if self.checkpoint is None:
            return [""] * len(group)
        table = self.workbench.table
        questions = [case.fingerprint(table) for case in group]
        variables = None if self.keep is None else sorted(self.keep)
        return [fingerprint(__version__, variables, question, questions) for question in questions]


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
    try:
        if not faster.fits(workbench, case.scenario, model.read(case.options)):
            return ""
        policy = workbench.policy(case.scenario)
    except IOModelError:
        # Its own run says what is wrong with it.
        return ""
    shared = {k: v for k, v in case.options.items() if k not in faster.options}
    return fingerprint(model.name, shared, policy.tariff_observed)


def _solve(
    workbench: Workbench,
    model: Model[Any],
    group: Sequence[Case],
    keep: Sequence[str] | None,
) -> list[Effects]:
    if len(group) > 1 and model.side_by_side is not None and keep is not None:
        options = [model.read(case.options) for case in group]
        scenarios = [case.scenario for case in group]
        solved = model.side_by_side.solve(workbench, scenarios, options, keep)
        answers = [model.recorded(*each) for each in zip(solved, scenarios, options, strict=True)]
    else:
        answers = [run(workbench, case.scenario, case.model, **case.options) for case in group]
    return answers if keep is None else [_kept(answer, keep) for answer in answers]


def _kept(effects: Effects, keep: Sequence[str]) -> Effects:
    """Return the variables to keep that a model gives, each for all its closures."""
    names = [name for stem in keep for name in (stem, stem + CLOSURE_SUFFIX)]
    return effects.only([name for name in names if name in effects])
