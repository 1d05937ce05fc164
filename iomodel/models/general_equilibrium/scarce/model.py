r"""Scarce inputs in general equilibrium: a nest of their own with a low elasticity, and quotas.

Every industry that buys a scarce input combines it with everything else under an elasticity
:math:`\sigma_r` of its own (:mod:`iomodel.models.general_equilibrium.scarce.nest`), in the engine
of :mod:`iomodel.equilibrium`. Cut deliveries are quotas, held by the rent that they need. In one
economy with one user the answer is the closed form [BaqaeeFarhi2019]_

.. math:: \hat q = \big[ \alpha\, e^\rho + 1 - \alpha \big]^{1/\rho}, \qquad
          \rho = \frac{\sigma_r - 1}{\sigma_r},

which falls off an edge: with :math:`\alpha = .001` and :math:`e = .2`, output loses .16 percent at
:math:`\sigma_r = 1`, .4 at .5, 11 at .2 and 57 at .1. The elasticity is the answer: sweep it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import iomodel.equilibrium as ge
from iomodel.effects import Effects
from iomodel.equilibrium.closures import LABOUR
from iomodel.equilibrium.quotas import Quotas
from iomodel.errors import NotApplicableError, unknown_label
from iomodel.models.elasticities import resolve_elasticities
from iomodel.models.general_equilibrium.equilibrium.base import economy_of
from iomodel.models.general_equilibrium.scarce.nest import nest_scarce
from iomodel.models.general_equilibrium.scarce.rent_holders import RENTS, solve_held
from iomodel.models.general_equilibrium.scarce.variables import price_multiples, scarce_variables
from iomodel.models.horizons import NESTS, Horizon, horizon_elasticities, horizon_of
from iomodel.models.options import closure_of
from iomodel.table.groups import resolve_sectors
from iomodel.typing import Bool, Float

if TYPE_CHECKING:
    import xarray as xr

    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["HANDLES", "SIGMA", "scarce"]


HANDLES = frozenset({"export_cut", "supply_cut"})
BALANCE = ("zero", "fixed")
# By horizon: the middle of .05 to .2 within a year; .5 in one to three years; 1 from five on.
SIGMA: Mapping[str, float] = {"short": 0.1, "medium": 0.5, "long": 1.0}
NOTES = (
    "Nominal values and prices are relative to world factor income, which is the numeraire.",
    "Scarce inputs have a nest of their own in every industry that buys them; the elasticity of "
    "that nest decides the result, so vary it.",
)
HELD = {
    "buyer": "What is left is sold at the old price and its scarcity earns rents in the buying "
    "region, as under licences that go with regulated prices.",
    "seller": "The seller's region earns the scarcity rent, as where licences are dear: the "
    "buyer's loss is one of real income and not of real GDP.",
}


def scarce(
    table: MRIOTable,
    scenario: Scenario,
    *,
    sigma: float | None = None,
    horizon: str = "short",
    inputs: str | tuple[str, ...] | None = None,
    rents: str = "seller",
    closure: str | None = None,
    elasticities: str | float | xr.DataArray | None = None,
    nest: str | tuple[float, float, float] | None = None,
    balance: str = "zero",
) -> Effects:
    r"""Return the effects of a cut of inputs that are hard to replace.

    Parameters
    ----------
    table : MRIOTable
        The baseline; the scarce products should be sectors of their own, as in world-2022-ree.
    scenario : Scenario
        Cuts of exports and of supplies.
    sigma : float, optional
        Elasticity :math:`\sigma_r` between scarce inputs and everything else. Default: .1, .5 or 1
        by horizon.
    horizon : {"short", "medium", "long"}
        Sets what is not given (:mod:`iomodel.models.horizons`).
    inputs : str or tuple of str, optional
        Sectors or groups that are scarce. Default: those that the scenario cuts.
    rents : {"seller", "buyer"}
        Whose region the scarcity rent of an export quota goes to. That of a supply cut stays with
        the industry's region.
    closure : {"mobile", "specific", "rigid"}, optional
        As in model equilibrium. Default: what the horizon says.
    elasticities : str, float or DataArray (sector), optional
        Trade elasticities :math:`\theta = \sigma - 1`. Default: what the horizon says.
    nest : str or (sigma_v, sigma_m, sigma_c), optional
        The other nests. Default: what the horizon says.
    balance : {"zero", "fixed"}
        Trade balances.

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
        If the scenario cuts nothing that this table trades.
    SolverError
        If no equilibrium is found to tolerance.
    """
    chosen = horizon_of(horizon)
    labour = closure_of("scarce", closure or chosen.closure, LABOUR)
    for kind, given, valid in (("holder of rents", rents, RENTS), ("balance", balance, BALANCE)):
        if given not in valid:
            raise unknown_label(kind, given, valid)
    closed = ge.Closure(labour, balance)
    policy = scenario.lower(table)
    limits = _limits(policy)
    theta, record = _theta(elasticities, table, chosen, closes=limits.closes)
    others, source = _nest(nest or chosen.nest)
    value = SIGMA[horizon] if sigma is None else float(sigma)
    names = _scarce(table, inputs, limits)
    start = economy_of(table, policy.tariff_observed)
    nested = nest_scarce(start, np.isin(table.sectors, names))
    elastic = nested.elasticities(theta, others, value)
    base, rebased = ge.rebase(nested.economy, elastic, ge.Closure(balance=balance))
    shock = ge.Shock(quotas=limits.quotas())
    found = solve_held(base, elastic, shock, closed, flows=limits.capped, rents=rents)
    return Effects.build(
        table,
        scenario,
        model="scarce",
        closure=labour,
        variables=scarce_variables(table, start.flow, nested, found),
        parameters={
            "sigma": {"value": value, "scarce": names},
            "horizon": horizon,
            "rents": rents,
            "elasticities": record,
            "nest": {"value": list(others), "citation": source},
            "closure": labour,
            "balance": balance,
        },
        diagnostics={
            **asdict(found.solution.certificate),
            "residual": max(found.solution.certificate.worst, found.residual),
            "rebasing": asdict(rebased.certificate),
            "scarcity_price_multiple": price_multiples(table, found.solution),
        },
        notes=[*policy.notes, *NOTES, HELD[rents]],
    )


# ---------------------------------------------------------------------- what is asked
@dataclass(frozen=True)
class _Limits:
    """What may still be delivered and made, as fractions of the base; infinity for no cap.

    Attributes
    ----------
    flows : ndarray, shape (S, R, R)
        Sector, exporter, importer.
    output : ndarray, shape (S, R)
    """

    flows: Float
    output: Float

    @property
    def sectors(self) -> Bool:
        """Sectors that are cut anywhere."""
        cut = np.isfinite(self.flows).any(axis=(1, 2)) | np.isfinite(self.output).any(axis=1)
        return np.asarray(cut, dtype=np.bool_)

    @property
    def closes(self) -> bool:
        """Whether a flow closes altogether."""
        return bool((self.flows == 0.0).any() or (self.output == 0.0).any())

    @property
    def capped(self) -> int:
        """Number of capped flows; their groups come before those of output."""
        return int(np.isfinite(self.flows).sum())

    def quotas(self) -> Quotas:
        """Return the caps for the engine, those of flows first."""
        flows = Quotas.on_flows(self.flows)
        if not np.isfinite(self.output).any():
            return flows
        return flows.together(Quotas.on_output(self.output))


def _limits(policy: PolicyArrays) -> _Limits:
    flows = policy.delivered.transpose(1, 0, 2)
    return _Limits(
        np.where(flows < 1.0, flows, np.inf), np.where(policy.supply < 1.0, policy.supply, np.inf).T
    )


def _scarce(table: MRIOTable, inputs: str | tuple[str, ...] | None, limits: _Limits) -> list[str]:
    """Return the sectors that are scarce."""
    if inputs is not None:
        return resolve_sectors(inputs, table.sectors, str(table.attrs["classification"]))
    names = [s for s, cut in zip(table.sectors, limits.sectors, strict=True) if cut]
    if not names:
        raise NotApplicableError(
            "the scenario cuts nothing; name the scarce sectors (inputs) or another scenario"
        )
    return names


def _theta(
    given: str | float | xr.DataArray | None, table: MRIOTable, horizon: Horizon, *, closes: bool
) -> tuple[Float, dict[str, Any]]:
    if given is not None:
        return resolve_elasticities(given, table)
    return horizon_elasticities(horizon, table, closes=closes)


def _nest(nest: str | tuple[float, float, float]) -> tuple[tuple[float, float, float], str]:
    if isinstance(nest, str):
        if nest not in NESTS:
            raise unknown_label("nest", nest, NESTS)
        return NESTS[nest]
    first, second, third = (float(value) for value in nest)
    return (first, second, third), ""
