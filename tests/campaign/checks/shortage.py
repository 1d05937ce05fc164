"""Models of shortage: feasible answers, and an optimum that loses no more than any rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from iomodel.errors import IOModelError
from iomodel.models import run
from iomodel.models.shortage.allocation import (
    RULES,
    constrained_economy,
    downstream_losses,
    sales,
)
from iomodel.models.workbench import Workbench
from iomodel.scenario.scenario import Scenario
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float
from tests.campaign.generators import PlainPolicy, draw_policy, draw_table
from tests.campaign.outcomes import RIGHT, Outcome, refused, wrong

CLOSE = 1e-9
# The weight that settles ties may cost the programme 1e-5 of the loss; its solver 1e-7 of GDP.
TIES, SOLVER = 1.1e-5, 1e-7


def check(seed: int) -> Outcome:
    """Ration one random cut by every rule and by the programme."""
    rng = np.random.default_rng(seed)
    table = draw_table(rng, most_sectors=4)
    policy = draw_policy(rng, table, ("export_cut", "supply_cut", "embargo"))
    S = table.shape[1]
    gamma = rng.random((S, S)) * (rng.random((S, S)) < rng.uniform(0.2, 1.0))
    if rng.random() < 0.3:
        gamma = np.round(gamma)
    closure = str(rng.choice(["possible", "sold"]))
    for rule in RULES:
        if words := _infeasible(table, policy, gamma, rule):
            return wrong(f"rule {rule}: {words}")
    try:
        losses = _losses(table, policy.scenario, gamma, closure)
    except IOModelError as error:
        return refused(error)
    best = losses.pop("programme")
    if best < -SOLVER:
        return wrong(f"the programme gains {-best:.2e} of GDP from a cut")
    for rule, loss in losses.items():
        if loss < best * (1.0 - TIES) - SOLVER:
            return wrong(f"rule {rule} loses {loss:.6e} of GDP, the optimum {best:.6e}, {closure}")
    return RIGHT


def _losses(table: MRIOTable, scenario: Scenario, gamma: Float, closure: str) -> dict[str, float]:
    """Loss of world GDP by rule, as a fraction."""
    coords = {"sector": table.sectors, "user_sector": table.sectors}
    options: dict[str, Any] = {
        "criticality": xr.DataArray(gamma, dims=("sector", "user_sector"), coords=coords),
        "closure": closure,
    }
    workbench, losses = Workbench(table), {}
    effects = {"programme": run(workbench, scenario, "rationing", **options)}
    for rule in RULES:
        effects[rule] = run(workbench, scenario, "bottleneck", rationing=rule, **options)
    for rule, answer in effects.items():
        losses[rule] = 1.0 - float(answer["gdp_new"].sum() / answer["gdp_base"].sum())
    return losses


def _infeasible(table: MRIOTable, policy: PlainPolicy, gamma: Float, rule: str) -> str:
    """Words on output beyond capacity or below zero, or on deliveries beyond output."""
    economy = constrained_economy(table, policy.scenario.lower(table), gamma, rule=rule)
    tiny = CLOSE * float(table.x1.sum())
    losses = downstream_losses(economy)
    withdrawal = -np.minimum(table.Y.values, 0.0).sum(axis=(2, 3))
    for sold in (False, True):
        answer = sales(economy, losses, sold_only=sold)
        made, lost = answer.activity * table.x.values, answer.lost
        delivered = economy.intermediate + economy.final - lost
        if (made > policy.supply * table.x.values + tiny).any():
            return "output exceeds capacity"
        if answer.activity.min() < 0.0:
            return "output is negative"
        if delivered.min() < -tiny or (economy.final - answer.lost_final).min() < -tiny:
            return "a delivery is negative"
        if (delivered.sum(axis=2) > made + withdrawal + tiny).any():
            return "deliveries exceed output"
    return ""
