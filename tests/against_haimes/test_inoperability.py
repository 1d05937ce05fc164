"""Inoperability: the worked cases of Haimes and Jiang (2001), and Leontief in relative terms."""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.errors import TableError
from iomodel.leontief import LeontiefSystem
from iomodel.models import run
from iomodel.models.inoperability import inoperability
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
