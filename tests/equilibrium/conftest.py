"""Random economies that are equilibria: zero flows, a missing sector, an unbought good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import iomodel.equilibrium as ge


def random_economy(
    seed: int, regions: int = 4, sectors: int = 3, *, gaps: bool = True, deficits: bool = False
) -> ge.Economy:
    """Flows, tariffs and technology drawn at random, solved once to be an equilibrium.

    Every region has final demand: a draw in which inputs take all that a region buys of every good
    has no equilibrium, and the next draw of the same generator takes its place.
    """
    rng = np.random.default_rng(seed)
    economy = accounts_at_random(rng, regions, sectors, gaps)
    while not economy.final_share.any(axis=0).all():
        economy = accounts_at_random(rng, regions, sectors, gaps)
    if deficits:  # a tenth of income at most
        worst = np.abs(economy.deficit / economy.income).max()
        economy = replace(economy, deficit=economy.deficit * min(1.0, 0.1 / worst))
    closure = ge.Closure(balance="fixed" if deficits else "zero")
    return ge.rebase(economy, ge.Elasticities.caliendo_parro(np.full(sectors, 4.0)), closure)[0]


def accounts_at_random(
    rng: np.random.Generator, regions: int, sectors: int, gaps: bool
) -> ge.Economy:
    """Calibrate to random flows; with `gaps`, some are zero and one region lacks a sector."""
    flow = rng.lognormal(0.0, 1.0, (sectors, regions, regions))
    home = np.arange(regions)
    flow[:, home, home] *= 10.0
    if gaps:
        flow *= rng.random(flow.shape) < 0.85
        flow[:, home, home] = np.maximum(flow[:, home, home], 1.0)
        flow[0, 1, :] = 0.0  # region 1 does not make good 0
        flow[0, 2, 1] = 2.0  # and buys it from region 2
        flow[-1, 0, 0] = 3.0
    tariff = rng.uniform(0.0, 0.3, flow.shape) * (flow > 0.0)
    tariff[:, home, home] = 0.0
    mix = rng.dirichlet(np.ones(sectors), (regions, sectors)).transpose(0, 2, 1)
    return ge.calibrate(flow, tariff, rng.uniform(0.3, 0.8, flow.shape[:2]), mix)


@pytest.fixture(scope="session")
def make_economy() -> Callable[..., ge.Economy]:
    return random_economy
