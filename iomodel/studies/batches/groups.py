"""Groups of cases: draws that a model solves side by side, and single cases; their answers."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from iomodel._threads import one_blas_thread
from iomodel._version import __version__
from iomodel.effects import Effects
from iomodel.effects.variables import CLOSURE_SUFFIX
from iomodel.errors import IOModelError
from iomodel.fingerprint import fingerprint
from iomodel.models.model import Model
from iomodel.models.running import run
from iomodel.models.workbench import Workbench
from iomodel.studies.case import Case
from iomodel.studies.journal.answers import UnexpectedError, encoded

__all__ = ["Group", "encoded_answers", "group_answers", "grouped"]

# Draws that a model solves side by side; fixed, so that a resumed batch gives the same bytes.
GROUP = 64


@dataclass(frozen=True)
class Group:
    """Cases on one table that are solved together.

    Attributes
    ----------
    cases : tuple of Case
        Draws that their model solves side by side, or one case.
    keep : tuple of str or None
        Variables to keep; None for all.
    strict : bool
        Whether errors of a program, which are no refusals, stop the batch.
    """

    cases: tuple[Case, ...]
    keep: tuple[str, ...] | None
    strict: bool

    @property
    def words(self) -> str:
        """Key of the case; of draws the two ends."""
        return " to ".join(dict.fromkeys([self.cases[0].key, self.cases[-1].key]))

    def identity(self, workbench: Workbench) -> str:
        """Digest of all that the answers depend on.

        Draws solved side by side depend in their last bits on those beside them.
        """
        questions = [case.fingerprint(workbench.table) for case in self.cases]
        variables = None if self.keep is None else sorted(self.keep)
        return fingerprint(__version__, variables, questions)


def grouped(
    cases: Sequence[Case],
    models: Mapping[str, Model[Any]],
    workbench: Workbench,
    keep: Sequence[str] | None,
    *,
    strict: bool,
) -> Iterator[Group]:
    """Yield groups in the order of the cases.

    Parameters
    ----------
    cases : sequence of Case
        On one table.
    models : mapping of str to Model
        By key.
    workbench : Workbench
    keep : sequence of str or None
    strict : bool
        As of :class:`Group`.
    """
    variables = None if keep is None else tuple(keep)
    group: list[Case] = []
    shared = ""
    # Draws differ in few options; what decides for one decides for those like it.
    decided: dict[str, str] = {}
    for case in cases:
        common = ""
        question = _question(case, models[case.key], keep)
        if question:
            if question not in decided:
                decided[question] = _common_options(case, models[case.key], workbench)
            common = decided[question]
        if group and (common != shared or not common or len(group) == GROUP):
            yield Group(tuple(group), variables, strict)
            group = []
        group.append(case)
        shared = common
    if group:
        yield Group(tuple(group), variables, strict)


def group_answers(workbench: Workbench, group: Group) -> list[Effects | IOModelError]:
    """Effects or refusals of the cases of a group, in order."""
    try:
        return [*_solve(workbench, group)]
    except (MemoryError, OSError):
        # Faults of the machine, not of the case: the batch stops and can be resumed.
        raise
    except Exception as error:
        if len(group.cases) > 1:
            # A draw without an answer must not take those beside it with it.
            single = [replace(group, cases=(case,)) for case in group.cases]
            return [answer for each in single for answer in group_answers(workbench, each)]
        if isinstance(error, IOModelError):
            return [error]
        if group.strict:
            raise
        return [UnexpectedError(_words(error))]


def encoded_answers(workbench: Workbench, group: Group) -> bytes:
    """Bytes of the answers of a group, solved on one BLAS thread: the same on any machine load.

    Sums over several threads differ in their last bits with the number of threads.
    """
    with one_blas_thread():
        return encoded(group_answers(workbench, group))


# ---------------------------------------------------------------------- helpers
def _question(case: Case, model: Model[Any], keep: Sequence[str] | None) -> str:
    """Return a digest of a draw but for what may differ; empty where it must run alone."""
    faster = model.side_by_side
    if faster is None or case.draw is None or keep is None or not set(keep) <= faster.variables:
        return ""
    shared = {name: value for name, value in case.options.items() if name not in faster.options}
    return fingerprint(model.name, shared, case.scenario.fingerprint)


def _common_options(case: Case, model: Model[Any], workbench: Workbench) -> str:
    """Return a digest of what a draw shares with those beside it; empty where it runs alone."""
    faster = model.side_by_side
    assert faster is not None
    try:
        if not faster.fits(workbench, case.scenario, model.read(case.options)):
            return ""
        policy = workbench.policy(case.scenario)
    except IOModelError:
        # Its own run says what is wrong with it.
        return ""
    shared = {name: value for name, value in case.options.items() if name not in faster.options}
    return fingerprint(model.name, shared, policy.tariff_observed)


def _solve(workbench: Workbench, group: Group) -> list[Effects]:
    cases, keep = group.cases, group.keep
    model = cases[0].model_for(workbench.table)
    if len(cases) > 1 and model.side_by_side is not None and keep is not None:
        options = [model.read(case.options) for case in cases]
        scenarios = [case.scenario for case in cases]
        solved = model.side_by_side.solve(workbench, scenarios, options, keep)
        answers = [model.recorded(*each) for each in zip(solved, scenarios, options, strict=True)]
    else:
        answers = [run(workbench, case.scenario, case.model, **case.options) for case in cases]
    return answers if keep is None else [_kept(answer, keep) for answer in answers]


def _kept(effects: Effects, keep: Sequence[str]) -> Effects:
    """Return the variables to keep that a model gives, each for all its closures."""
    names = [name for stem in keep for name in (stem, stem + CLOSURE_SUFFIX)]
    return effects.only([name for name in names if name in effects])


def _words(error: Exception) -> str:
    """Sentence for an error of the program, with its place."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    text = " ".join(str(error).split())
    where = f"{Path(place.filename).name}, line {place.lineno}"
    return f"unexpected {type(error).__name__} in {where}: {text}"
