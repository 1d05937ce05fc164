r"""An economy, elasticities and a shock made ready for the kernels.

What does not move while the solver iterates is worked out once: with
:math:`K_{isn} = \lambda_{isn}\hat\kappa_{isn}^{-\theta_s}`, prices, shares and sales of any
trial are products of :math:`K` with vectors, scaled on either side, and no power of a full array is
taken again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import connected_components

from iomodel.equilibrium.economy import Economy, Elasticities, Shock
from iomodel.errors import InfeasibleError, IOModelError

__all__ = ["Problem", "prepare"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

# Log of the smallest share kept: below it a flow is nothing, and denormal numbers are slow.
SMALLEST = -460.0


@dataclass(frozen=True)
class Problem:
    r"""Arrays of B scenarios or draws over one base.

    Attributes
    ----------
    base : Economy
    theta : ndarray, shape (B, S, 1)
    sigma_v, sigma_m, sigma_c : ndarray, shape (B, 1, 1)
    log_cost : ndarray, shape (B, S, I, N)
        :math:`\ln\hat\kappa`; infinite where a flow is closed.
    kernel : ndarray, shape (B, S, I, N)
        :math:`\lambda\hat\kappa^{-\theta}`, over its largest cell in each column.
    kernel_net : ndarray, shape (B, S, I, N)
        The same over :math:`1 + t'`.
    log_scale : ndarray, shape (B, S, N)
        Log of those largest cells.
    log_mean_cost : ndarray, shape (B, S, N)
        :math:`\sum_i\lambda\ln\hat\kappa`, for sectors that are Cobb-Douglas across origins.
    cobb_douglas : ndarray of bool, shape (B, S, 1)
        Which sectors these are (:math:`\theta = 0`).
    tariff : ndarray, shape (B, S, I, N)
    log_productivity, endowment : ndarray, shape (B, S, N)
    component : ndarray of int, shape (B, N)
        Which regions still trade with one another, directly or through others: wages of regions
        that do not are incomparable, and each such group has its own numeraire.
    bought : ndarray of bool, shape (S, N)
        Goods that a region buys at all.
    """

    base: Economy
    theta: Float
    sigma_v: Float
    sigma_m: Float
    sigma_c: Float
    log_cost: Float
    kernel: Float
    kernel_net: Float
    log_scale: Float
    log_mean_cost: Float
    cobb_douglas: Bool
    tariff: Float
    log_productivity: Float
    endowment: Float
    component: NDArray[np.int64]
    bought: Bool

    @property
    def batch(self) -> int:
        """Number of scenarios or draws."""
        return int(self.kernel.shape[0])

    def item(self, b: int) -> Problem:
        """Return one of them, as a batch of one."""
        return self.items(slice(b, b + 1))

    def items(self, which: slice | Sequence[int]) -> Problem:
        """Return some of them."""
        cut = {
            name: getattr(self, name)[which]
            for name in self.__dataclass_fields__
            if name not in ("base", "bought")
        }
        return Problem(base=self.base, bought=self.bought, **cut)


def prepare(base: Economy, elasticities: Elasticities, shock: Shock) -> Problem:
    """Check and broadcast the inputs of a solve.

    Parameters
    ----------
    base : Economy
    elasticities : Elasticities
    shock : Shock
        Leading axes of elasticities and shock must agree or be one.

    Returns
    -------
    Problem

    Raises
    ------
    InfeasibleError
        If a region loses every supplier of something it cannot do without.
    IOModelError
        If an elasticity or a shock is out of range.
    """
    S, N = base.shape
    parts = {
        "theta": _lead(elasticities.theta, 1),
        "sigma_v": _lead(elasticities.value_added, 0),
        "sigma_m": _lead(elasticities.inputs, 0),
        "sigma_c": _lead(elasticities.final, 0),
        "tariff": _lead(base.tariff if shock.tariff is None else shock.tariff, 3),
        "cost": _lead(_full(shock.trade_cost, (S, N, N)), 3),
        "productivity": _lead(_full(shock.productivity, (S, N)), 2),
        "endowment": _lead(_full(shock.endowment, (S, N), regional=True), 2),
    }
    B = max(len(part) for part in parts.values())
    for name, part in parts.items():
        if len(part) not in (1, B):
            raise IOModelError(f"{name} has {len(part)} draws, others have {B}; make them agree")
    _check_ranges(parts)
    theta = np.broadcast_to(parts["theta"], (B, S))[:, :, None]
    ratio = np.log1p(parts["tariff"]) - np.log1p(base.tariff)
    with np.errstate(divide="ignore"):
        log_cost = np.broadcast_to(ratio + np.log(parts["cost"]), (B, S, N, N))
        log_share = np.log(base.share)
    used: Bool = np.asarray(base.share > 0.0)
    bought: Bool = np.asarray(used.any(axis=1))
    closed = np.isposinf(log_cost) & used
    substitutes: Bool = np.asarray(theta[..., None] > 0.0)
    _check_suppliers(closed, substitutes, used, bought)
    finite_cost = np.where(np.isposinf(log_cost) | ~used, 0.0, log_cost)
    exponent = np.where(closed | ~used, -np.inf, log_share - theta[..., None] * finite_cost)
    peak = np.where(bought, exponent.max(axis=2), 0.0)
    cobb_douglas = theta == 0.0
    peak = np.where(cobb_douglas, 0.0, peak)
    relative = exponent - peak[:, :, None, :]
    kernel = np.where(relative > SMALLEST, np.exp(relative), 0.0)
    return Problem(
        base=base,
        theta=np.ascontiguousarray(theta),
        sigma_v=np.broadcast_to(parts["sigma_v"], (B,))[:, None, None],
        sigma_m=np.broadcast_to(parts["sigma_m"], (B,))[:, None, None],
        sigma_c=np.broadcast_to(parts["sigma_c"], (B,))[:, None, None],
        log_cost=log_cost,
        kernel=kernel,
        kernel_net=kernel / (1.0 + parts["tariff"]),
        log_scale=peak,
        log_mean_cost=np.einsum("sin,bsin->bsn", base.share, finite_cost),
        cobb_douglas=cobb_douglas,
        tariff=np.broadcast_to(parts["tariff"], (B, S, N, N)),
        log_productivity=np.broadcast_to(np.log(parts["productivity"]), (B, S, N)),
        endowment=np.broadcast_to(parts["endowment"], (B, S, N)),
        component=_components(kernel),
        bought=bought,
    )


# ---------------------------------------------------------------------- helpers
def _lead(array: ArrayLike, dimensions: int) -> Float:
    """Give an array a leading axis of draws, where it has none."""
    full = np.asarray(array, dtype=np.float64)
    if full.ndim not in (dimensions, dimensions + 1):
        raise IOModelError(f"an array of shape {full.shape} has too many or too few dimensions")
    return full if full.ndim == dimensions + 1 else full[None]


def _full(value: ArrayLike, shape: tuple[int, ...], regional: bool = False) -> Float:
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0 or (regional and array.ndim == 1):
        return np.broadcast_to(array, shape)
    if array.shape[-len(shape) :] != shape:
        raise IOModelError(f"a shock has shape {array.shape}; it needs {shape}, or draws of that")
    return array


def _components(kernel: Float) -> NDArray[np.int64]:
    """Label the groups of regions that trade with one another, by scenario, (B, N)."""
    linked: Bool = np.asarray((kernel > 0.0).any(axis=1))
    if linked.all():
        return np.zeros((kernel.shape[0], kernel.shape[3]), dtype=np.int64)
    return np.stack([connected_components(graph, directed=False)[1] for graph in linked]).astype(
        np.int64
    )


def _check_ranges(parts: dict[str, Float]) -> None:
    for name, lowest, what in (
        ("theta", -1.0, "theta = sigma - 1 must be finite and at least -1"),
        ("sigma_v", 0.0, "elasticities of substitution must be finite and not negative"),
        ("sigma_m", 0.0, "elasticities of substitution must be finite and not negative"),
        ("sigma_c", 0.0, "elasticities of substitution must be finite and not negative"),
    ):
        part = parts[name]
        if not (np.isfinite(part).all() and part.min() >= lowest):
            raise IOModelError(f"{name} runs from {part.min():g} to {part.max():g}; {what}")
    for name in ("cost", "productivity", "endowment"):
        if not (parts[name] > 0.0).all():
            raise IOModelError(f"{name} has a factor that is not positive; one means no change")
    if not (parts["tariff"] > -1.0).all():
        raise IOModelError("a new tariff is -100 percent or less; check the rates")


def _check_suppliers(closed: Bool, substitutes: Bool, used: Bool, bought: Bool) -> None:
    lost = bought & ~(used & ~closed).any(axis=2)
    needed = (closed & ~substitutes).any(axis=2)
    for bad, why in (
        (lost, "has no supplier left"),
        (needed, "loses an origin that cannot be replaced (theta is not positive)"),
    ):
        if bad.any():
            _, sector, region = (int(k) for k in np.argwhere(bad)[0])
            raise InfeasibleError(
                f"sector {sector} in region {region} {why}; leave a flow open, or aggregate the "
                "sectors"
            )
