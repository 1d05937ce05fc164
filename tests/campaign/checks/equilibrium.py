r"""Duties in general equilibrium against a fixed point of Caliendo and Parro (2015) of its own.

Written from equations (10) to (14) of the article [CaliendoParro2015]_, in changes (hats) over the
accounts of the table, trade balanced: j, k are goods, n buyers, i origins.

.. math::
    \hat c_{jn} &= \hat w_n^{\gamma_{jn}} \prod_k \hat P_{kn}^{\gamma_{kjn}}, \\
    \hat P_{jn} &= \Big[ \sum_i \pi_{jni} \big( \hat\kappa_{jni} \hat c_{ji} \big)^{-\theta_j}
                   \Big]^{-1/\theta_j}, \qquad
    \pi'_{jni} = \pi_{jni} \big( \hat\kappa_{jni} \hat c_{ji} / \hat P_{jn} \big)^{-\theta_j}, \\
    X'_{jn} &= \sum_k \gamma_{jkn} \sum_i \frac{\pi'_{kin}}{1 + \tau'_{kin}} X'_{ki}
               + \alpha_{jn} I'_n, \\
    \sum_{j,i} \frac{\pi'_{jni} X'_{jn}}{1 + \tau'_{jni}} &=
        \sum_{j,i} \frac{\pi'_{jin} X'_{ji}}{1 + \tau'_{jin}} .

Wages move with the ratio of sales to purchases; each region's income includes its duties. Every
answer is the ratio of two solutions: with the duties of the scenario, and with those of the table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from iomodel.errors import IOModelError
from iomodel.models import run
from iomodel.scenario.scenario import Scenario
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float
from tests.campaign.generators import draw_policy, draw_table
from tests.campaign.outcomes import RIGHT, Outcome, refused, wrong

# Wages rest when trade is balanced to this share of world value added; percent that may differ.
REST, ROUNDS, CLOSE = 1e-12, 3000, 1e-6


def check(seed: int) -> Outcome:
    """Compare real income, real wages and revenue after random duties."""
    rng = np.random.default_rng(seed)
    table = draw_table(rng, most_sectors=4)
    policy = draw_policy(rng, table, ("tariff",))
    theta = rng.uniform(1.5, 9.0, table.shape[1])
    accounts = _accounts(table, policy.tariff_base)
    if accounts is None:
        return _must_refuse(table, policy.scenario, theta)
    before = _balanced(accounts, theta, policy.tariff_base)
    after = _balanced(accounts, theta, policy.tariff)
    if before is None or after is None:
        return Outcome("refused", "the independent fixed point did not come to rest")
    try:
        effects = run(
            table,
            policy.scenario,
            "equilibrium",
            horizon="long",
            balance="zero",
            links=1,
            elasticities=_by_sector(table, theta),
        )
    except IOModelError as error:
        return wrong(f"an equilibrium exists, but refused: {error}")
    expected = {
        "real_income_pct": after.income / after.price / (before.income / before.price),
        "real_wage_pct": after.wage / after.price / (before.wage / before.price),
    }
    for name, factor in expected.items():
        distance = float(np.abs(effects[name].values - 100.0 * (factor - 1.0)).max())
        if not distance <= CLOSE:
            return wrong(f"{name} differs by {distance:.2e} points from the fixed point")
    return RIGHT


def _by_sector(table: MRIOTable, theta: Float) -> xr.DataArray:
    return xr.DataArray(theta, dims="sector", coords={"sector": table.sectors})


def _must_refuse(table: MRIOTable, scenario: Scenario, theta: Float) -> Outcome:
    try:
        run(table, scenario, "equilibrium", horizon="long", elasticities=_by_sector(table, theta))
    except IOModelError as error:
        return refused(error)
    return wrong("a loss, or a country that buys nothing, but answered")


# ---------------------------------------------------------------------- accounts and fixed point
@dataclass(frozen=True)
class _Accounts:
    """Shares of the article, [good, buyer n, origin i], and value added by country."""

    origin: Float
    value_added_share: Float
    input_share: Float
    final_share: Float
    value_added: Float
    tariff: Float


@dataclass(frozen=True)
class _Solution:
    income: Float
    price: Float
    wage: Float


def _accounts(table: MRIOTable, tariff: Float) -> _Accounts | None:
    """Accounts at prices with duty, import shares common to all users; None without equilibrium.

    There is none with a loss, nor with a country that has income and buys nothing for it.
    """
    Z, Y = table.Z.values, table.Y.values
    flow = np.maximum(Z.sum(axis=3) + Y.sum(axis=3), 0.0).transpose(1, 2, 0)
    duty = 1.0 + tariff.transpose(1, 2, 0)
    spending, output = (flow * duty).sum(axis=2), flow.sum(axis=1)
    use = np.maximum(Z.sum(axis=0), 0.0)  # [good, n, user]
    final = np.maximum(Y.sum(axis=(0, 3)), 0.0)
    scale = _over(spending, use.sum(axis=2) + final)
    inputs, final = use * scale[..., None], final * scale  # at prices with duty
    cost = inputs.sum(axis=0).T  # [user, n]
    value_added = output - cost
    if (value_added < -1e-9 * output).any() or not (final.sum(axis=0) > 0.0).all():
        return None
    return _Accounts(
        origin=_over(flow * duty, spending[..., None]),
        value_added_share=np.where(output > 0.0, _over(value_added, output), 1.0),
        input_share=_over(inputs.transpose(0, 2, 1), cost[None]),
        final_share=_over(final, final.sum(axis=0)),
        value_added=value_added.sum(axis=0),
        tariff=duty,
    )


def _balanced(accounts: _Accounts, theta: Float, tariff: Float) -> _Solution | None:
    """Iterate wages until trade balances in every country; None without rest."""
    S, R = accounts.value_added_share.shape
    duty, th = 1.0 + tariff.transpose(1, 2, 0), theta[:, None, None]
    kappa, beta = duty / accounts.tariff, accounts.value_added_share
    wage, price, world = np.ones(R), np.ones((S, R)), accounts.value_added.sum()
    for _ in range(ROUNDS):
        for _ in range(500):
            inputs = np.einsum("kjn,kn->jn", accounts.input_share, np.log(price))
            cost = np.exp(beta * np.log(wage) + (1.0 - beta) * inputs)
            weight = accounts.origin * (kappa * cost[:, None, :]) ** -th
            total = weight.sum(axis=2)
            # Goods that nobody buys have no price; one is neutral.
            new = np.where(total > 0.0, np.where(total > 0.0, total, 1.0) ** (-1 / theta)[:, None],
                           1.0)  # fmt: skip
            rest, price = float(np.abs(new - price).max()), new
            if rest < 1e-14:
                break
        net = _over(weight, total[..., None]) / duty  # share of spending that the origin receives
        factor_income = wage * accounts.value_added
        spending = _spending(accounts, net, factor_income)
        imports, sales = (spending * net.sum(axis=2)).sum(axis=0), np.einsum(
            "jn,jni->i", spending, net
        )  # fmt: skip
        if np.abs(sales - imports).sum() < REST * world:
            revenue = np.where(total > 0.0, spending * (1.0 - net.sum(axis=2)), 0.0).sum(axis=0)
            index = np.exp((accounts.final_share * np.log(price)).sum(axis=0))
            return _Solution(factor_income + revenue, index, wage)
        wage = wage * (sales / imports) ** (1.0 / (1.0 + theta.max()))
        wage = wage * world / (wage * accounts.value_added).sum()
    return None


def _spending(accounts: _Accounts, net: Float, factor_income: Float) -> Float:
    """Solve for spending: inputs of all that is sold, and final spending of income and duties."""
    S, R = accounts.value_added_share.shape
    demand = np.einsum("jkn,kn,kmn->jnkm", accounts.input_share,
                       1.0 - accounts.value_added_share, net)  # fmt: skip
    duties = 1.0 - net.sum(axis=2)
    for n in range(R):
        demand[:, n, :, n] += np.outer(accounts.final_share[:, n], duties[:, n])
    matrix = np.eye(S * R) - demand.reshape(S * R, S * R)
    final = (accounts.final_share * factor_income).reshape(-1)
    spending: Float = np.linalg.solve(matrix, final).reshape(S, R)
    return spending


def _over(numerator: Float, denominator: Float) -> Float:
    denominator = np.broadcast_to(denominator, numerator.shape)
    return np.divide(
        numerator, denominator, out=np.zeros(numerator.shape), where=denominator != 0.0
    )
