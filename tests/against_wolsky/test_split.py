"""Wolsky (1984) on Miller and Blair's sector 2 split into one and ninety-nine percent.

The table of Miller and Blair (2009, Table 2.3) with the closed forms of Wolsky and with data that
tell the small part from the large one. Printed with six decimals, hence the tolerance.
"""

import numpy as np
import pytest

from iomodel.errors import TableError
from iomodel.table.catalogue import load
from iomodel.table.splitting.wolsky import wolsky_coefficients, wolsky_inverse

WEIGHTS = (0.01, 0.99)
PRINTED = 5e-7
A_PLUS = [[0.15, 0.25, 0.25], [0.002, 0.0005, 0.0005], [0.198, 0.0495, 0.0495]]
L_PLUS = [
    [1.254125, 0.330033, 0.330033],
    [0.00264, 1.001221, 0.001221],
    [0.261386, 0.120891, 1.120891],
]


@pytest.fixture
def parent():
    return load("miller-blair")


def test_coefficients(parent):
    np.testing.assert_allclose(wolsky_coefficients(parent.A2, 1, WEIGHTS), A_PLUS, atol=1e-15)


def test_inverse_without_inverting(parent):
    inverse = np.linalg.inv(np.eye(2) - parent.A2)
    closed = wolsky_inverse(inverse, 1, WEIGHTS)
    np.testing.assert_allclose(closed, L_PLUS, atol=PRINTED)
    # Two inversions of well-conditioned 3 x 3 matrices agree to a few units of rounding.
    np.testing.assert_allclose(closed, np.linalg.inv(np.eye(3) - np.array(A_PLUS)), atol=1e-14)


def test_weights_alone_give_the_closed_form(parent):
    table = parent.split("2", ["ree", "rest"], output={"ree": 0.01})
    np.testing.assert_allclose(table.A2, A_PLUS, atol=1e-15)
    multipliers = np.linalg.inv(np.eye(3) - table.A2).sum(axis=0)
    np.testing.assert_allclose(multipliers, (1.518152, 1.452145, 1.452145), atol=PRINTED)


def test_end_uses_and_costs_tell_the_parts_apart(parent):
    table = parent.split(
        "2",
        ["ree", "rest"],
        output={"ree": 0.01},
        use={"ree": {"1": 12 / 20, "ree": 0.0, "rest": 1 / 20}},
        inputs={"ree": {"1": 0.0, "ree": 0.0, "rest": 6 / 20}},
    )
    np.testing.assert_allclose(table.Z2, [[150, 0, 500], [12, 0, 1], [188, 6, 93]], atol=1e-10)
    np.testing.assert_allclose(table.Y2[:, 0], (350, 7, 1693), rtol=1e-12)
    np.testing.assert_allclose(table.v1, (650, 14, 1386), rtol=1e-12)
    multipliers = np.linalg.inv(np.eye(3) - table.A2).sum(axis=0)
    np.testing.assert_allclose(multipliers, (1.517944, 1.435677, 1.452256), atol=PRINTED)


@pytest.mark.parametrize(
    ("position", "weights"), [(2, WEIGHTS), (-1, WEIGHTS), (1, (0.5, 0.4)), (1, (-0.1, 1.1))]
)
def test_refusals(parent, position, weights):
    with pytest.raises(TableError):
        wolsky_coefficients(parent.A2, position, weights)
    with pytest.raises(TableError):
        wolsky_inverse(np.linalg.inv(np.eye(2) - parent.A2), position, weights)
