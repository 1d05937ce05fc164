"""The arrival of ideas: eq. 24 term by term, its exponents and their refusals."""

from __future__ import annotations

from math import gamma

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iomodel.diffusion as df
from iomodel.errors import IOModelError, LabelError
from iomodel.typing import Float

SIX = ("pri", "lig", "hea", "elm", "tas", "ots")
THETA = np.array([10.09, 4.60, 5.99, 7.80, 2.80, 2.90])


def draw(seed: int, members: int = 2, S: int = 3, N: int = 4) -> tuple[Float, Float, Float]:
    rng = np.random.default_rng(seed)
    share = rng.dirichlet(np.ones(N), (members, S, N)).transpose(0, 1, 3, 2)
    share[:, 0, 1, 2] = 0.0
    share /= share.sum(axis=2, keepdims=True)
    knowledge = rng.lognormal(0.0, 1.0, (members, S, N))
    cost = rng.dirichlet(np.ones(S + 1), (N, S)).transpose(0, 2, 1)[:, :S]
    return share, knowledge, cost


def test_every_term_of_equation_24() -> None:
    share, knowledge, cost = draw(1)
    beta = np.array([0.44, 0.1])
    found = df.arrivals(share, knowledge, cost, beta)
    M, S, N = knowledge.shape
    for m in range(M):
        for i in range(S):
            for n in range(N):
                expected = 0.0
                for j in range(S):
                    seen = sum(
                        share[m, j, s, n] ** (1 - beta[m]) * knowledge[m, j, s] ** beta[m]
                        for s in range(N)
                    )
                    expected += gamma(1 - beta[m]) * cost[n, j, i] * seen
                assert found[m, i, n] == pytest.approx(expected, rel=1e-12)


def test_every_term_where_producers_teach() -> None:
    share, knowledge, cost = draw(5)
    beta = np.array([0.44, 0.1])
    found = df.arrivals(share, knowledge, cost, beta, "producers")
    for m, i, n in np.ndindex(*knowledge.shape):
        expected = sum(
            gamma(1 - beta[m]) * cost[n, j, i] * share[m, j, s, n] * knowledge[m, j, s] ** beta[m]
            for j, s in np.ndindex(*knowledge.shape[1:])
        )
        assert found[m, i, n] == pytest.approx(expected, rel=1e-12)


def test_where_producers_teach_nobody_gains_by_meeting_equals() -> None:
    """Openness and the number of sellers do not matter at equal knowledge; both do for goods."""
    share, _, cost = draw(6)
    beta = np.array([0.44, 0.1])
    ones = np.ones((2, 3, 4))
    closed = np.broadcast_to(np.eye(4), share.shape)
    shut = df.arrivals(closed, ones, cost, beta)
    np.testing.assert_allclose(df.arrivals(share, ones, cost, beta, "producers"), shut, rtol=1e-13)
    assert (df.arrivals(share, ones, cost, beta, "goods") > shut).all()


def test_every_term_with_scaled_exponents() -> None:
    share, knowledge, cost = draw(2)
    beta = df.exponents(np.array([0.3, 0.2]), np.array([4.0, 5.0, 3.0]), "scaled", "abc")
    found = df.arrivals(share, knowledge, cost, beta)
    M, S, N = knowledge.shape
    for m, i, n in np.ndindex(M, S, N):
        expected = sum(
            gamma(1 - beta[m, i, j])
            * cost[n, j, i]
            * share[m, j, s, n] ** (1 - beta[m, i, j])
            * knowledge[m, j, s] ** beta[m, i, j]
            for j in range(S)
            for s in range(N)
        )
        assert found[m, i, n] == pytest.approx(expected, rel=1e-12)


def test_scaled_exponents_of_equal_elasticities_are_plain() -> None:
    share, knowledge, cost = draw(3)
    beta = np.array([0.44, 0.2])
    pairs = df.exponents(beta, np.full(3, 5.0), "scaled", "abc")
    np.testing.assert_allclose(
        df.arrivals(share, knowledge, cost, pairs),
        df.arrivals(share, knowledge, cost, beta),
        rtol=1e-13,
    )


def test_without_diffusion_trade_and_the_knowledge_of_others_do_not_matter() -> None:
    share, knowledge, cost = draw(4)
    found = df.arrivals(share, knowledge, cost, np.zeros(2))
    own = np.broadcast_to(cost.sum(axis=1).T, found.shape)
    np.testing.assert_allclose(found, own, rtol=1e-13)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_openness_brings_ideas_the_more_the_higher_the_exponent(seed: int) -> None:
    """Over autarky, at equal knowledge: a sum of shares to the power 1 - beta, one at beta = 0."""
    share, _, cost = draw(seed, members=1)
    betas = np.array([0.0, 0.1, 0.3, 0.44, 0.6, 0.9])
    many = np.repeat(share, len(betas), axis=0)
    ones = np.ones((len(betas), 3, 4))
    closed = np.broadcast_to(np.eye(4), many.shape)
    premium = df.arrivals(many, ones, cost, betas) / df.arrivals(closed, ones, cost, betas)
    np.testing.assert_allclose(premium[0], 1.0, rtol=1e-12)
    assert (np.diff(premium, axis=0) > 0.0).all()


def test_pairs_at_which_the_exponent_reaches_one_are_named() -> None:
    """The four pairs of the published calibration."""
    with pytest.raises(IOModelError, match="use pairing='plain'") as caught:
        df.exponents(np.array([0.44]), THETA, "scaled", SIX)
    text = str(caught.value)
    for pair in (
        "pri <- tas (1.59)",
        "pri <- ots (1.53)",
        "elm <- tas (1.23)",
        "elm <- ots (1.18)",
    ):
        assert pair in text
    assert text.count("<-") == 4


def test_capped_exponents_stay_below_one_and_leave_the_others() -> None:
    capped = df.exponents(np.array([0.44]), THETA, "scaled-capped", SIX)[0]
    free = 0.44 * THETA[:, None] / THETA[None, :]
    assert capped.max() == 0.95
    np.testing.assert_array_equal(capped[free < 0.95], free[free < 0.95])


def test_what_is_no_exponent_is_refused() -> None:
    with pytest.raises(LabelError, match="plain, scaled, scaled-capped"):
        df.exponents(np.array([0.4]), THETA, "wild", SIX)
    with pytest.raises(IOModelError, match="below 1"):
        df.Ideas(np.array([1.0]), np.ones(1), 0.0)
    with pytest.raises(IOModelError, match="below 1"):
        df.Ideas(np.array([-0.1]), np.ones(1), 0.0)
    with pytest.raises(IOModelError, match="must not be negative"):
        df.Ideas(np.array([0.4]), -np.ones(1), 0.0)
    with pytest.raises(IOModelError, match="shape"):
        df.Ideas(np.array([0.4, 0.2]), np.ones(1), 0.0)
    with pytest.raises(LabelError, match="valid: goods, producers"):
        df.Ideas(np.array([0.4]), np.ones(1), 0.0, "people")
