"""The one way to run a model, and the default model of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iomodel.errors import LabelError, NotApplicableError, unknown_label
from iomodel.models.elasticities import LONG_RUN_SET, elasticities
from iomodel.models.model import Model
from iomodel.models.registry import MODELS, applicable, kinds_in_words
from iomodel.models.workbench import Workbench
from iomodel.scenario.policy import SHORTAGES

if TYPE_CHECKING:
    from iomodel.effects import Effects
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["DefaultModel", "check_options", "default_model", "model_of", "run"]

# The default model, and the one for scenarios and tables that it cannot answer.
PREFERRED, FALLBACK = "equilibrium", "leontief"


@dataclass(frozen=True)
class DefaultModel:
    """Default model of a scenario, with the reason.

    Attributes
    ----------
    model : str
    reason : str
        In half a sentence.
    """

    model: str
    reason: str

    @property
    def sentence(self) -> str:
        """Model and reason as one sentence for readers."""
        return f"Model {self.model} by default: {self.reason}."


def run(
    table: MRIOTable | Workbench,
    scenario: Scenario,
    model: str | None = None,
    *,
    progress: Callable[[str], None] | None = None,
    **options: Any,
) -> Effects:
    """Run one model on a table and a scenario.

    Parameters
    ----------
    table : MRIOTable or Workbench
        The baseline. Runs on a workbench share its Leontief system, policies and base years.
    scenario : Scenario
        The policy.
    model : str, optional
        One of :func:`available_models`. Default: that of :func:`default_model`.
    progress : callable, optional
        Called with a few words on the state of long work.
    **options
        Options of the model, such as ``closure`` or ``elasticities``; ``iomodel show MODEL`` lists
        them. A default is the same, named or not.

    Returns
    -------
    Effects

    Raises
    ------
    LabelError
        If the model, an option, its value or a label is unknown.
    NotApplicableError
        If the model has nothing to say about a kind of shock; the message names those that have.
    IOModelError
        If the model itself refuses.
    """
    workbench = table if isinstance(table, Workbench) else Workbench(table, progress)
    name = default_model(workbench.table, scenario, options).model if model is None else model
    solver = model_of(name, options, named=model is not None)
    unsupported = scenario.kinds - solver.handles
    if unsupported:
        alternatives = applicable(workbench.table, scenario)
        raise NotApplicableError(
            f"model {name} has nothing to say about {kinds_in_words(unsupported)} in scenario "
            f"{scenario.name!r}; models that have: {', '.join(alternatives) or 'none'}"
        )
    return solver(workbench, scenario, **options)


def model_of(name: str, options: Mapping[str, Any], *, named: bool = True) -> Model[Any]:
    """Return a model by name, its options checked before anything is loaded or solved.

    Raises
    ------
    LabelError
        If the model, an option or its value is unknown; for a default model the message names
        models that have the option.
    """
    if name not in MODELS:
        raise unknown_label("model", name, MODELS)
    model = MODELS[name]
    try:
        model.read(options)
    except LabelError as error:
        alternatives = [] if named else _models_that_take(options)
        if not named and not alternatives:
            alternatives = _models_that_have(set(options) - set(model.options))
        if not alternatives:
            raise
        names = ", ".join(alternatives)
        raise LabelError(
            f"{error} (model {name} by default; name a model that has it: {names})"
        ) from None
    return model


def check_options(scenario: Scenario, model: str | None, options: Mapping[str, Any]) -> None:
    """Check options before a table is loaded.

    Parameters
    ----------
    scenario : Scenario
    model : str or None
        None for the default; where that depends on the table, options pass that one of the possible
        models takes.
    options : mapping

    Raises
    ------
    LabelError
        If the model, an option or its value is unknown.
    """
    if model is not None:
        model_of(model, options)
        return
    refusals = []
    for name in _possible_defaults(scenario, options):
        try:
            model_of(name, options, named=False)
        except LabelError as error:
            refusals.append(error)
        else:
            return
    raise refusals[0]


def default_model(
    table: MRIOTable, scenario: Scenario, options: Mapping[str, Any] | None = None
) -> DefaultModel:
    """Return the default model of a scenario.

    ``equilibrium`` if it can speak about every kind of shock and knows elasticities for the table:
    prices, wages and trade react in it. ``leontief`` at fixed prices otherwise. Of the options only
    ``elasticities`` matters: it makes up for a table without published ones.

    Parameters
    ----------
    table : MRIOTable
    scenario : Scenario
    options : mapping, optional
        As for :func:`run`.

    Returns
    -------
    DefaultModel
    """
    unsupported = scenario.kinds - MODELS[PREFERRED].handles
    if unsupported:
        words = kinds_in_words(unsupported)
        return DefaultModel(FALLBACK, f"{PREFERRED} has nothing to say about {words}")
    if (options or {}).get("elasticities") is None:
        try:
            elasticities(LONG_RUN_SET, table)
        except LabelError:
            return DefaultModel(
                FALLBACK,
                f"{PREFERRED} needs elasticities, and none are published for the sectors of "
                f"{table.name!r}",
            )
    words = kinds_in_words(scenario.kinds) or "no shock"
    reason = f"it can speak about {words}, and prices, wages and trade react"
    if scenario.kinds & SHORTAGES:
        reason += "; iomodel compare sets the models of shortage beside it"
    return DefaultModel(PREFERRED, reason)


# ---------------------------------------------------------------------- helpers
def _possible_defaults(scenario: Scenario, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the models that :func:`default_model` may choose, whatever the table."""
    if scenario.kinds - MODELS[PREFERRED].handles:
        return (FALLBACK,)
    return (PREFERRED, FALLBACK) if options.get("elasticities") is None else (PREFERRED,)


def _models_that_take(options: Mapping[str, Any]) -> list[str]:
    """Return the models that accept all of the options."""
    accepting = []
    for name, model in MODELS.items():
        try:
            model.read(options)
        except LabelError:
            continue
        accepting.append(name)
    return accepting


def _models_that_have(names: Set[str]) -> list[str]:
    """Return the models that have options of these names, none for no name."""
    return [name for name, model in MODELS.items() if names and names <= set(model.options)]
