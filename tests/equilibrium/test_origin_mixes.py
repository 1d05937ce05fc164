"""Import mixes: shares by user written as few columns, with the answers of the full kernels."""

import dataclasses

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.equilibrium.economy import by_user
from iomodel.equilibrium.origin_mixes import origin_mixes

NESTED = ge.Elasticities(np.array([4.0, 2.0, 8.0]), 0.5, 0.2, 0.9)


def shares(regions: int, mixes: int, seed: int) -> np.ndarray:
    """Shares of six users with domestic shares of their own and imports of a few mixes."""
    rng = np.random.default_rng(seed)
    S, U, N = 3, 6, regions
    foreign = ~np.eye(N, dtype=bool)
    mix = rng.random((S, N, mixes, N)) * foreign[:, None]
    mix /= mix.sum(axis=1, keepdims=True)
    domestic = rng.uniform(0.1, 0.9, (S, U, N))
    share = (1.0 - domestic)[:, None] * mix[:, :, np.arange(U) % mixes]
    share[:, np.arange(N), :, np.arange(N)] = domestic.transpose(2, 0, 1)
    return share


@pytest.mark.parametrize("mixes", [1, 2, 4])
def test_shares_are_sums_of_their_mixes(mixes: int) -> None:
    share = shares(5, mixes, mixes)
    mixture = origin_mixes(share)
    assert mixture is not None
    assert mixture.share.shape == (3, 5, 1 + mixes, 5)
    # Rounding of one product and one quotient.
    np.testing.assert_allclose(
        np.einsum("sikn,skun->siun", mixture.share, mixture.weight), share, atol=1e-15
    )


def test_users_with_origins_of_their_own_have_no_mixes() -> None:
    assert origin_mixes(shares(5, 6, 0)) is None


@pytest.mark.parametrize("labour", ["mobile", "specific", "sticky"])
def test_answers_are_those_of_the_full_kernels(make_economy, labour, monkeypatch) -> None:
    common = make_economy(3)
    S, N = common.shape
    spent = common.input_use * ((1.0 - common.value_added_share) * common.output)
    users = np.concatenate([spent, (common.final_share * common.expenditure)[:, None]], axis=1)
    weight = np.random.default_rng(0).uniform(0.5, 1.5, (S, S + 1, N))
    share = np.repeat(common.share[:, :, None], S + 1, axis=2)
    home = np.arange(N)
    share[:, home, :, home] *= weight.transpose(2, 0, 1)
    share /= share.sum(axis=1, keepdims=True)
    economy = dataclasses.replace(
        common, share=share.reshape(S, N, -1), spending=users.reshape(S, -1)
    )
    shock = ge.Shock(trade_cost=1.0 + 0.3 * np.tile(~np.eye(N, dtype=bool), (S, 1, 1)))
    closure = ge.Closure(labour)
    assert economy.mixes is not None
    assert by_user(economy.share, N).shape[2] == S + 1
    pooled = ge.solve(economy, NESTED, shock, closure)
    monkeypatch.setattr("iomodel.equilibrium.economy.origin_mixes", lambda share: None)
    full = ge.solve(dataclasses.replace(economy), NESTED, shock, closure)
    assert pooled.problem.mix_weight is not None
    assert full.problem.mix_weight is None
    # Of the tolerance of excess demand, 1e-10, times the condition of the markets.
    np.testing.assert_allclose(pooled.real_income, full.real_income, rtol=1e-9)
    np.testing.assert_allclose(pooled.flow, full.flow, rtol=1e-7, atol=1e-9)
