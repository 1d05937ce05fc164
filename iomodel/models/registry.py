"""The models by name: what each answers, and what it can speak about."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iomodel.models.fixed_price.extraction import CLOSURES as EXTRACTION_CLOSURES
from iomodel.models.fixed_price.extraction import extraction
from iomodel.models.fixed_price.ghosh import ghosh
from iomodel.models.fixed_price.leontief import CLOSURES as LEONTIEF_CLOSURES
from iomodel.models.fixed_price.leontief import leontief
from iomodel.models.fixed_price.mixed import mixed
from iomodel.models.fixed_price.price import price
from iomodel.models.general_equilibrium.equilibrium import CLOSURES as EQUILIBRIUM_CLOSURES
from iomodel.models.general_equilibrium.equilibrium import HANDLES as EQUILIBRIUM_HANDLES
from iomodel.models.general_equilibrium.equilibrium import equilibrium
from iomodel.models.general_equilibrium.scarce import HANDLES as SCARCE_HANDLES
from iomodel.models.general_equilibrium.scarce import scarce
from iomodel.models.long_run.diffusion import HANDLES as DIFFUSION_HANDLES
from iomodel.models.long_run.diffusion import diffusion
from iomodel.models.shortage.bottleneck import CLOSURES as BOTTLENECK_CLOSURES
from iomodel.models.shortage.bottleneck import bottleneck
from iomodel.models.shortage.inventories import inventories
from iomodel.models.shortage.ratings import is_rated
from iomodel.models.shortage.rationing import CLOSURES as RATIONING_CLOSURES
from iomodel.models.shortage.rationing import rationing
from iomodel.scenario.policy import KINDS

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.effects import Effects
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["CUTS", "MODELS", "SHORTAGES", "ModelSpec", "applicable", "available_models"]

SHORTAGES = frozenset({"export_cut", "content_control", "supply_cut"})
CUTS = SHORTAGES | {"embargo"}


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
    knows : callable
        Whether it has the data that it needs by default for a table; where not, they are options.
    on_request : bool
        Whether it takes so long, or answers so different a question, that it runs only by name.
    """

    name: str
    function: Callable[..., Effects]
    summary: str
    handles: frozenset[str]
    closures: tuple[str, ...] = ()
    knows: Callable[[MRIOTable], bool] = lambda table: True
    on_request: bool = False

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
            "general equilibrium: prices, wages and trade react to tariffs, costs, cuts, embargoes",
            EQUILIBRIUM_HANDLES,
            EQUILIBRIUM_CLOSURES,
        ),
        ModelSpec(
            "scarce",
            scarce,
            "general equilibrium with scarce inputs in a nest of their own, hard to replace",
            SCARCE_HANDLES,
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
        ModelSpec(
            "bottleneck",
            bottleneck,
            "least substitution: critical inputs bind",
            CUTS,
            BOTTLENECK_CLOSURES,
            is_rated,
        ),
        ModelSpec(
            "rationing",
            rationing,
            "best allocation of what is scarce, with shadow prices, and rules beside it",
            CUTS,
            RATIONING_CLOSURES,
            is_rated,
        ),
        ModelSpec(
            "inventories",
            inventories,
            "the path in time: stocks, orders, rationing, dated policies",
            CUTS | {"demand"},
            knows=is_rated,
        ),
        ModelSpec(
            "diffusion",
            diffusion,
            "the long run: ideas travel with trade, year by year against a growing baseline",
            DIFFUSION_HANDLES,
            on_request=True,
        ),
    )
}


def applicable(table: MRIOTable, scenario: Scenario) -> list[str]:
    """Return the models that can speak about every kind of shock in a scenario.

    Parameters
    ----------
    table : MRIOTable
        The baseline; some models need data that are known for some sectors only.
    scenario : Scenario

    Returns
    -------
    list of str
        In the order of :func:`available_models`, without those that run on request only. One of
        them may still find no feasible answer.
    """
    return [
        name
        for name, spec in MODELS.items()
        if scenario.kinds <= spec.handles and spec.knows(table) and not spec.on_request
    ]


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
