"""The one way to run a model, and which one is taken where none is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from iomodel.errors import LabelError, NotApplicableError, unknown_label
from iomodel.models.elasticities import elasticities
from iomodel.models.horizons import LONG_RUN_SET
from iomodel.models.registry import MODELS, SHORTAGES, ModelSpec, applicable

if TYPE_CHECKING:
    from iomodel.effects import Effects
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["Choice", "default_model", "run"]

# Asked in this order where a user names no model; the last one is taken whatever it lacks.
PREFERRED = ("equilibrium", "leontief")


# Options of the equilibrium that say how far everybody has adjusted.
ADJUSTMENT = frozenset({"horizon", "closure", "elasticities", "nest"})


@dataclass(frozen=True)
class Choice:
    """A model taken because none was named.

    Attributes
    ----------
    model : str
    reason : str
        Why, in half a sentence.
    options : mapping
        Options that come with it.
    """

    model: str
    reason: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The choice as one sentence for readers."""
        return f"Model {self.model} by default: {self.reason}."


def run(table: MRIOTable, scenario: Scenario, model: str | None = None, **options: Any) -> Effects:
    """Run one model on a table and a scenario.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        What happens.
    model : str, optional
        One of :func:`available_models`. Default: what :func:`default_model` chooses; the notes of
        the effects say which and why.
    **options
        Options of the model, such as ``closure`` or ``elasticities``.

    Returns
    -------
    Effects

    Raises
    ------
    LabelError
        If the model, an option or a label is unknown.
    NotApplicableError
        If the model has nothing to say about a kind of shock; the message names those that have.
    IOModelError
        Whatever the model itself refuses.
    """
    if model is None:
        choice = default_model(table, scenario, options)
        chosen = {**choice.options, **options}
        return run(table, scenario, choice.model, **chosen).noted(choice.sentence)
    if model not in MODELS:
        raise unknown_label("model", model, MODELS)
    spec = MODELS[model]
    strange = [name for name in options if name not in spec.options]
    if strange:
        raise unknown_label(f"option of model {model}", strange[0], spec.options)
    beyond = sorted(scenario.kinds - spec.handles)
    if beyond:
        able = applicable(table, scenario)
        raise NotApplicableError(
            f"model {model} has nothing to say about {_words(beyond)} in scenario "
            f"{scenario.name!r}; models that have: {', '.join(able) or 'none'}"
        )
    return spec.function(table, scenario, **options)


def default_model(
    table: MRIOTable, scenario: Scenario, options: Mapping[str, Any] | None = None
) -> Choice:
    """Choose the model for a scenario where the user names none.

    ``equilibrium``, in which prices, wages and trade react, where it can speak about every kind of
    shock and knows the options given; ``leontief`` at fixed prices otherwise. Where all shocks
    withhold supplies the horizon is the short one: what is withheld is missed now, not after ten
    years in which everybody has found something else.

    Parameters
    ----------
    table : MRIOTable
        Must have published trade elasticities where `options` give none.
    scenario : Scenario
    options : mapping, optional
        Options that the model must know, as for :func:`run`.

    Returns
    -------
    Choice
    """
    first, last = PREFERRED
    obstacle = _obstacle(MODELS[first], table, scenario, options or {})
    if obstacle:
        return Choice(last, f"{first} {obstacle}")
    kinds = _words(sorted(scenario.kinds)) or "no shock"
    reason = f"it can speak about {kinds}, and prices, wages and trade react"
    chosen: dict[str, Any] = {}
    if scenario.kinds and scenario.kinds <= SHORTAGES and not ADJUSTMENT & set(options or {}):
        chosen["horizon"] = "short"
        reason += ", within a year"
    if scenario.kinds & SHORTAGES:
        reason += "; iomodel compare sets the models of shortage beside it"
    return Choice(first, reason, chosen)


def _obstacle(
    spec: ModelSpec, table: MRIOTable, scenario: Scenario, options: Mapping[str, Any]
) -> str:
    """Say what keeps a model from answering, empty where nothing does."""
    beyond = sorted(scenario.kinds - spec.handles)
    if beyond:
        return f"has nothing to say about {_words(beyond)}"
    strange = [name for name in options if name not in spec.options]
    if strange:
        return f"has no option {strange[0]!r}"
    closure = options.get("closure")
    if closure is not None and closure not in spec.closures:
        return f"has no closure {closure!r}"
    if options.get("elasticities") is None:
        try:
            elasticities(LONG_RUN_SET, table)
        except LabelError:
            return f"needs elasticities, and none are published for the sectors of {table.name!r}"
    return ""


def _words(kinds: Iterable[str]) -> str:
    return ", ".join(kind.replace("_", " ") for kind in kinds)
