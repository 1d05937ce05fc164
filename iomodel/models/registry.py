"""The models by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from iomodel.models.fixed_price.extraction import extraction
from iomodel.models.fixed_price.ghosh import ghosh
from iomodel.models.fixed_price.leontief import leontief
from iomodel.models.fixed_price.mixed import mixed
from iomodel.models.fixed_price.price import price
from iomodel.models.general_equilibrium.equilibrium import equilibrium
from iomodel.models.general_equilibrium.scarce import scarce
from iomodel.models.long_run.diffusion import diffusion
from iomodel.models.model import Model
from iomodel.models.shortage.bottleneck import bottleneck
from iomodel.models.shortage.inventories import inventories
from iomodel.models.shortage.rationing import rationing
from iomodel.scenario.policy import KINDS

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["MODELS", "applicable", "available_models", "kinds_in_words", "obstacle"]

MODELS: Mapping[str, Model[Any]] = {
    model.name: model
    for model in (
        leontief,
        price,
        extraction,
        equilibrium,
        scarce,
        ghosh,
        mixed,
        bottleneck,
        rationing,
        inventories,
        diffusion,
    )
}


def obstacle(model: Model[Any], table: MRIOTable, scenario: Scenario) -> str:
    """Return the reason why a model is not run by default, empty if it is."""
    unsupported = scenario.kinds - model.handles
    if unsupported:
        return f"has nothing to say about {kinds_in_words(unsupported)}"
    if not model.knows(table):
        return f"knows no ratings of inputs for the sectors of table {table.name!r}"
    if model.on_request:
        return "runs by name only"
    return ""


def applicable(table: MRIOTable, scenario: Scenario) -> list[str]:
    """Return the models that can speak about every kind of shock in a scenario.

    Parameters
    ----------
    table : MRIOTable
        The baseline; some models need data that exist for some sectors only.
    scenario : Scenario

    Returns
    -------
    list of str
        In the order of :func:`available_models`, without those that run on request only. One of
        them may still find no feasible answer.
    """
    return [name for name, model in MODELS.items() if not obstacle(model, table, scenario)]


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
            "name": model.name,
            "summary": model.summary,
            "handles": "all" if model.handles == KINDS else ", ".join(sorted(model.handles)),
            "closures": ", ".join(model.closures) or "one",
            "options": ", ".join(model.options),
        }
        for model in MODELS.values()
    ]
    return pd.DataFrame(rows)


def kinds_in_words(kinds: frozenset[str]) -> str:
    """Return kinds of policy as a list of words."""
    return ", ".join(kind.replace("_", " ") for kind in sorted(kinds))
