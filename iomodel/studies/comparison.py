"""The bracket over models: one scenario, every model that can speak about it, side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from iomodel.effects.variables import BAND_SUFFIX
from iomodel.errors import (
    InfeasibleError,
    IOModelError,
    LabelError,
    NotApplicableError,
    unknown_label,
)
from iomodel.models.kinds import shown
from iomodel.models.registry import MODELS, applicable, obstacle
from iomodel.models.workbench import Workbench
from iomodel.scenario.policy import SHORTAGES
from iomodel.studies.batches.batch import run_batch
from iomodel.studies.case import Case
from iomodel.studies.cut_cases import cut_cases, cut_sectors
from iomodel.studies.elasticity_interval import interval_obstacle, with_interval
from iomodel.studies.ensembles.ensemble import Ensemble

if TYPE_CHECKING:
    from iomodel.effects import Effects
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["check_comparison", "compare", "comparison_cases"]


def compare(
    table: MRIOTable | Workbench,
    scenario: Scenario,
    models: Iterable[str] | None = None,
    *,
    path: str | os.PathLike[str] | None = None,
    draws: int | None = None,
    progress: Callable[[str], None] | None = None,
    **options: Any,
) -> Ensemble:
    """Run every model that can speak about a scenario, with bands where they are asked for.

    Where all that the scenario does is withhold supplies, each method is swept over the parameters
    that decide its answer (:mod:`iomodel.studies.cut_cases`).

    Parameters
    ----------
    table : MRIOTable or Workbench
    scenario : Scenario
    models : iterable of str, optional
        Names of models, each run once. Default: all that are applicable; those left out stand in
        ``ensemble.left_out`` with the reason.
    path : path-like, optional
        Folder for finished cases; see :func:`iomodel.run_batch`. Bands are worked out anew.
    draws : int, optional
        Draws of trade elasticities for the band from 5 to 95 percent of each case that has one
        (:func:`iomodel.with_interval`). Default: no draws, so that a case is what
        :func:`iomodel.run` answers; the command line takes 32. Bands over sigma need none.
    progress : callable, optional
        Told the key of each case before it runs.
    **options
        Options of models, such as ``elasticities="CP"``; each goes to the models that have it, and
        a closure, where `models` is left out, to those that know it.

    Returns
    -------
    Ensemble
        Models that find the scenario infeasible are kept with their sentence; so are, where
        `models` is left out, those that lack something that others do not need. Cases without a
        band stand in ``ensemble.unbanded`` with the reason.

    Raises
    ------
    LabelError
        If a model or a value of an option is unknown.
    IOModelError
        If none of the models has one of the options.
    NotApplicableError
        If a model that was asked for says nothing about this kind of scenario.
    """
    workbench = table if isinstance(table, Workbench) else Workbench(table)
    names = None if models is None else list(models)
    cases, left_out = comparison_cases(workbench, scenario, names, options)
    ensemble = run_batch(
        workbench,
        cases,
        path=path,
        progress=progress,
        on_error="refusals" if names is None else "infeasible",
    )
    # What one model lacks (elasticities for these sectors, say) is no reason to hide the others;
    # what all of them refuse is an error of the question.
    refusals = [
        error for error in ensemble.errors.values() if not isinstance(error, InfeasibleError)
    ]
    if refusals and not ensemble.effects:
        raise refusals[0]
    effects: dict[str, Effects] = {}
    unbanded: dict[str, str] = {}
    for case in ensemble.answered:
        answer, reason = _banded(workbench, scenario, ensemble[case.key], draws, progress)
        effects[case.key] = answer
        if reason:
            unbanded[case.key] = reason
    return Ensemble(ensemble.cases, effects, ensemble.errors, left_out, unbanded)


def comparison_cases(
    workbench: Workbench,
    scenario: Scenario,
    models: Sequence[str] | None,
    options: Mapping[str, Any],
) -> tuple[list[Case], dict[str, str]]:
    """Return the cases of a comparison, and the models left out with the reason.

    Raises
    ------
    LabelError, IOModelError
        As :func:`check_comparison`.
    """
    table = workbench.table
    names = applicable(table, scenario) if models is None else list(models)
    _check(names, options, by_all=models is not None)
    if models is None and scenario.kinds and scenario.kinds <= SHORTAGES:
        cases = cut_cases(scenario, names, cut_sectors(workbench, scenario))
    else:
        cases = [Case(name, scenario, name) for name in names]
    reasons = {name: obstacle(model, table, scenario) for name, model in MODELS.items()}
    left_out = {} if models is not None else {k: v for k, v in reasons.items() if v}
    return [_with_options(case, options, any_closure=models is None) for case in cases], left_out


def check_comparison(
    scenario: Scenario, models: Sequence[str] | None, options: Mapping[str, Any]
) -> None:
    """Check the models and options of a comparison before a table is loaded.

    Parameters
    ----------
    scenario : Scenario
    models : sequence of str or None
        None for all that can speak about the scenario.
    options : mapping

    Raises
    ------
    LabelError
        If a model is unknown; or a value of an option is refused by one of the `models`, or, where
        they are None, by every model that has the option.
    IOModelError
        If no model has one of the options.
    """
    names = models
    if names is None:
        names = [
            name
            for name, model in MODELS.items()
            if scenario.kinds <= model.handles and not model.on_request
        ]
    _check(names, options, by_all=models is not None)


# ---------------------------------------------------------------------- helpers
def _check(names: Sequence[str], options: Mapping[str, Any], *, by_all: bool) -> None:
    """Check models and options; a value must pass all models that have it, or one of them."""
    for name in names:
        if name not in MODELS:
            raise unknown_label("model", name, MODELS)
    valid = sorted({option for name in names for option in MODELS[name].options})
    for option, value in options.items():
        if option not in valid:
            raise IOModelError(
                f"no model among {', '.join(names)} has an option {option!r}; "
                f"valid: {', '.join(valid)}"
            )
        declared = {name: MODELS[name].options_type.declared().get(option) for name in names}
        refusals: dict[str, LabelError] = {}
        words: dict[str, str] = {}
        passed = False
        for name, declaration in declared.items():
            if declaration is None:
                continue
            try:
                declaration.read(name, value)
            except LabelError as error:
                refusals[name], words[name] = error, declaration.kind.words
            else:
                passed = True
        if not refusals or (passed and not by_all):
            continue
        if by_all or len(set(words.values())) == 1:
            raise next(iter(refusals.values()))
        each = "; ".join(f"{name}: {form}" for name, form in words.items())
        raise LabelError(f"option {option} is {shown(value)}; give a value of one model: {each}")


def _banded(
    workbench: Workbench,
    scenario: Scenario,
    effects: Effects,
    draws: int | None,
    progress: Callable[[str], None] | None,
) -> tuple[Effects, str]:
    """Return effects with their band, or as they are and the reason."""
    if any(f"{name}{BAND_SUFFIX}" in effects for name in ("gdp_pct", "real_income_pct")):
        return effects, ""
    reason = interval_obstacle(workbench, scenario, effects)
    if reason or draws is None:
        return effects, reason or "not asked for"
    if progress is not None:
        progress(f"{effects.model}, band over {draws} draws of trade elasticities")
    try:
        return with_interval(workbench, scenario, effects, draws=draws), ""
    except NotApplicableError as error:
        return effects, str(error)


def _with_options(case: Case, options: Mapping[str, Any], *, any_closure: bool) -> Case:
    """Return a case with the options that its model has; what the case itself sets stands."""
    model = MODELS[str(case.model)]
    shared = {name: value for name, value in options.items() if name in model.options}
    if any_closure and shared.get("closure") not in (None, *model.closures):
        del shared["closure"]
    return replace(case, options={**shared, **case.options})
