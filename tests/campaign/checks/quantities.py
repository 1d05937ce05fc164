r"""Models at fixed prices against their formulas in plain NumPy [MillerBlair2009]_.

The arrays of the policy are written beside the scenario (:mod:`tests.campaign.generators`), so that
the lowering of shocks is compared too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from iomodel.effects import Effects
from iomodel.errors import InfeasibleError, IOModelError, NonProductiveError
from iomodel.models import run
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float
from tests.campaign.generators import PlainPolicy, draw_policy, draw_table
from tests.campaign.outcomes import RIGHT, Outcome, refused, wrong

CUTS = ("embargo", "export_cut", "supply_cut")
# Relative to the largest value of the answer; column sums of A stay 0.3 below one, so that the
# condition number is small (below 2 / 0.3 times the ratio of outputs).
CLOSE = 1e-9


def check(seed: int) -> Outcome:
    """Run one model on a random table and scenario, and compute the same by its formula."""
    rng = np.random.default_rng(seed)
    table = draw_table(rng)
    model = str(rng.choice(list(COMPARISONS)))
    compare, kinds = COMPARISONS[model]
    policy = draw_policy(rng, table, kinds)
    words = compare(table, policy)
    return words if isinstance(words, Outcome) else (wrong(f"{model}: {words}") if words else RIGHT)


def _lost_and_diverted(table: MRIOTable, policy: PlainPolicy) -> Outcome | str:
    """Open Leontief model under both closures; cuts only divert in proportion to base sales."""
    R, S = table.shape
    limit = policy.delivered * policy.supply[:, :, None]
    A, Y = table.A2.reshape(R, S, R, S), table.Y.values
    for closure in ("lost", "diverted"):
        try:
            effects = run(table, policy.scenario, "leontief", closure=closure)
        except NonProductiveError as error:
            return _unproductive(table, policy, error)
        new_A, positive = A * limit[..., None], np.maximum(Y, 0.0)
        new_Y = positive * limit[..., None]
        if closure == "diverted":
            new_A, new_Y = _diverted(A, limit), _diverted(positive, limit)
        new_A = new_A / policy.productivity
        f = ((new_Y + np.minimum(Y, 0.0)) * policy.demand).sum(axis=(2, 3)).reshape(-1)
        x = np.linalg.solve(np.eye(table.n) - new_A.reshape(table.n, table.n), f)
        if words := _output_fault(effects, x):
            return f"{closure}: {words}"
        intensity = table.value_added.values / np.where(table.x.values > 0, table.x.values, 1.0)
        gdp = (intensity / policy.productivity * x.reshape(R, S)).sum(axis=1)
        scale = max(float(np.abs(gdp).max()), 1e-3 * float(np.abs(effects["gdp_base"]).max()))
        if words := _fault("GDP", effects["gdp_new"].values, gdp, scale):
            return f"{closure}: {words}"
    return ""


def _unproductive(table: MRIOTable, policy: PlainPolicy, error: IOModelError) -> Outcome:
    """Accept a refusal if lower productivity can make some technology not productive."""
    radius = np.abs(np.linalg.eigvals(table.A2 / policy.productivity.reshape(-1))).max()
    return refused(error) if radius > 0.9 else wrong(f"productive, but refused: {error}")


def _diverted(cells: Float, limit: Float) -> Float:
    """Purchases (R, S, R, C) with the uncut origins delivering what others no longer do."""
    q = limit[..., None]
    uncut = np.where(q >= 1.0, cells, 0.0)
    remaining = np.where(q < 1.0, cells * q, 0.0)
    uncut_sum, needed = uncut.sum(axis=0), (cells - remaining).sum(axis=0)
    growth = np.divide(needed, uncut_sum, out=np.zeros_like(needed), where=uncut_sum > 0.0)
    new: Float = remaining + uncut * growth
    return new


def _extraction(table: MRIOTable, policy: PlainPolicy) -> Outcome | str:
    R, S = table.shape
    limit = (policy.delivered * policy.supply[:, :, None])[..., None]
    A, Y = table.A2.reshape(R, S, R, S) * limit, table.Y.values
    f = (np.maximum(Y, 0.0) * limit + np.minimum(Y, 0.0)).sum(axis=(2, 3)).reshape(-1)
    x = np.linalg.solve(np.eye(table.n) - A.reshape(table.n, table.n), f)
    return _output_fault(run(table, policy.scenario, "extraction"), x)


def _ghosh(table: MRIOTable, policy: PlainPolicy) -> Outcome | str:
    """Supply-driven model: x' = v' (I - B)^-1, allocation coefficients cut by delivery."""
    R, S = table.shape
    x = table.x1
    Z = table.Z2.reshape(R, S, R, S)
    allocation = (Z * policy.delivered[..., None]).reshape(table.n, -1)
    B = np.divide(allocation, x[:, None], out=np.zeros_like(allocation), where=x[:, None] > 0)
    primary = (x - table.Z2.sum(axis=0)) * policy.supply.reshape(-1)
    new = np.linalg.solve(np.eye(table.n) - B.T, primary)
    return _output_fault(run(table, policy.scenario, "ghosh"), new)


def _mixed(table: MRIOTable, policy: PlainPolicy) -> Outcome | str:
    """Exogenous output of some industries; refused if their final demand turns negative."""
    R, S = table.shape
    A, x, f = table.A2, table.x1, table.Y2.sum(axis=1)
    cube = table.Z2.reshape(R, S, R, S).sum(axis=3) + table.Y.values.sum(axis=3)
    withheld = ((1.0 - policy.delivered) * np.maximum(cube, 0.0)).sum(axis=2)
    loss = ((1.0 - policy.supply) * table.x.values + policy.supply * withheld).reshape(-1)
    s, k = loss > 0.0, ~(loss > 0.0)
    new, final = x - loss, f.copy()
    new[k] = np.linalg.solve(np.eye(k.sum()) - A[np.ix_(k, k)], f[k] + A[np.ix_(k, s)] @ new[s])
    final[s] = (new - A @ new)[s]
    shortfall = float((np.minimum(f, 0.0) - final)[s].max(initial=-np.inf) / x.max())
    try:
        effects = run(table, policy.scenario, "mixed")
    except InfeasibleError as error:
        return refused(error) if shortfall > -CLOSE else f"feasible, but refused: {error}"
    if shortfall > CLOSE:
        return f"infeasible by {shortfall:.1e} of output, but answered"
    return _output_fault(effects, new) or _fault(
        "final sales", effects["final_sales_new"].values.reshape(-1), final, float(x.max())
    )


def _price(table: MRIOTable, policy: PlainPolicy) -> Outcome | str:
    """Cost push: p = (I - M')^-1 v, M = A (1 + t') d / g."""
    R, S = table.shape
    A, g = table.A2.reshape(R, S, R, S), policy.productivity.reshape(-1)
    before = (A * (1.0 + policy.tariff_base)[..., None]).reshape(table.n, -1)
    after = (A * ((1.0 + policy.tariff) * policy.trade_cost)[..., None]).reshape(table.n, -1) / g
    produces = table.x1 > 0
    radius = float(np.abs(np.linalg.eigvals(after)).max())
    try:
        effects = run(table, policy.scenario, "price")
    except NonProductiveError as error:
        return refused(error) if radius > 1.0 - CLOSE else f"productive, but refused: {error}"
    if radius > 1.0 + CLOSE:
        return f"prices have no limit (radius {radius}), but answered"
    price = np.linalg.solve(np.eye(table.n) - after.T, (1.0 - before.sum(axis=0)) / g)
    changes = 100.0 * (price - 1.0)[produces]
    actual = effects["price_pct"].values.reshape(-1)
    if np.isfinite(actual[~produces]).any():
        return "an industry without output has a price"
    condition = float(np.linalg.cond(np.eye(table.n) - after, 1))
    scale = max(100.0, float(np.abs(changes).max())) * max(1.0, 1e-3 * condition)
    return _fault("price", actual[produces], changes, scale)


def _output_fault(effects: Effects, x: Float) -> str:
    # What remains of an output is a difference from the base, to the rounding of the base.
    base = effects["output_base"].values
    scale = max(float(np.abs(x).max()), 1e-3 * float(np.abs(base).max()))
    return _fault("output", effects["output_new"].values.reshape(-1), x, scale)


def _fault(name: str, actual: Float, expected: Float, scale: float) -> str:
    """Words on a distance of more than rounding; empty without."""
    distance = float(np.abs(actual - expected).max(initial=0.0))
    if distance <= CLOSE * scale:
        return ""
    return f"{name} is {distance / scale:.2e} from the formula, relative to the largest"


Comparison = Callable[[MRIOTable, PlainPolicy], Outcome | str]
COMPARISONS: dict[str, tuple[Comparison, tuple[str, ...]]] = {
    "leontief": (_lost_and_diverted, (*CUTS, "demand", "productivity")),
    "extraction": (_extraction, CUTS),
    "ghosh": (_ghosh, CUTS),
    "mixed": (_mixed, ("export_cut", "supply_cut")),
    "price": (_price, ("tariff", "trade_cost", "productivity")),
}
