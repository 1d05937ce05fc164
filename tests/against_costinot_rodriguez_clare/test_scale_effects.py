"""Gains with entry of firms and inputs, against the price equations solved in both states."""

from __future__ import annotations

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.equilibrium.formulas.scale_effects import gains_with_scale
from iomodel.errors import InfeasibleError, TableError
from iomodel.typing import Float

SECTORS, REGIONS = 4, 3
# Prices are iterated to 1e-14 and enter through sums of four terms.
CLOSE = 1e-12


def drawn(seed: int) -> dict[str, Float]:
    rng = np.random.default_rng(seed)
    final = rng.dirichlet(np.ones(SECTORS), REGIONS).T
    inputs = rng.dirichlet(np.ones(SECTORS), (REGIONS, SECTORS)).transpose(0, 2, 1)
    return {
        "own": rng.uniform(0.3, 1.0, (SECTORS, REGIONS)),
        "final": final,
        "theta": rng.uniform(3.0, 9.0, SECTORS),
        "inputs": inputs * rng.uniform(0.2, 0.6, (REGIONS, 1, SECTORS)),
        "spending": rng.lognormal(0.0, 1.0, (SECTORS, REGIONS)),
        "output": rng.lognormal(0.0, 1.0, (SECTORS, REGIONS)),
        "scale": rng.uniform(0.0, 1.0, SECTORS),
        "selection": rng.uniform(0.0, 0.7, SECTORS),
    }


def gains(d: dict[str, Float], **changed: object) -> Float:
    options: dict[str, object] = {
        "input_cost_share": d["inputs"],
        "spending": d["spending"],
        "output": d["output"],
        "scale": d["scale"],
        "selection": d["selection"],
    }
    return gains_with_scale(d["own"], d["final"], d["theta"], **(options | changed))  # type: ignore[arg-type]


def log_prices(d: dict[str, Float], n: int, own: Float, sales: Float, spent: Float) -> Float:
    """Solve the price equations of the docstring by iteration, labour the numeraire."""
    price = np.zeros(SECTORS)
    for _ in range(2000):
        cost = d["inputs"][n].T @ price
        entry = d["scale"] * (cost - np.log(sales))
        leave = d["scale"] * d["selection"] * (cost - np.log(spent))
        price = cost + (np.log(own) + entry + leave) / d["theta"]
    return price


@pytest.mark.parametrize("seed", range(5))
def test_formula_is_the_ratio_of_real_incomes_in_the_two_states(seed: int) -> None:
    d = drawn(seed)
    found = gains(d)
    for n in range(REGIONS):
        a, beta = d["inputs"][n], d["final"][:, n]
        output = d["output"][:, n]
        labour = float(((1.0 - a.sum(axis=0)) * output).sum())
        spent = d["spending"][:, n] * output.sum() / d["spending"][:, n].sum()
        alone = np.linalg.solve(np.eye(SECTORS) - a, beta)
        here = log_prices(d, n, d["own"][:, n], output / labour, spent / labour)
        closed = log_prices(d, n, np.ones(SECTORS), alone, alone)
        assert found[n] == pytest.approx(1.0 - np.exp(beta @ (here - closed)), rel=CLOSE)


def test_perfect_competition_is_the_formula_with_inputs() -> None:
    d = drawn(7)
    plain = ge.gains_from_trade(d["own"], d["final"], d["theta"], input_cost_share=d["inputs"])
    np.testing.assert_allclose(gains(d, scale=0.0), plain, rtol=CLOSE)


def test_without_inputs_it_is_the_formula_of_many_sectors() -> None:
    d = drawn(8)
    plain = ge.gains_multi_sector(
        d["own"],
        d["final"],
        d["theta"],
        scale=d["scale"],
        spending_share=d["final"],
        sales_share=d["output"] / d["output"].sum(axis=0),
    )
    none = np.zeros((REGIONS, SECTORS, SECTORS))
    np.testing.assert_allclose(gains(d, input_cost_share=none, selection=0.0), plain, rtol=CLOSE)


def test_scale_effects_without_bound_are_refused() -> None:
    d = drawn(9)
    with pytest.raises(InfeasibleError, match="larger elasticities"):
        gains(d | {"theta": np.full(SECTORS, 0.1)})


def test_a_good_without_domestic_supply_is_refused() -> None:
    d = drawn(10)
    d["own"][1, 2] = 0.0
    with pytest.raises(TableError, match="sector 1 of region 2"):
        gains(d)
    e = drawn(10)
    e["output"][3, 0] = 0.0
    with pytest.raises(TableError, match="sector 3 of region 0"):
        gains(e)
