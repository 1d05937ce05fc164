"""Inoperability: worked cases of Haimes and Jiang (2001) and of Lian and Haimes (2006).

And Leontief in relative terms, of which it is another way to speak.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from iomodel.errors import TableError
from iomodel.indicators import dynamic_inoperability, inoperability, resilience
from iomodel.leontief import LeontiefSystem
from iomodel.models import run
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import DemandChange
from iomodel.table.mrio import MRIOTable


def test_two_infrastructures():
    q = LeontiefSystem.from_coefficients(np.array([[0, 0.8], [0.2, 0]])).solve(np.array([0, 0.6]))
    np.testing.assert_allclose(q, [0.571, 0.714], atol=5e-4)


def test_four_infrastructures_cannot_fail_more_than_wholly():
    A = np.array([[0, 0.9, 0, 0], [0.4, 0, 0, 0], [1, 0.8, 0, 0], [1, 0.9, 0, 0]])
    q = LeontiefSystem.from_coefficients(A).solve(np.array([0, 0.5, 0, 0]))
    np.testing.assert_allclose(np.minimum(q, 1), [0.70, 0.78, 1, 1], atol=5e-3)


def test_interdependency_matrix_and_relative_leontief_agree(make_table):
    table = make_table(6)
    lost = np.random.default_rng(0).uniform(0, 0.05, table.n)
    interdependency = table.Z2 / table.x1[:, None]
    q = np.linalg.solve(np.eye(table.n) - interdependency, lost)
    found = inoperability(table, lost)
    np.testing.assert_allclose(found.values.ravel(), q, rtol=1e-11)
    change = LeontiefSystem(table).solve(lost * table.x1)
    np.testing.assert_allclose(found.values.ravel(), change / table.x1, rtol=1e-12)


def test_says_what_the_leontief_model_says(make_table):
    table = make_table(7, final_uses=1)
    lost = np.zeros(table.shape)
    lost[:, 2] = 0.1 * table.Y.values[:, 2, 0, 0] / table.x.values[:, 2]
    effects = run(table, Scenario(DemandChange("R0", "s2", -0.1)))
    np.testing.assert_allclose(
        100 * inoperability(table, lost), -effects["output_pct"].values, rtol=1e-10
    )


def test_losses_of_the_wrong_shape_are_refused():
    table = MRIOTable.from_arrays([[1.0]], [[2.0]], regions=["A"], sectors=["s"])
    with pytest.raises(TableError, match="give one finite fraction for each of 1 industries"):
        inoperability(table, [0.1, 0.2])
    with pytest.raises(TableError, match="finite"):
        inoperability(table, [np.nan])


# ---------------------------------------------------------------------- dynamic
TWO = np.array([[0.15, 0.5], [0.1, 0.05]])


def test_two_sectors_in_the_long_run():
    lost = np.array([0, 0.1])
    q = LeontiefSystem.from_coefficients(TWO).solve(lost)
    # Half of the last digit printed.
    np.testing.assert_allclose(q, [0.066, 0.112], atol=5e-4)
    # The slowest mode shrinks by .2 (1 - .33) a step: after 300 nothing of it is left.
    np.testing.assert_allclose(dynamic_inoperability(TWO, lost, 0.2, 300)[-1], q, rtol=1e-12)


@pytest.mark.parametrize(
    ("step", "q"), [(0, (0, 0)), (1, (0, 0.02)), (2, (0.002, 0.0362)), (5, (0.0137433, 0.0688583))]
)
def test_two_sectors_step_by_step(step, q):
    path = dynamic_inoperability(TWO, [0, 0.1], 0.2, 5)
    np.testing.assert_allclose(path[step], q, rtol=0, atol=5e-8)


def test_recovery_follows_the_matrix_exponential():
    speed, initial, fine = resilience(TWO, [0.01, 0.05], [30, 20]), np.array([0.3, 0.1]), 1000
    path = dynamic_inoperability(TWO, [0, 0], speed / fine, 10 * fine, initial=initial)
    exact = expm(-10 * np.diag(speed) @ (np.eye(2) - TWO)) @ initial
    # Steps of a thousandth: the error is of first order in the step, here below 1e-3 of q.
    np.testing.assert_allclose(path[-1], exact, rtol=1e-3)


def test_resilience_alone_leaves_what_it_says():
    own = np.diag([0.4, 0.1])
    speed = resilience(own, [0.01, 0.2], [30, 12])
    for i, (part, time) in enumerate([(0.01, 30), (0.2, 12)]):
        assert np.exp(-speed[i] * (1 - own[i, i]) * time) == pytest.approx(part, rel=1e-12)


def test_stocks_put_off_what_others_feel():
    bare = dynamic_inoperability(TWO, [0, 0.1], 0.2, 200)
    path = dynamic_inoperability(TWO, [0, 0.1], 0.2, 200, stock=[0.0, 0.05])
    # Sector 2 alone, its stock covers .02 and then .03 of .2 x (.1 - .02) + .02 = .036.
    np.testing.assert_allclose(path[:3], [[0, 0], [0, 0], [0, 0.006]], atol=1e-15)
    assert np.all(path <= bare + 1e-15)
    np.testing.assert_allclose(path[-1], bare[-1], rtol=1e-9)


@pytest.mark.parametrize(
    "wrong", [{"speed": 1.5}, {"speed": -0.1}, {"stock": -1}, {"loss": [0.1, 0.1, 0.1]}]
)
def test_dynamic_refusals(wrong):
    given = {"loss": [0, 0.1], "speed": 0.2, **wrong}
    with pytest.raises(TableError):
        dynamic_inoperability(TWO, given.pop("loss"), given.pop("speed"), 3, **given)
    with pytest.raises(TableError, match="part left"):
        resilience(TWO, 0.0, 1.0)
