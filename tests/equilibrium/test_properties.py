"""What must hold for any economy, any elasticities and any shock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iomodel.equilibrium as ge
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]

# Two solves, each to 1e-10 in excess demand; responses of shares multiply that by theta.
SAME = 1e-8

NESTS = st.sampled_from([(1.0, 1.0, 1.0), (0.5, 0.2, 0.9), (0.0, 0.0, 0.0), (1.5, 2.0, 3.0)])
# Specific factors that nothing can replace have no price where they are too many: the economy
# with every elasticity at zero may then have no equilibrium, and is refused.
SOFT = st.sampled_from([(1.0, 1.0, 1.0), (0.5, 0.2, 0.9), (1.5, 2.0, 3.0)])
SHARES = ((1.0, 1.0, 1.0), (0.5, 0.2, 0.9), (0.0, 0.0, 0.0), (1.5, 2.0, 3.0))


def draw_shock(seed: int, base: ge.Economy, size: float = 0.4) -> ge.Shock:
    rng = np.random.default_rng(seed)
    S, N = base.shape
    foreign = ~np.eye(N, dtype=bool)
    return ge.Shock(
        tariff=base.tariff + foreign * rng.uniform(0.0, size, base.tariff.shape),
        trade_cost=1.0 + foreign * rng.uniform(0.0, size, base.tariff.shape),
        productivity=rng.uniform(1.0 - size / 2, 1.0 + size / 2, (S, N)),
        endowment=rng.uniform(1.0 - size / 2, 1.0 + size / 2, N),
    )


def elasticities(seed: int, sectors: int, nest: tuple[float, float, float]) -> ge.Elasticities:
    return ge.Elasticities(np.random.default_rng(seed).uniform(0.5, 12.0, sectors), *nest)


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10_000), NESTS, st.sampled_from(["mobile", "specific"]))
def test_no_shock_changes_nothing(
    make_economy: Maker, seed: int, nest: tuple[float, float, float], labour: str
) -> None:
    base = make_economy(seed)
    solution = ge.solve(base, elasticities(seed, base.shape[0], nest), None, ge.Closure(labour))
    np.testing.assert_allclose(solution.real_income, 1.0, rtol=0, atol=1e-10)
    np.testing.assert_allclose(solution.price, 1.0, rtol=0, atol=1e-9)
    np.testing.assert_allclose(solution.output[0], base.output, rtol=1e-9)


@settings(deadline=None, max_examples=12)
@given(
    st.integers(0, 10_000),
    SOFT,
    st.sampled_from(["mobile", "specific"]),
    st.sampled_from(["zero", "fixed", "share"]),
)
def test_every_equation_of_the_new_equilibrium_holds(
    make_economy: Maker, seed: int, nest: tuple[float, float, float], labour: str, balance: str
) -> None:
    """Walras: budgets, which the solver never looks at, close; and so does the definition of E."""
    base = make_economy(seed, deficits=balance != "zero")
    chosen = elasticities(seed, base.shape[0], nest)
    closure = ge.Closure(labour, balance)
    new = ge.solve(base, chosen, draw_shock(seed, base, 0.2), closure)
    assert new.certificate.worst < 1e-9
    tariff = new.problem.tariff
    revenue = (tariff * new.flow).sum(axis=(1, 2))
    np.testing.assert_allclose(new.revenue, revenue, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(new.deficit.sum(axis=1), 0.0, atol=1e-8)
    after = new.economy()
    assert after.imbalance() < 1e-8
    after.check()
    # The numeraire: world factor income of the base.
    np.testing.assert_allclose(new.income.sum(), base.income.sum(), rtol=1e-10)


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 10_000), NESTS, st.floats(0.1, 50.0))
def test_the_unit_of_account_does_not_matter(
    make_economy: Maker, seed: int, nest: tuple[float, float, float], unit: float
) -> None:
    base = make_economy(seed)
    other = replace(
        base,
        spending=base.spending * unit,
        value_added=base.value_added * unit,
        deficit=base.deficit * unit,
    )
    # At zero elasticities no equilibrium is found for some shocks of the usual size (seed 1283).
    size = 0.2 if max(nest) == 0.0 else 0.4
    chosen, shock = elasticities(seed, base.shape[0], nest), draw_shock(seed, base, size)
    one, two = ge.solve(base, chosen, shock), ge.solve(other, chosen, shock)
    np.testing.assert_allclose(two.real_income, one.real_income, rtol=SAME)
    np.testing.assert_allclose(two.flow, unit * one.flow, rtol=1e-7, atol=1e-12)


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 10_000), NESTS)
def test_a_common_cost_change_moves_nominal_prices_only(
    make_economy: Maker, seed: int, nest: tuple[float, float, float]
) -> None:
    """More of every factor everywhere is as much more of everything, at unchanged shares."""
    base = make_economy(seed)
    chosen = elasticities(seed, base.shape[0], nest)
    new = ge.solve(base, chosen, ge.Shock(endowment=1.25))
    np.testing.assert_allclose(new.real_income, 1.25, rtol=1e-9)
    np.testing.assert_allclose(new.share[0], base.share, rtol=1e-8, atol=1e-12)


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 10_000), SOFT, st.sampled_from(["mobile", "specific"]))
def test_names_do_not_matter(
    make_economy: Maker, seed: int, nest: tuple[float, float, float], labour: str
) -> None:
    base = make_economy(seed)
    S, N = base.shape
    rng = np.random.default_rng(seed)
    r, s = rng.permutation(N), rng.permutation(S)

    def cube(a: Float) -> Float:
        return a[np.ix_(s, r, r)]

    def plane(a: Float) -> Float:
        return a[np.ix_(s, r)]

    moved = ge.Economy(
        spending=plane(base.spending),
        share=cube(base.share),
        tariff=cube(base.tariff),
        value_added_share=plane(base.value_added_share),
        input_share=base.input_share[np.ix_(r, s, s)],
        final_share=plane(base.final_share),
        value_added=plane(base.value_added),
        deficit=base.deficit[r],
    )
    chosen, shock = elasticities(seed, S, nest), draw_shock(seed, base, 0.2)
    assert shock.tariff is not None
    relabelled = ge.Shock(
        cube(shock.tariff),
        cube(np.asarray(shock.trade_cost)),
        plane(np.asarray(shock.productivity)),
        np.asarray(shock.endowment)[r],
    )
    closure = ge.Closure(labour)
    one = ge.solve(base, chosen, shock, closure)
    two = ge.solve(moved, replace(chosen, theta=chosen.theta[s]), relabelled, closure)
    np.testing.assert_allclose(two.real_income[0], one.real_income[0, r], rtol=SAME)


@pytest.mark.parametrize("nest", SHARES)
def test_identical_regions_can_be_added_together(
    make_economy: Maker, nest: tuple[float, float, float]
) -> None:
    """Halving a region into twins that trade as parts of it leaves everything as it was."""
    base = make_economy(3, gaps=False)
    S, N = base.shape
    old = np.append(np.arange(N), 0)  # the twin of region 0 comes last
    size = np.ones(N + 1)
    size[[0, N]] = 0.5
    share = base.share[:, old][:, :, old] * size[None, :, None]
    twin = ge.Economy(
        spending=base.spending[:, old] * size,
        share=share,
        tariff=base.tariff[:, old][:, :, old],
        value_added_share=base.value_added_share[:, old],
        input_share=base.input_share[old],
        final_share=base.final_share[:, old],
        value_added=base.value_added[:, old] * size,
        deficit=base.deficit[old] * size,
    )
    assert twin.imbalance() < 1e-9
    chosen, shock = elasticities(3, S, nest), draw_shock(3, base)
    assert shock.tariff is not None
    copied = ge.Shock(
        shock.tariff[:, old][:, :, old],
        np.asarray(shock.trade_cost)[:, old][:, :, old],
        np.asarray(shock.productivity)[:, old],
        np.asarray(shock.endowment)[old],
    )
    one, two = ge.solve(base, chosen, shock), ge.solve(twin, chosen, copied)
    np.testing.assert_allclose(two.real_income[0], one.real_income[0, old], rtol=SAME)
    np.testing.assert_allclose(two.wage[0], one.wage[0][:, old], rtol=SAME)
