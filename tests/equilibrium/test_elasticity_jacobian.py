"""Jacobian of markets as a function of trade elasticities, against one formed at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.equilibrium.batches import CACHE_BYTES
from iomodel.equilibrium.solver.elasticity_jacobian import TOLERANCE, elasticity_jacobian
from iomodel.equilibrium.solver.markets import system_at

Maker = Callable[..., ge.Economy]
NESTED = ge.Elasticities(np.array([3.0, 6.0, 1.5]), 0.5, 0.2, 0.9)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("balance", ["share", "zero", "fixed"])
@pytest.mark.parametrize("elasticities", [NESTED, ge.Elasticities(NESTED.theta)])
def test_it_is_the_jacobian_at_every_elasticity(
    make_economy: Maker, seed: int, balance: str, elasticities: ge.Elasticities
) -> None:
    base = make_economy(seed)
    shock = ge.Shock(tariff=base.tariff + 0.2)
    solution = ge.solve(base, elasticities, shock, ge.Closure(balance=balance))
    family = ge.DrawStart.of(solution).jacobian
    assert family is not None
    theta = np.random.default_rng(seed).uniform(0.0, 20.0, (2, len(base.final_share)))
    for k, jacobian in enumerate(family.at(theta)):
        # The same shares at other elasticities: the tangent takes shares from the trial.
        problem = replace(solution.problem, theta=theta[k][None, :, None])
        system = system_at(problem, solution.trial, solution.closure, 0)
        expected = system.quantity_matrix(1e-12)
        # Both linear systems are solved to TOLERANCE on the scale of a row; the slopes are added up
        # over sectors with elasticities of up to twenty.
        scale = np.abs(expected).max()
        np.testing.assert_allclose(jacobian, expected, rtol=0, atol=20 * TOLERANCE * scale)


def test_there_is_none_where_elasticities_enter_elsewhere(make_economy: Maker) -> None:
    base = make_economy(1)
    cap = np.full(base.tariff.shape, np.inf)
    cap[0, 0, 1] = 0.5
    for shock, closure in (
        (ge.Shock(), ge.Closure("specific")),
        (ge.Shock(quotas=ge.Quotas.on_flows(cap)), ge.Closure()),
        (ge.Shock(export_tax=np.full(base.tariff.shape, 0.1)), ge.Closure()),
    ):
        solution = ge.solve(base, NESTED, shock, closure)
        assert elasticity_jacobian(solution.problem, solution.trial, closure) is None
        # Draws then start with the Jacobian of the solution.
        assert ge.DrawStart.of(solution).at(NESTED) is solution


def test_a_draw_far_from_the_centre_takes_fewer_steps(make_economy: Maker) -> None:
    base = make_economy(5)
    shock = ge.Shock(tariff=base.tariff + 0.3)
    centre = ge.solve(base, NESTED, shock)
    far = replace(NESTED, theta=np.array([[12.0, 1.0, 7.0]]))
    plain = ge.solve(base, far, shock, start=centre)
    drawn = ge.solve(base, far, shock, start=ge.DrawStart.of(centre).at(far))
    assert drawn.certificate.iterations < plain.certificate.iterations
    np.testing.assert_allclose(drawn.real_income, plain.real_income, rtol=1e-9)


@pytest.mark.parametrize("tolerance", [1e-5, 1e-6, 1e-7, 1e-8])
def test_a_looser_solve_ends_within_its_tolerance(make_economy: Maker, tolerance: float) -> None:
    """Wages of these economies differ by less than the excess demand over an elasticity of one."""
    for seed in range(10):
        base = make_economy(seed)
        shock = ge.Shock(tariff=base.tariff + 0.3)
        exact = ge.solve(base, NESTED, shock)
        loose = ge.solve(base, NESTED, shock, tolerance=tolerance)
        assert loose.certificate.excess_demand <= tolerance
        assert loose.certificate.worst <= 2.0 * tolerance
        np.testing.assert_allclose(loose.real_income, exact.real_income, rtol=3.0 * tolerance)


def test_groups_have_their_kernels_in_the_cache(make_economy: Maker) -> None:
    base = make_economy(1)
    sizes = {}
    for regions, sectors in ((5, 5), (41, 35), (20, 17), (81, 37)):
        share = np.broadcast_to(0.0, (sectors, regions, regions))
        sizes[regions] = ge.group_size(replace(base, share=share))
        fits = sizes[regions] * 2 * share.nbytes <= CACHE_BYTES
        assert fits or sizes[regions] == 1
    assert sizes == {5: 8, 41: 1, 20: 8, 81: 1}
