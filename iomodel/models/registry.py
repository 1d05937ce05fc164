"""The models by name: what each answers, what it can speak about, and the one way to run them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iomodel.errors import NotApplicableError, unknown_label
from iomodel.models.equilibrium import CLOSURES as EQUILIBRIUM_CLOSURES
from iomodel.models.equilibrium import HANDLES as EQUILIBRIUM_HANDLES
from iomodel.models.equilibrium import equilibrium
from iomodel.models.extraction import CLOSURES as EXTRACTION_CLOSURES
from iomodel.models.extraction import extraction
from iomodel.models.ghosh import ghosh
from iomodel.models.leontief import CLOSURES as LEONTIEF_CLOSURES
from iomodel.models.leontief import leontief
from iomodel.models.mixed import mixed
from iomodel.models.price import price
from iomodel.scenario.policy import KINDS

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.effects import Effects
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["MODELS", "ModelSpec", "applicable", "available_models", "run"]

CUTS = frozenset({"embargo", "export_cut", "content_control", "supply_cut"})


@dataclass(frozen=True)
class ModelSpec:
    """One model.

    Attributes
    ----------
    name : str
        Name for :func:`run`.
    function : callable
        ``function(table, scenario, **options) -> Effects``.
    summary : str
        What it answers, in one line.
    handles : frozenset of str
        Kinds of policy that it can speak about.
    closures : tuple of str
        Values of its option ``closure``, the default first; empty where it has one closure only.
    """

    name: str
    function: Callable[..., Effects]
    summary: str
    handles: frozenset[str]
    closures: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """Names of its options."""
        return tuple(inspect.signature(self.function).parameters)[2:]


MODELS: Mapping[str, ModelSpec] = {
    spec.name: spec
    for spec in (
        ModelSpec(
            "leontief",
            leontief,
            "demand side at fixed prices: lost exports and diverted demand",
            KINDS,
            LEONTIEF_CLOSURES,
        ),
        ModelSpec(
            "price",
            price,
            "cost push: who pays a tariff, directly and cascading through chains",
            frozenset({"tariff", "trade_cost", "productivity"}),
        ),
        ModelSpec(
            "extraction",
            extraction,
            "what depends on a flow: hypothetical and global extraction",
            CUTS,
            EXTRACTION_CLOSURES,
        ),
        ModelSpec(
            "equilibrium",
            equilibrium,
            "general equilibrium: prices, wages and trade react to tariffs, costs and embargoes",
            EQUILIBRIUM_HANDLES,
            EQUILIBRIUM_CLOSURES,
        ),
        ModelSpec(
            "ghosh",
            ghosh,
            "supply-driven comparator: effects downstream, with known limits",
            CUTS,
        ),
        ModelSpec(
            "mixed",
            mixed,
            "supply-constrained industries: effects upstream, final demand absorbs the loss",
            # Not content rules: who may not deliver under one sells elsewhere, so that output is
            # not given.
            frozenset({"export_cut", "supply_cut"}),
        ),
    )
}


def run(table: MRIOTable, scenario: Scenario, model: str = "leontief", **options: Any) -> Effects:
    """Run one model on a table and a scenario.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        What happens.
    model : str
        One of :func:`available_models`.
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


def applicable(table: MRIOTable, scenario: Scenario) -> list[str]:
    """Return the models that can speak about every kind of shock in a scenario.

    Parameters
    ----------
    table : MRIOTable
        The baseline. It is there for models that need more than the accounts hold.
    scenario : Scenario

    Returns
    -------
    list of str
        In the order of :func:`available_models`. One of them may still find no feasible answer.
    """
    return [name for name, spec in MODELS.items() if scenario.kinds <= spec.handles]


def available_models() -> pd.DataFrame:
    """List the models.

    Returns
    -------
    pandas.DataFrame
        Columns ``name``, ``summary``, ``handles``, ``closures`` and ``options``, as text.
    """
    import pandas as pd

    rows = [
        {
            "name": spec.name,
            "summary": spec.summary,
            "handles": "all" if spec.handles == KINDS else ", ".join(sorted(spec.handles)),
            "closures": ", ".join(spec.closures) or "one",
            "options": ", ".join(o for o in spec.options if o != "system"),
        }
        for spec in MODELS.values()
    ]
    return pd.DataFrame(rows)


def _words(kinds: list[str]) -> str:
    return ", ".join(kind.replace("_", " ") for kind in kinds)
