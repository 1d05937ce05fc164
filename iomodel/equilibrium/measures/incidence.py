r"""Incidence of new duties: imports of the dutied products, and the buyers' share of the duty.

Over the flows of an importer on which the duty rises, weighted by their base value,

.. math::
    b_n = 1 + \frac{\sum_{is} F_{isn}\,(\ln\hat p_{isn} - \ln\hat r_n)}
    {\sum_{is} F_{isn}\,\ln\frac{1+t'_{isn}}{1+t_{isn}}},

with :math:`p` the price at the border before duty and :math:`r` the importer's mean factor reward
per employed factor: one if sellers give nothing away, zero if they bear the whole duty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.solution import Solution
from iomodel.typing import Bool, Float

__all__ = ["Incidence", "incidence"]


# Log of one plus a rate: rounding of rates read from files.
NO_DUTY = 1e-12


@dataclass(frozen=True)
class Incidence:
    """Incidence of duties by importer; NaN for importers that raise none.

    Attributes
    ----------
    levies : ndarray of bool, shape (B, N)
        Importers that raise a duty on a flow that stays open.
    imports : ndarray, shape (B, N)
        Hats of the volume of imports of all products on which they raise duties, from all origins.
    buyers_share : ndarray, shape (B, N)
        Share of the duty that buyers bear, as a fraction.
    lowers : ndarray of bool, shape (B, N)
        Importers that lower duties on other origins of the same products, as between two dates:
        their imports may rise, since the mean duty may fall.
    """

    levies: Bool
    imports: Float
    buyers_share: Float
    lowers: Bool


def incidence(solution: Solution) -> Incidence:
    """Compute the incidence of the duties that a shock raises. Eq. (55), Eq. (56).

    Parameters
    ----------
    solution : Solution

    Returns
    -------
    Incidence

    Examples
    --------
    >>> import numpy as np
    >>> import iomodel.equilibrium as ge
    >>> flow = np.array([[[80.0, 20.0], [20.0, 40.0]]])
    >>> base = ge.without_materials(flow, np.zeros_like(flow))
    >>> duty = np.array([[[0.0, 0.0], [0.1, 0.0]]])
    >>> sticky = ge.Closure("sticky")
    >>> new = ge.solve(base, ge.Elasticities(np.ones(1)), ge.Shock(tariff=duty), sticky)
    >>> bool(ge.incidence(new).imports[0, 0] < 1.0)
    True
    """
    base, flow = solution.base, solution.flow
    foreign = ~np.eye(base.shape[1], dtype=bool)
    base_flow = np.where(foreign, base.flow, 0.0)
    rise = np.log1p(solution.problem.tariff) - np.log1p(base.tariff)
    is_dutied = (rise > 0.0) & (base_flow > 0.0) & (flow > 0.0)
    weight = np.where(is_dutied, base_flow, 0.0)
    reward = solution.real_wage * solution.final_price
    relative_price = np.log(solution.border_price) - np.log(reward)[:, None, None, :]
    bought: Bool = np.asarray(is_dutied.any(axis=2))[:, :, None, :]
    is_lowered = (rise < -NO_DUTY) & (base_flow > 0.0) & bought[:, :, 0, None, :]
    volume = np.where(foreign, flow, 0.0) / solution.border_price
    axes = (1, 2)
    return Incidence(
        levies=np.asarray(is_dutied.any(axis=axes)),
        imports=_ratio((volume * bought).sum(axis=axes), (base_flow * bought).sum(axis=axes)),
        buyers_share=1.0
        + _ratio((weight * relative_price).sum(axis=axes), (weight * rise).sum(axis=axes)),
        lowers=np.asarray(is_lowered.any(axis=axes)),
    )


def _ratio(numerator: Float, denominator: Float) -> Float:
    undefined: Float = np.full(numerator.shape, np.nan)
    return np.divide(numerator, denominator, out=undefined, where=denominator > 0.0)
