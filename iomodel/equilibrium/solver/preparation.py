r"""Preparation of a problem: inputs checked and broadcast, trade costs and kernels formed.

.. math::
    \hat\kappa_{isn} = \frac{1+t'_{isn}}{1+t_{isn}}\,\frac{1+e'_{isn}}{1+e_{isn}}\,\hat d_{isn}
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse.csgraph import connected_components

from iomodel.equilibrium.economy import Economy, by_user
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.shock import Shock
from iomodel.equilibrium.solver.checks import check_ranges, check_regions, check_suppliers
from iomodel.equilibrium.solver.problem import Problem, mean_cost
from iomodel.equilibrium.solver.restrictions import Restrictions, restrictions
from iomodel.errors import IOModelError
from iomodel.typing import Bool, Component, Float

__all__ = ["prepare"]


# Log of the smallest positive share: smaller ones become zero, as denormal numbers are slow.
SMALLEST = -460.0
# Largest range of -theta times log costs over the origins of a good for which kernels are products
# of shares and powers of costs; beyond it all that a user buys could vanish beside what others buy.
LONGEST_RANGE = 200.0


def prepare(base: Economy, elasticities: Elasticities, shock: Shock) -> Problem:
    """Check and broadcast the inputs of a solve; form the trade kernels.

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
        If a region earns nothing, has no final demand, or loses every supplier of a good it cannot
        do without.
    IOModelError
        If an elasticity or a shock is out of range.
    """
    S, N = base.shape
    check_regions(base)
    caps, limit = restrictions(base, shock.quotas)
    inputs = _inputs(base, elasticities, shock) | {"limit": limit}
    B = _batch(inputs)
    check_ranges(inputs, (S, N))
    tariff, tax = inputs["tariff"], inputs["export_tax"]
    theta = np.ascontiguousarray(np.broadcast_to(inputs["theta"], (B, S))[:, :, None])
    limit = np.broadcast_to(limit, (B, caps.groups))
    log_cost = caps.close(_log_cost(base, inputs, B), limit)
    closed: Bool = np.isposinf(log_cost)
    cost = np.where(closed, 0.0, log_cost)
    used: Bool = np.asarray(by_user(base.share, N) > 0.0)
    bought: Bool = np.asarray(used.any(axis=1))
    check_suppliers(closed, theta, used, base.names)
    kernel, mix_weight, log_scale = _kernel(base, theta, cost, closed, bought)
    net = _net_of(kernel, tariff)
    received = _net_of(net, tax) if tax.any() or caps.groups else net
    cobb_douglas = theta == 0.0
    flat = (B, S, N, kernel.shape[3] * N)
    mean = mean_cost(base, cost) if cobb_douglas.any() else np.zeros((B, *base.spending.shape))
    component = _components(kernel)
    return Problem(
        base=base,
        theta=theta,
        sigma_v=_broad(inputs["sigma_v"], B, (S, N)),
        sigma_m=_broad(inputs["sigma_m"], B, (S, N)),
        sigma_c=np.broadcast_to(inputs["sigma_c"], (B, 1, 1)),
        log_cost=log_cost,
        kernel=kernel.reshape(flat),
        mix_weight=mix_weight,
        kernel_net=net.reshape(flat),
        kernel_sold=received.reshape(flat),
        log_scale=log_scale.reshape(B, S, -1),
        log_mean_cost=mean,
        cobb_douglas=cobb_douglas,
        tariff=np.broadcast_to(tariff, (B, S, N, N)),
        export_tax=np.broadcast_to(tax, (B, S, N, N)),
        log_productivity=np.broadcast_to(np.log(inputs["productivity"]), (B, S, N)),
        endowment=np.broadcast_to(inputs["endowment"], (B, S, N)),
        limit=limit,
        rent=np.zeros((B, caps.groups)),
        component=component,
        balanced=component if shock.balanced is None else np.tile(shock.balanced, (B, 1)),
        bought=bought.reshape(S, -1),
        taxed=_taxed_sectors(caps, tax),
        caps=caps,
    )


# ---------------------------------------------------------------------- helpers
def _inputs(base: Economy, elasticities: Elasticities, shock: Shock) -> dict[str, Float]:
    """Elasticities and factors of the shock, each with a leading axis of draws."""
    S, N = base.shape
    theta, sigma_v, sigma_m, sigma_c = elasticities.expanded()
    tax = base.export_tax if shock.export_tax is None else shock.export_tax
    return {
        "theta": theta,
        "sigma_v": sigma_v,
        "sigma_m": sigma_m,
        "sigma_c": sigma_c,
        "tariff": _lead(base.tariff if shock.tariff is None else shock.tariff, (S, N, N)),
        "export_tax": _lead(tax, (S, N, N)),
        "cost": _lead(shock.trade_cost, (S, N, N)),
        "productivity": _lead(shock.productivity, (S, N)),
        "endowment": _lead(shock.endowment, (S, N), regional=True),
    }


def _batch(inputs: dict[str, Float]) -> int:
    """Length of the leading axis, common to all inputs that have one."""
    B = max(len(array) for array in inputs.values())
    for name, array in inputs.items():
        if len(array) not in (1, B):
            raise IOModelError(f"{name} has {len(array)} draws, others have {B}; make them agree")
    return B


def _log_cost(base: Economy, inputs: dict[str, Float], batch: int) -> Float:
    r"""Log of the trade cost factor :math:`\hat\kappa`, (B, S, I, N): taxes and iceberg costs.

    Eq. (7).
    """
    log_cost = np.log1p(inputs["tariff"]) - base.log_tariff_factor
    # Logs of ones are left out: they take longer than all else of a small shock.
    if inputs["export_tax"].any() or np.any(base.export_tax):
        log_cost = log_cost + (np.log1p(inputs["export_tax"]) - np.log1p(base.export_tax))
    if (inputs["cost"] != 1.0).any():
        with np.errstate(divide="ignore"):
            log_cost = log_cost + np.log(inputs["cost"])
    return np.broadcast_to(log_cost, (batch, *base.tariff.shape))


def _kernel(
    base: Economy, theta: Float, cost: Float, closed: Bool, bought: Bool
) -> tuple[Float, Float | None, Float]:
    r"""Kernel :math:`\lambda\hat\kappa^{-\theta}` over a scale of each column, and the log of that.

    Eq. (46).

    Shapes (B, S, I, K, N) and (B, S, U, N), with weights of K import mixes (S, K, U, N) between
    them; K = U where there are no mixes.
    """
    share = by_user(base.share, base.shape[1])
    exponent = np.where(closed, -np.inf, -theta[..., None] * cost)
    peak = exponent.max(axis=2, keepdims=True)
    lowest = np.where(closed, np.inf, exponent).min(axis=2, keepdims=True)
    is_open = np.isfinite(peak)
    if np.subtract(peak, lowest, where=is_open, out=np.zeros_like(peak)).max() > LONGEST_RANGE:
        kernel, scale = _kernel_of_logs(share, theta, exponent, bought)
        return kernel, None, scale
    peak = np.where(is_open, peak, 0.0)
    factor = np.exp(exponent - peak)
    scale = np.broadcast_to(peak, (*peak.shape[:2], share.shape[2], peak.shape[3]))
    weight = None
    if base.mixes is not None:
        share, weight = base.mixes.share, base.mixes.weight
    kernel = share[None]
    if (factor != 1.0).any():
        kernel = share * factor[:, :, :, None, :]
    tiny = kernel < np.exp(SMALLEST)
    if kernel[tiny].any():
        kernel = np.where(tiny, 0.0, kernel)
    return np.broadcast_to(kernel, (len(factor), *share.shape)), weight, scale


def _kernel_of_logs(
    share: Float, theta: Float, cost_exponent: Float, bought: Bool
) -> tuple[Float, Float]:
    """Kernel over the largest cell of each column, and its log, by sums of logs: for any costs."""
    with np.errstate(divide="ignore"):
        exponent = np.log(share) + cost_exponent[:, :, :, None, :]
    peak = np.where(bought, exponent.max(axis=2), 0.0)
    peak = np.where((theta == 0.0)[..., None], 0.0, peak)
    exponent -= peak[:, :, None]
    return np.where(exponent > SMALLEST, np.exp(exponent), 0.0), peak


def _lead(value: ArrayLike, shape: tuple[int, ...], regional: bool = False) -> Float:
    """Give an array a leading axis of draws if it has none."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0 or (regional and array.ndim == 1):
        return np.broadcast_to(array, shape)[None]
    if array.shape[-len(shape) :] != shape or array.ndim > len(shape) + 1:
        raise IOModelError(f"a shock has shape {array.shape}; it needs {shape}, or draws of that")
    return array if array.ndim > len(shape) else array[None]


def _broad(sigma: Float, batch: int, shape: tuple[int, int]) -> Float:
    """Repeat elasticities over draws; over industries and regions only if they differ."""
    return np.broadcast_to(sigma, (batch, *((1, 1) if sigma.shape[1:] == (1, 1) else shape)))


def _net_of(kernel: Float, rate: Float) -> Float:
    """Divide a kernel by one plus the rate of a tax (B, S, I, N)."""
    net: Float = kernel / (1.0 + rate)[:, :, :, None, :] if rate.any() else kernel
    return net


def _taxed_sectors(caps: Restrictions, tax: Float) -> tuple[int, ...]:
    """Sectors with an export tax or a cap on any flow."""
    taxed: Bool = np.asarray(tax.any(axis=(0, 2, 3)))
    taxed[caps.cells[:, 0]] = True
    return tuple(np.flatnonzero(taxed).tolist())


def _components(kernel: Float) -> Component:
    """Label the groups of regions that trade with one another, by scenario, (B, N)."""
    linked: Bool = np.asarray((kernel > 0.0).any(axis=(1, 3)))
    if linked.all():
        return np.zeros((kernel.shape[0], kernel.shape[-1]), dtype=np.int64)
    labels = [connected_components(graph, directed=False)[1] for graph in linked]
    return np.stack(labels).astype(np.int64)
