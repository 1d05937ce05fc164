"""Worlds small enough to check by hand, and a random one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import iomodel.diffusion as df
import iomodel.equilibrium as ge
from iomodel.scenario import Scenario, TradeCost
from iomodel.typing import Float

ARRAYS = ("real_income", "real_gdp", "capital", "knowledge", "trade")
# Every solve ends at 1e-10 in excess demand; responses of shares multiply that by theta.
SAME = 1e-8
WALL = Scenario([TradeCost(between=["R0", "R1"], increase=0.5)], name="wall")
# A short path with all that grows.
OPTIONS: dict[str, Any] = {
    "elasticities": 4.0,
    "labour": 0.01,
    "productivity": "equal",
    "horizon": 2025,
    "alpha": 0.02,
    "exponent": "1/theta",
    "knowledge_unit": 16500.0,
    "profits": "value-added",
}


def symmetric_economy(regions: int, trade_cost: float, theta: float, v: float) -> ge.Economy:
    """One good, equal regions: imports from each cost `trade_cost` to the power -theta."""
    weight = np.full((regions, regions), trade_cost**-theta)
    np.fill_diagonal(weight, 1.0)
    share = weight / weight.sum(axis=0)
    flow = (100.0 * share)[None]
    tariff = np.zeros_like(flow)
    return ge.calibrate(flow, tariff, np.full((1, regions), v), np.ones((regions, 1, 1)))


def random_economy(seed: int, regions: int = 3, sectors: int = 3) -> ge.Economy:
    rng = np.random.default_rng(seed)
    flow = rng.lognormal(0.0, 1.0, (sectors, regions, regions))
    here = np.arange(regions)
    flow[:, here, here] *= 8.0
    tariff = rng.uniform(0.0, 0.2, flow.shape)
    tariff[:, here, here] = 0.0
    mix = rng.dirichlet(np.ones(sectors), (regions, sectors)).transpose(0, 2, 1)
    economy = ge.calibrate(flow, tariff, rng.uniform(0.4, 0.7, flow.shape[:2]), mix)
    return ge.rebase(economy, ge.Elasticities.caliendo_parro(np.full(sectors, 4.0)))[0]


def world_of(
    base: ge.Economy,
    theta: float | Float = 4.0,
    *,
    years: Float | None = None,
    labour_growth: float = 0.0,
    labour_share: float = 0.6,
    investment_rate: float = 0.0,
    depreciation: float = 0.0,
    knowledge: Float | None = None,
) -> df.World:
    S, N = base.shape
    points = np.arange(0.0, 6.0) if years is None else years
    return df.World(
        base=base,
        elasticities=ge.Elasticities(np.full(S, theta) if np.ndim(theta) == 0 else theta),
        closure=ge.Closure(),
        factors=df.Factors(
            labour=np.repeat((1.0 + labour_growth) ** (points - points[0])[:, None], N, axis=1),
            labour_share=np.full(N, labour_share),
            investment_rate=np.full(N, investment_rate),
            depreciation=depreciation,
            investment_share=base.final_share,
        ),
        knowledge=np.ones((S, N)) if knowledge is None else knowledge,
        years=points,
    )


def ideas_of(beta: float | list[float], alpha: float, growth: float = 0.0) -> df.Ideas:
    betas = np.atleast_1d(np.asarray(beta, dtype=np.float64))
    return df.Ideas(betas, np.full(len(betas), alpha), growth)


@pytest.fixture(scope="session")
def symmetric() -> Callable[..., ge.Economy]:
    return symmetric_economy


@pytest.fixture(scope="session")
def make_economy() -> Callable[..., ge.Economy]:
    return random_economy


@pytest.fixture(scope="session")
def make_world() -> Callable[..., df.World]:
    return world_of


@pytest.fixture(scope="session")
def make_ideas() -> Callable[..., df.Ideas]:
    return ideas_of
