"""Who supplies whom: totals, limits, sole suppliers, and the elasticity itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.models.fixed_price.origin_switching import allocate, world_shares

# Sums of a few numbers of order one: some hundred units of rounding.
CLOSE = {"rtol": 1e-12, "atol": 1e-13}


def one_user(cells, factor, limit, theta=4.0, fallback=None):
    """Allocate for one product and one user region: arrays over (origin,) or (origin, user)."""
    z = np.asarray(cells, dtype=float)
    z = z.reshape(len(z), 1, 1, -1)
    shape = (len(z), 1, 1)
    k, q = (np.asarray(a, dtype=float).reshape(shape) for a in (factor, limit))
    back = None if fallback is None else np.asarray(fallback, dtype=float).reshape(shape)
    return z, allocate(z, k, q, np.array([theta]), back)


def bought(cells, factor, limit, *, diverted, theta=4.0, fallback=None):
    z, found = one_user(cells, factor, limit, theta, fallback)
    return found.apply(z, diverted=diverted).reshape(np.shape(cells))


def test_diverted_keeps_total_use_and_follows_the_elasticity():
    base = np.array([3.0, 5.0, 2.0])
    new = bought(base, [1.25, 1.0, 1.1], [1, 1, 1], diverted=True, theta=3.0)
    assert new.sum() == pytest.approx(base.sum(), rel=1e-14)
    # Relative quantities move with sigma = theta + 1 of the relative price.
    assert (new[0] / new[1]) / (base[0] / base[1]) == pytest.approx(1.25**-4, rel=1e-13)
    assert (new[2] / new[1]) / (base[2] / base[1]) == pytest.approx(1.1**-4, rel=1e-13)


def test_lost_never_exceeds_the_base_and_leaves_others_alone():
    base = np.array([3.0, 5.0, 2.0])
    args = (base, [1.25, 1.0, 1.1], [1, 1, 1])
    lost, diverted = bought(*args, diverted=False), bought(*args, diverted=True)
    np.testing.assert_allclose(lost, np.minimum(base, diverted), **CLOSE)
    assert lost[1] == base[1]


def test_lifting_a_duty_diverts_but_takes_nothing_from_others_in_lost():
    base = np.array([3.0, 5.0])
    diverted = bought(base, [0.8, 1.0], [1, 1], diverted=True)
    assert diverted[0] > 3.0
    assert diverted[1] < 5.0
    np.testing.assert_array_equal(bought(base, [0.8, 1.0], [1, 1], diverted=False), base)


def test_duty_on_a_sole_supplier_changes_nothing():
    np.testing.assert_allclose(bought([7.0, 0.0], [2.0, 1.0], [1, 1], diverted=True), [7.0, 0.0])
    np.testing.assert_allclose(bought([7.0, 0.0], [2.0, 1.0], [1, 1], diverted=False), [7.0, 0.0])


def test_duty_far_above_any_price_on_a_sole_supplier_stays_finite():
    # 1e6 to the power -66 lies far below the smallest number that divides safely.
    new = bought([7.0, 0.0], [1e6, 1.0], [1, 1], diverted=True, theta=65.0)
    assert np.isfinite(new).all()


@pytest.mark.parametrize("left", [0.0, 0.4])
def test_sole_supplier_that_is_cut_cannot_be_replaced(left):
    z, found = one_user([7.0, 0.0], [1, 1], [left, 1])
    np.testing.assert_allclose(found.apply(z, diverted=True).ravel(), [7.0 * left, 0.0], **CLOSE)
    assert found.unmet.item() == pytest.approx(7.0 * (1 - left))


def test_sole_supplier_that_is_cut_is_replaced_by_world_producers_where_allowed():
    shares = world_shares(np.array([[9.0], [30.0], [10.0]]), np.array([0.4, 1, 1]).reshape(3, 1, 1))
    np.testing.assert_allclose(shares.ravel(), [0.0, 0.75, 0.25])
    z, found = one_user([7.0, 0, 0], [1, 1, 1], [0.4, 1, 1], fallback=shares.ravel())
    np.testing.assert_allclose(found.apply(z, diverted=True).ravel(), [2.8, 3.15, 1.05], **CLOSE)
    np.testing.assert_allclose(found.apply(z, diverted=False).ravel(), [2.8, 0, 0], **CLOSE)
    assert found.unmet.item() == 0.0
    assert found.new_supplier_use.item() == pytest.approx(4.2)


def test_partial_cut_is_a_limit_and_others_step_in_by_their_deliveries():
    new = bought([4.0, 3.0, 1.0], [1, 1, 1], [0.5, 1, 1], diverted=True)
    np.testing.assert_allclose(new, [2.0, 4.5, 1.5], **CLOSE)


def test_each_user_diverts_by_his_own_mix():
    cells = np.array([[4.0, 1.0], [1.0, 0.0], [1.0, 3.0]])
    new = bought(cells, [1, 1, 1], [0, 1, 1], diverted=True)
    np.testing.assert_allclose(new, [[0, 0], [3.0, 0.0], [3.0, 4.0]], **CLOSE)


def test_nothing_changes_to_the_last_bit_without_a_shock():
    cells = np.random.default_rng(1).lognormal(size=(5, 7))
    for diverted in (False, True):
        new = bought(cells, np.ones(5), np.ones(5), diverted=diverted)
        np.testing.assert_array_equal(new, cells)


def brute(z, k, q, theta):
    """Solve sum_i z_i min(kappa_i c, q_i) = sum_i z_i for c by bisection."""
    kappa = k ** -(1 + theta)
    cap = np.where((q < 1) | (z == 0), q, np.inf)
    reachable = np.sum(z * np.minimum(1e12, cap))
    if reachable < z.sum():
        return z * cap
    low, high = 0.0, 1e12
    for _ in range(300):
        c = 0.5 * (low + high)
        low, high = (c, high) if np.sum(z * np.minimum(kappa * c, cap)) < z.sum() else (low, c)
    return z * np.minimum(kappa * high, cap)


origin = st.tuples(
    st.one_of(st.just(0.0), st.floats(0.1, 10)),
    st.sampled_from([1.0, 0.7, 1.05, 1.5, 3.0]),
    st.sampled_from([1.0, 1.0, 0.0, 0.3, 0.95]),
)


@settings(deadline=None, max_examples=150)
@given(origins=st.lists(origin, min_size=1, max_size=6), theta=st.sampled_from([0.0, 1.0, 5.0]))
def test_diverted_solves_the_limited_armington_problem(origins, theta):
    z, k, q = (np.array(column) for column in zip(*origins, strict=True))
    new = bought(z, k, q, diverted=True, theta=theta)
    # Bisection stops at a relative width of rounding; 1e-9 leaves room for its flat ends.
    np.testing.assert_allclose(new, brute(z, k, q, theta), rtol=1e-9, atol=1e-11)
    assert np.all(new <= np.where(q < 1, q * z, np.inf) + 1e-12)
    lost = bought(z, k, q, diverted=False, theta=theta)
    assert np.all(lost <= z)
    assert np.all(lost[(q == 1) & (k <= 1)] == z[(q == 1) & (k <= 1)])


@settings(deadline=None, max_examples=50)
@given(rate=st.floats(0, 3), more=st.floats(0.01, 3), seed=st.integers(0, 99))
def test_dearer_deliveries_fall_with_the_rate(rate, more, seed):
    z = np.random.default_rng(seed).lognormal(size=4)
    first, second = (
        bought(z, [1 + r, 1, 1, 1.2], np.ones(4), diverted=True) for r in (rate, rate + more)
    )
    assert second[0] < first[0]
    assert np.all(second[1:] > first[1:])
