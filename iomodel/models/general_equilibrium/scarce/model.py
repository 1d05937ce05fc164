r"""Scarce inputs in general equilibrium: a nest of their own with a low elasticity, and quotas.

Every industry that buys a scarce input combines it with everything else under an elasticity
:math:`\sigma_r` of its own (:mod:`iomodel.models.general_equilibrium.scarce.nest`), in the engine
of :mod:`iomodel.equilibrium`. Cut deliveries are quotas, held by the rent that they need. In one
economy with one user the answer is the closed form [BaqaeeFarhi2019]_

.. math:: \hat q = \big[ \alpha\, e^\rho + 1 - \alpha \big]^{1/\rho}, \qquad
          \rho = \frac{\sigma_r - 1}{\sigma_r},

and output falls off an edge: with :math:`\alpha = .001` and :math:`e = .2` it loses .16 percent at
:math:`\sigma_r = 1`, .4 at .5, 11 at .2 and 57 at .1. The elasticity is the answer: sweep it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

import iomodel.equilibrium as ge
from iomodel.effects import Effects
from iomodel.errors import NotApplicableError
from iomodel.models.general_equilibrium.adjustment import AdjustmentOptions, adjustment_of
from iomodel.models.general_equilibrium.base_shift import base_shift_note
from iomodel.models.general_equilibrium.base_year import base_year
from iomodel.models.general_equilibrium.horizons import SCARCE_HORIZONS
from iomodel.models.general_equilibrium.incidence_checks import refuse_overemployment
from iomodel.models.general_equilibrium.lowering import shock_of
from iomodel.models.general_equilibrium.rent_notes import rent_notes
from iomodel.models.general_equilibrium.scarce.nest import nest_scarce
from iomodel.models.general_equilibrium.scarce.variables import price_multiples, scarce_variables
from iomodel.models.kinds import Choice, Names, Number
from iomodel.models.model import model
from iomodel.models.options import option
from iomodel.table.groups import resolve_sectors

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["SIGMA", "ScarceOptions", "scarce"]

# By horizon: the middle of .05 to .2 within a year; .5 in one to three years; 1 from five on.
SIGMA: Mapping[str, float] = {"short": 0.1, "medium": 0.5, "long": 1.0, "steady": 1.0}
NOTES = (
    "Nominal values and prices are relative to world factor income, which is the numeraire.",
    "Scarce inputs have a nest of their own in every industry that buys them; the elasticity of "
    "that nest decides the result, so vary it.",
)
# Of the rent: of the sellers' region, of the buyers'.
RENTS: Mapping[str, tuple[float, float]] = {"seller": (1.0, 0.0), "buyer": (0.0, 1.0)}


@dataclass(frozen=True)
class ScarceOptions(AdjustmentOptions):
    """Options of the model ``scarce``."""

    sigma: float | None = option(
        None,
        Number(above=0.0),
        "Elasticity of substitution between scarce inputs and everything else. Default by horizon: "
        ".1 short, .5 medium, 1 long and steady.",
        unit="1",
    )
    inputs: str | tuple[str, ...] | None = option(
        None,
        Names("sectors"),
        "Scarce sectors. Default: those that the scenario cuts.",
    )
    rents: str | None = option(
        None,
        Choice(tuple(RENTS)),
        "Region of the scarcity rent of every export quota. Default: that of the scenario, cut by "
        "cut. The rent of a supply cut stays with the industry's region.",
    )


@model(
    "general equilibrium with scarce inputs in a nest of their own, hard to replace",
    frozenset({"export_cut", "supply_cut"}),
)
def scarce(workbench: Workbench, scenario: Scenario, options: ScarceOptions) -> Effects:
    r"""Effects of a cut of inputs that are hard to replace.

    Parameters
    ----------
    table : MRIOTable
        The baseline; the scarce products should be sectors of their own, as in world-2022-ree.
    scenario : Scenario
        Cuts of exports and of supplies.

    Returns
    -------
    Effects
        Real income, prices, output and trade. Not real GDP: chained volumes lose their way where
        prices rise a thousandfold, and real income is exact.

    Raises
    ------
    LabelError
        If a name is unknown.
    NotApplicableError
        If the scenario cuts nothing that this table trades, or rigid wages would employ more in an
        industry than there are.
    SolverError
        If no equilibrium is found to tolerance.
    """
    table, policy = workbench.table, _with_rents(workbench.policy(scenario), options.rents)
    names = _scarce_sectors(table, options.inputs, policy)
    adjustment = adjustment_of(workbench, scenario, options, SCARCE_HORIZONS)
    sigma = SIGMA[adjustment.horizon.name] if options.sigma is None else options.sigma
    start = base_year(workbench, policy, adjustment.base, ge.Closure(balance=options.balance))
    economy = adjustment.economy(start.economy, table)
    nested = nest_scarce(economy, np.isin(table.sectors, names))
    elasticities = nested.elasticities(adjustment.theta, adjustment.nest, sigma)
    solution = ge.solve(
        nested.economy,
        elasticities,
        shock_of(policy, untraded=len(nested.users)),
        ge.Closure(adjustment.closure, options.balance),
    )
    refuse_overemployment(solution)
    return Effects.build(
        table,
        scenario,
        model="scarce",
        closure=adjustment.closure,
        variables=scarce_variables(start.observed, nested, solution),
        parameters={
            **adjustment.record,
            "sigma": {"value": sigma, "scarce": names},
            "rents": options.rents or "by cut",
            "balance": options.balance,
        },
        diagnostics={
            **asdict(solution.certificate),
            "residual": solution.certificate.worst,
            "rebasing": asdict(start.rebased.certificate),
            "scarcity_price_multiple": price_multiples(table, solution),
        },
        notes=[
            adjustment.note,
            *policy.notes,
            *NOTES,
            *rent_notes(policy),
            *base_shift_note(start.economy, start.observed, table.regions),
        ],
    )


# ---------------------------------------------------------------------- helpers
def _with_rents(policy: PolicyArrays, holder: str | None) -> PolicyArrays:
    """Give the rents of all restricted flows to one side, or leave them as the policy has them."""
    if holder is None:
        return policy
    sellers, buyers = (np.full_like(policy.delivered, share) for share in RENTS[holder])
    return replace(policy, seller_share=sellers, buyer_share=buyers)


def _scarce_sectors(
    table: MRIOTable, inputs: str | tuple[str, ...] | None, policy: PolicyArrays
) -> list[str]:
    """Return the scarce sectors: those named, else those that are cut anywhere."""
    if inputs is not None:
        return resolve_sectors(inputs, table.sectors, str(table.attrs["classification"]))
    is_cut = (policy.delivered < 1.0).any(axis=(0, 2)) | (policy.supply < 1.0).any(axis=0)
    names = [table.sectors[k] for k in np.flatnonzero(is_cut).tolist()]
    if not names:
        raise NotApplicableError(
            "the scenario cuts nothing; name the scarce sectors (inputs) or another scenario"
        )
    return names
