"""Bands of the short run: headline variables at each elasticity of substitution across origins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

import iomodel.equilibrium as ge
from iomodel.errors import InfeasibleError
from iomodel.models.general_equilibrium.adjustment import Adjustment
from iomodel.models.general_equilibrium.lowering import shock_of, table_industries
from iomodel.typing import BY_INDUSTRY, BY_REGION, Float, Variables

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays

__all__ = ["SigmaBand", "sigma_band"]


# Ends of a band are printed to two decimals: half of the last, in percentage points.
END_ERROR_POINTS = 5e-3


@dataclass(frozen=True)
class SigmaBand:
    """Headline variables by sigma, all empty where the elasticities are no band.

    Attributes
    ----------
    variables : dict of str to (dims, ndarray)
        With a dimension ``sigma`` in front.
    coords, parameters : dict
        For the effects.
    notes : list of str
    """

    variables: Variables = field(default_factory=dict)
    coords: dict[str, list[float]] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def sigma_band(
    adjustment: Adjustment,
    base: ge.Economy,
    policy: PolicyArrays,
    central: ge.GDPChain,
    *,
    links: int | None,
) -> SigmaBand:
    """Solve at the other elasticities of the horizon's band.

    Parameters
    ----------
    adjustment : Adjustment
    base : Economy
    policy : PolicyArrays
        If it closes or withholds deliveries, the band stands alone, without a number.
    central : GDPChain
        Of the horizon's own elasticity.
    links : int, optional
        Of the chain of real GDP.

    Returns
    -------
    SigmaBand

    Raises
    ------
    InfeasibleError
        If an end has no equilibrium; names its sigma.
    """
    if not adjustment.sigmas:
        return SigmaBand()
    closure = central.solution.closure

    def chain(sigma: float) -> ge.GDPChain:
        if sigma - 1.0 == adjustment.theta[0]:
            return central
        # Each end by itself: it takes as many links as it needs.
        try:
            return ge.gdp_chain(
                base,
                ge.Elasticities(np.full_like(adjustment.theta, sigma - 1.0), *adjustment.nest),
                shock_of(policy),
                closure,
                start=central.solution,
                links=links,
                error_points=END_ERROR_POINTS,
            )
        except InfeasibleError as error:
            raise InfeasibleError(
                f"at sigma {sigma:g} across origins, an end of the band: {error}"
            ) from error

    chains = [chain(sigma) for sigma in adjustment.sigmas]
    changes = [_changes(chain) for chain in chains]
    variables: Variables = {
        f"{name}_by_sigma": (
            ("sigma", *(BY_INDUSTRY if cells.ndim == 2 else BY_REGION)),
            np.stack([change[name] for change in changes]),
        )
        for name, cells in changes[0].items()
    }
    sigmas = [float(sigma) for sigma in adjustment.sigmas]
    notes = [
        f"Low and high are the ends of the band over sigma {', '.join(f'{s:g}' for s in sigmas)} "
        "across origins: after one year estimates are .76 for ordinary duties and about 2.5 for "
        "targeted ones."
    ]
    if policy.withholds:
        notes.append(
            "Losses from closed or withheld deliveries go with 1/(sigma - 1): within a year they "
            "are a band and no number."
        )
    return SigmaBand(
        variables,
        {"sigma": sigmas},
        {"band": {"sigma": sigmas, "alone": policy.withholds}},
        notes,
    )


def _changes(chain: ge.GDPChain) -> dict[str, Float]:
    """Return the variables of a band in percent."""
    solution = chain.solution
    hats = {
        "gdp_pct": chain.hat[0],
        "real_income_pct": solution.real_income[0],
        "gni_pct": solution.real_national_income[0],
        "consumer_price_pct": solution.final_price[0],
    }
    if solution.closure.fixes_spending:
        hats["employment_pct"] = table_industries(solution.employment[0])
    return {name: 100.0 * (hat - 1.0) for name, hat in hats.items()}
