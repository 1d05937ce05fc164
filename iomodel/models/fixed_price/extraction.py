r"""Hypothetical and global extraction of deliveries.

With the fraction :math:`q_{ij}` of each delivery that remains,

hypothetical [DietzenbacherLahr2013]_
    :math:`a'_{ij} = q_{ij} a_{ij}`, :math:`y'_{iu} = q_{iu} y_{iu}`. Missing inputs come from
    nowhere, so this is a demand-side linkage measure (the sales that hang on the flow), no
    shortage.
global [DietzenbacherVanBurkenKondo2019]_
    missing inputs are bought of the other origins of the same product, in proportion to their
    deliveries to that buyer: :math:`a^*_{rj} = q_{rj} a_{rj} + \tau^j_r \sum_c (1 - q_{cj})
    a_{cj}`, :math:`\sum_r \tau^j_r = 1`; for buyers without another supplier, in proportion to
    the output of the world's other producers. Primary inputs of the world, :math:`v' x^* = e' f`,
    stay as they are: it reallocates, and cannot measure a shortage.

Both answer :math:`x' = (I - A')^{-1} f'`, by a low-rank update of the base factorization.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iomodel.effects import Effects
from iomodel.models.fixed_price.closures import respond_by_closure
from iomodel.models.fixed_price.flows import delivery_limit, flows_under_cuts
from iomodel.models.fixed_price.quantities import value_added_coefficients
from iomodel.models.kinds import Choice
from iomodel.models.model import model
from iomodel.models.options import Options, option
from iomodel.scenario.policy import CUTS
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["ExtractionOptions", "extraction"]


CLOSURES = ("hypothetical", "global")
NOTES = (
    "Closure hypothetical: missing inputs come from nowhere, so it measures whose sales hang on "
    "the flow (demand side), not what a shortage would stop.",
    "Closure global: other origins replace what is missing without limit of capacity, in "
    "proportion to their deliveries; it only reallocates production.",
)
# Industries smaller than this share of world output can multiply without meaning anything.
SMALLEST = 1e-5


@dataclass(frozen=True)
class ExtractionOptions(Options):
    """Options of the model ``extraction``."""

    closure: str = option(
        "hypothetical",
        Choice(CLOSURES),
        "Closure of the plain variables: missing inputs come from nowhere, or from other origins. "
        "The headlines of both are always given.",
    )


@model("what depends on a flow: hypothetical and global extraction", CUTS)
def extraction(workbench: Workbench, scenario: Scenario, options: ExtractionOptions) -> Effects:
    """Output and GDP that depend on the deliveries a scenario stops, wholly or in part.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Embargoes, export cuts and supply cuts.

    Returns
    -------
    Effects
        Output, value added, GDP, final demand, exports and imports at base prices.

    Raises
    ------
    LabelError
        If the closure is unknown.
    SolverError
        If a residual stays above tolerance.
    """
    table, policy = workbench.table, workbench.policy(scenario)
    flows = flows_under_cuts(table, delivery_limit(policy), any_origin=True)
    solved = respond_by_closure(workbench, flows, CLOSURES, value_added_coefficients(table))
    return Effects.build(
        table,
        scenario,
        model="extraction",
        closure=options.closure,
        coords={"closure": CLOSURES},
        variables={**solved.variables(options.closure), **solved.headlines()},
        parameters={"closure": options.closure},
        diagnostics={
            **solved.diagnostics(options.closure),
            "use_met_by_new_suppliers": flows.new_supplier_use,
        },
        notes=[
            *policy.notes,
            *NOTES,
            *_largest_growth(table, solved.responses["global"].output),
            *flows.notes(),
        ],
    )


def _largest_growth(table: MRIOTable, output: Float) -> list[str]:
    """Return a sentence on the industry with the largest growth, which no capacity limits."""
    base = table.x1
    large = base >= SMALLEST * base.sum()
    growth = np.divide(output, base, out=np.zeros_like(base), where=large)
    k = int(growth.argmax())
    if growth[k] <= 1.0 + 1e-9:
        return []
    region, sector = divmod(k, table.shape[1])
    name = f"{table.regions[region]} {table.sectors[sector]}"
    return [f"Closure global asks most of {name}: {100 * (growth[k] - 1):.3g}% more output."]
