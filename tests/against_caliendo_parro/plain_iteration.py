"""The model by the plainest route, written apart from the package: to tell a finding from an error.

Wages move by a fifth of excess demand over value added, prices are iterated to rest, spending is
one linear solve, as the article's supplement describes it. Arrays are [sector, importer, exporter].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.typing import Float

STEP, REST, ROUNDS = 0.2, 1e-12, 5000


@dataclass(frozen=True)
class Start:
    """A world before a shock: spending with duty, duties as factors, and technology."""

    spending: Float
    duty: Float
    value_added_share: Float
    input_share: Float
    theta: float

    @property
    def sales(self) -> Float:
        """Flows before duty."""
        return self.spending / self.duty

    @property
    def value_added(self) -> Float:
        """By country."""
        made: Float = (self.sales.sum(axis=1) * self.value_added_share).sum(axis=0)
        return made

    @property
    def revenue(self) -> Float:
        """Of duties, by country."""
        return np.asarray((self.spending - self.sales).sum(axis=(0, 2)))

    def final_share(self) -> Float:
        """Shares of final spending; negative ones are set to zero."""
        inputs = np.einsum(
            "njk,kn->jn", self.input_share, (1.0 - self.value_added_share) * self.sales.sum(axis=1)
        )
        final = np.maximum(self.spending.sum(axis=2) - inputs, 0.0)
        return np.asarray(final / final.sum(axis=0))


def balanced(start: Start, duty: Float, final: Float) -> tuple[Start, Float]:
    """Return the world under other duties with trade balanced, and the hats of unit costs."""
    J, N = start.value_added_share.shape
    share = start.spending / start.spending.sum(axis=2, keepdims=True)
    relative = (duty / start.duty) ** -start.theta
    beta, wage = start.value_added_share, np.ones(N)
    price = np.ones((J, N))
    for _ in range(ROUNDS):
        change = 1.0
        while change > REST:
            log_input = np.einsum("nkj,kn->jn", start.input_share, np.log(price))
            cost = np.exp(beta * np.log(wage) + (1.0 - beta) * log_input)
            weight = share * relative * cost[:, None, :] ** -start.theta
            new = weight.sum(axis=2) ** (-1.0 / start.theta)
            change, price = float(np.abs(new - price).max()), new
        origin = weight / weight.sum(axis=2, keepdims=True)
        kept = (origin / duty).sum(axis=2)
        # Spending on j in n: inputs of what n sells, and final spending of wages and revenue.
        system = np.eye(J * N).reshape(J, N, J, N)
        system -= np.einsum("njk,kn,kmn->jnkm", start.input_share, 1.0 - beta, origin / duty)
        for n in range(N):
            system[:, n, :, n] -= np.outer(final[:, n], 1.0 - kept[:, n])
        income = (final * wage * start.value_added).reshape(-1)
        spent = np.linalg.solve(system.reshape(J * N, J * N), income).reshape(J, N)
        sold = spent[:, :, None] * origin / duty
        excess = sold.sum(axis=(0, 1)) - (spent * kept).sum(axis=0)
        if np.abs(excess).sum() < 1e-11 * start.value_added.sum():
            return Start(sold * duty, duty, beta, start.input_share, start.theta), cost
        wage = wage + STEP * excess / start.value_added
    raise RuntimeError(f"no equilibrium after {ROUNDS} rounds")


def first_order_welfare(before: Start, after: Start, cost: Float) -> Float:
    """Return terms of trade and volume of trade over income, as printed in the article."""
    flow, rise = before.sales, (cost - 1.0)[:, None, :]
    terms = (flow * rise).sum(axis=(0, 1)) - (flow * rise).sum(axis=(0, 2))
    # Where nothing was sold nothing is taxed.
    grown = np.divide(after.sales, flow, out=np.ones_like(flow), where=flow > 0.0) - 1.0
    volume = (flow * (before.duty - 1.0) * (grown - rise)).sum(axis=(0, 2))
    return np.asarray((terms + volume) / (before.value_added + before.revenue))
