"""Kitzes (2013), An introduction to environmentally-extended input-output analysis."""

import numpy as np

from iomodel.leontief import LeontiefSystem
from iomodel.table.mrio import MRIOTable


def test_consumption_accounts():
    """Two sectors, impacts 8 and 4, consumption 3 and 6: accounts 4.8 and 7.2, exact."""
    T, x, y = np.array([[8.0, 5.0], [4.0, 2.0]]), np.array([16.0, 12.0]), np.array([3.0, 6.0])
    table = MRIOTable.from_arrays(
        T,
        y,
        x=x,
        V=x - T.sum(axis=0),
        regions=["World"],
        sectors=["1", "2"],
        extensions={"impact": [8.0, 4.0]},
    )
    system = LeontiefSystem(table)
    by_name = system.multipliers("impact").values.ravel() * y
    by_array = system.multipliers(np.array([8.0, 4.0]) / x).values.ravel() * y
    np.testing.assert_allclose(by_name, [4.8, 7.2], rtol=1e-14)
    np.testing.assert_allclose(by_array, [4.8, 7.2], rtol=1e-14)
