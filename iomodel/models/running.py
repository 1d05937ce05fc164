"""The one way to run a model, and the default where none is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iomodel.errors import LabelError, NotApplicableError, unknown_label
from iomodel.models.elasticities import elasticities
from iomodel.models.general_equilibrium.horizons import LONG_RUN_SET
from iomodel.models.model import Model
from iomodel.models.registry import MODELS, applicable, kinds_in_words
from iomodel.models.workbench import Workbench
from iomodel.scenario.policy import SHORTAGES

if TYPE_CHECKING:
    from iomodel.effects import Effects
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["Choice", "default_model", "model_of", "run"]

# Where no model is named: the first where it can answer, else the second.
PREFERRED, FALLBACK = "equilibrium", "leontief"


@dataclass(frozen=True)
class Choice:
    """A default model.

    Attributes
    ----------
    model : str
    reason : str
        Why, in half a sentence.
    """

    model: str
    reason: str

    @property
    def sentence(self) -> str:
        """The choice as one sentence for readers."""
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
        The baseline. A workbench shares what runs on one table have in common.
    scenario : Scenario
        The policy.
    model : str, optional
        One of :func:`available_models`. Default: that of :func:`default_model`.
    progress : callable, optional
        Told in a few words how far long work is.
    **options
        Options of the model, such as ``closure`` or ``elasticities``; ``iomodel show MODEL`` lists
        them. A default is the same whether it is named or not.

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
        Whatever the model itself refuses.
    """
    workbench = table if isinstance(table, Workbench) else Workbench(table, progress)
    name = model or default_model(workbench.table, scenario, options).model
    chosen = model_of(name, options, named=model is not None)
    silent = scenario.kinds - chosen.handles
    if silent:
        able = applicable(workbench.table, scenario)
        raise NotApplicableError(
            f"model {name} has nothing to say about {kinds_in_words(silent)} in scenario "
            f"{scenario.name!r}; models that have: {', '.join(able) or 'none'}"
        )
    return chosen(workbench, scenario, **options)


def model_of(name: str, options: Mapping[str, Any], *, named: bool = True) -> Model[Any]:
    """Return a model by name, its options checked before anything is loaded or solved.

    Raises
    ------
    LabelError
        If the model, an option or its value is unknown; where the model is the default, the message
        names models that have the option.
    """
    if name not in MODELS:
        raise unknown_label("model", name, MODELS)
    model = MODELS[name]
    try:
        model.read(options)
    except LabelError as error:
        elsewhere = [] if named else _models_that_take(options)
        if not elsewhere:
            raise
        raise LabelError(
            f"{error} (model {name} by default; name a model that has it: {', '.join(elsewhere)})"
        ) from None
    return model


def default_model(
    table: MRIOTable, scenario: Scenario, options: Mapping[str, Any] | None = None
) -> Choice:
    """Return the model for a scenario where none is named.

    ``equilibrium``, in which prices, wages and trade react, where it can speak about every kind of
    shock and knows elasticities for the table; ``leontief`` at fixed prices otherwise. Of the
    options only ``elasticities`` matters: it makes up for a table without published ones.

    Parameters
    ----------
    table : MRIOTable
    scenario : Scenario
    options : mapping, optional
        As for :func:`run`.

    Returns
    -------
    Choice
    """
    silent = scenario.kinds - MODELS[PREFERRED].handles
    if silent:
        return Choice(FALLBACK, f"{PREFERRED} has nothing to say about {kinds_in_words(silent)}")
    if (options or {}).get("elasticities") is None:
        try:
            elasticities(LONG_RUN_SET, table)
        except LabelError:
            return Choice(
                FALLBACK,
                f"{PREFERRED} needs elasticities, and none are published for the sectors of "
                f"{table.name!r}",
            )
    words = kinds_in_words(scenario.kinds) or "no shock"
    reason = f"it can speak about {words}, and prices, wages and trade react"
    if scenario.kinds & SHORTAGES:
        reason += "; iomodel compare sets the models of shortage beside it"
    return Choice(PREFERRED, reason)


# ---------------------------------------------------------------------- helpers
def _models_that_take(options: Mapping[str, Any]) -> list[str]:
    """Return the models that accept all of the options."""
    able = []
    for name, model in MODELS.items():
        try:
            model.read(options)
        except LabelError:
            continue
        able.append(name)
    return able
