"""From an economy, elasticities and a shock to a problem: checked, broadcast, kernels formed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import connected_components

from iomodel.equilibrium.economy import Economy, by_user
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.shock import Shock
from iomodel.equilibrium.solver.checks import check_ranges, check_suppliers
from iomodel.equilibrium.solver.problem import Problem, mean_cost
from iomodel.equilibrium.solver.restrictions import restrictions
from iomodel.errors import IOModelError
from iomodel.typing import Bool, Float

__all__ = ["prepare"]


# Log of the smallest share kept: below it a flow is nothing, and denormal numbers are slow.
SMALLEST = -460.0


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
    U = base.users
    old_tax = np.broadcast_to(np.asarray(base.export_tax, dtype=np.float64), (S, N, N))
    new_tax = old_tax if shock.export_tax is None else shock.export_tax
    caps, limit = restrictions(base, shock.quotas)
    theta, sigma_v, sigma_m, sigma_c = elasticities.expanded()
    parts = {
        "theta": theta,
        "sigma_v": sigma_v,
        "sigma_m": sigma_m,
        "sigma_c": sigma_c,
        "tariff": _lead(base.tariff if shock.tariff is None else shock.tariff, (S, N, N)),
        "export_tax": _lead(new_tax, (S, N, N)),
        "cost": _lead(shock.trade_cost, (S, N, N)),
        "productivity": _lead(shock.productivity, (S, N)),
        "endowment": _lead(shock.endowment, (S, N), regional=True),
        "limit": limit,
    }
    B = max(len(part) for part in parts.values())
    for name, part in parts.items():
        if len(part) not in (1, B):
            raise IOModelError(f"{name} has {len(part)} draws, others have {B}; make them agree")
    check_ranges(parts, (S, N))
    theta = np.ascontiguousarray(np.broadcast_to(theta, (B, S))[:, :, None])
    tariff, tax = parts["tariff"], parts["export_tax"]
    limit = np.broadcast_to(limit, (B, caps.groups))
    ratio = np.log1p(tariff) - np.log1p(base.tariff) + np.log1p(tax) - np.log1p(old_tax)
    with np.errstate(divide="ignore"):
        log_cost = np.broadcast_to(ratio + np.log(parts["cost"]), (B, S, N, N))
        log_share = np.log(by_user(base.share, N))
    log_cost = caps.close(log_cost, limit)
    shut: Bool = np.isposinf(log_cost)
    cost = np.where(shut, 0.0, log_cost)
    used: Bool = np.asarray(by_user(base.share, N) > 0.0)
    bought: Bool = np.asarray(used.any(axis=1))
    check_suppliers(shut, theta, used)
    exponent = log_share - (theta[..., None] * cost)[:, :, :, None, :]
    if shut.any():
        exponent = np.where(shut[:, :, :, None, :], -np.inf, exponent)
    peak = np.where(bought, exponent.max(axis=2), 0.0)
    cobb_douglas = theta == 0.0
    peak = np.where(cobb_douglas[..., None], 0.0, peak)
    exponent -= peak[:, :, None]
    kernel = np.where(exponent > SMALLEST, np.exp(exponent), 0.0)
    flat = (B, S, N, U * N)
    net, sold = _taxed(kernel, tariff), None
    if tax.any() or caps.groups:
        sold = _taxed(net, tax).reshape(flat)
    taxed = np.zeros(S, dtype=bool)
    taxed[caps.cells[:, 0]] = True
    taxed |= tax.any(axis=(0, 2, 3))
    mean = mean_cost(base, cost) if cobb_douglas.any() else np.zeros((B, S, U * N))
    return Problem(
        base=base,
        theta=theta,
        sigma_v=_broad(sigma_v, B, (S, N)),
        sigma_m=_broad(sigma_m, B, (S, N)),
        sigma_c=np.broadcast_to(sigma_c, (B, 1, 1)),
        log_cost=log_cost,
        kernel=kernel.reshape(flat),
        kernel_net=net.reshape(flat),
        kernel_sold=net.reshape(flat) if sold is None else sold,
        log_scale=peak.reshape(B, S, -1),
        log_mean_cost=mean,
        cobb_douglas=cobb_douglas,
        tariff=np.broadcast_to(tariff, (B, S, N, N)),
        export_tax=np.broadcast_to(tax, (B, S, N, N)),
        log_productivity=np.broadcast_to(np.log(parts["productivity"]), (B, S, N)),
        endowment=np.broadcast_to(parts["endowment"], (B, S, N)),
        limit=limit,
        component=_components(kernel),
        bought=bought.reshape(S, -1),
        taxed=tuple(np.flatnonzero(taxed).tolist()),
        caps=caps,
    )


# ---------------------------------------------------------------------- helpers
def _lead(value: ArrayLike, shape: tuple[int, ...], regional: bool = False) -> Float:
    """Give an array a leading axis of draws, where it has none."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0 or (regional and array.ndim == 1):
        return np.broadcast_to(array, shape)[None]
    if array.shape[-len(shape) :] != shape or array.ndim > len(shape) + 1:
        raise IOModelError(f"a shock has shape {array.shape}; it needs {shape}, or draws of that")
    return array if array.ndim > len(shape) else array[None]


def _broad(sigma: Float, batch: int, shape: tuple[int, int]) -> Float:
    """Repeat elasticities over draws; over industries and regions only where they differ."""
    return np.broadcast_to(sigma, (batch, *((1, 1) if sigma.shape[1:] == (1, 1) else shape)))


def _taxed(kernel: Float, rate: Float) -> Float:
    net: Float = kernel / (1.0 + rate)[:, :, :, None, :] if rate.any() else kernel
    return net


def _components(kernel: Float) -> NDArray[np.int64]:
    """Label the groups of regions that trade with one another, by scenario, (B, N)."""
    linked: Bool = np.asarray((kernel > 0.0).any(axis=(1, 3)))
    if linked.all():
        return np.zeros((kernel.shape[0], kernel.shape[-1]), dtype=np.int64)
    labels = [connected_components(graph, directed=False)[1] for graph in linked]
    return np.stack(labels).astype(np.int64)
