"""Bounds from expenditure at the size of rare earths, and the CES nest they approximate.

Figures are printed to one to three digits in the notes they come from; half a unit of the last
digit is the tolerance, in percent.
"""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.errors import LabelError
from iomodel.models.shortage.expenditure_bounds import (
    after_stocks,
    ces_response,
    expenditure_bound,
    implied_price,
    second_order,
    trapezoid,
)
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import ExportCut
from iomodel.table.catalogue import load

RARE_EARTHS = 1.8e-5  # US compounds, metals and magnets over GDP


@pytest.mark.parametrize(("price", "loss"), [(20, 0.007), (100, 0.030), (1000, 0.29)])
def test_loss_at_a_multiple_of_the_price(price, loss):
    digit = 0.005 if loss == 0.29 else 0.0005
    assert -100 * trapezoid(RARE_EARTHS, 0.2, price) == pytest.approx(loss, abs=digit)


def test_a_loss_implies_a_price():
    # Quoted as "about 5,000" from a loss rounded to 1.5%: half of that last digit is 3%, and the
    # word "about" asks for no more than one leading digit.
    assert implied_price(RARE_EARTHS, 0.2, 0.015) == pytest.approx(5000, rel=0.05)
    back = implied_price(RARE_EARTHS, 0.2, -trapezoid(RARE_EARTHS, 0.2, 123.0))
    assert back == pytest.approx(123.0)


@pytest.mark.parametrize(
    ("share", "remaining", "sigma", "change", "digit"),
    [
        (1e-3, 0.2, 0.04, -73.3, 0.05),
        (1e-3, 0.2, 0.1, -56.9, 0.05),
        (1e-3, 0.2, 0.2, -11.4, 0.05),
        (1e-3, 0.2, 0.5, -0.40, 0.005),
        (1e-3, 0.2, 1.0, -0.16, 0.005),
        (1e-5, 0.2, 0.04, -67.7, 0.05),
        (1e-5, 0.2, 0.1, -28.5, 0.05),
        (1e-5, 0.2, 0.2, -0.16, 0.005),
        (1e-5, 0.2, 0.5, 0.0, 0.005),
        (1e-5, 0.2, 1.0, 0.0, 0.005),
        (1e-3, 0.5, 0.04, -33.3, 0.05),
        (1e-3, 0.5, 0.1, -4.5, 0.05),
        (1e-3, 0.5, 0.2, -0.37, 0.005),
        (1e-3, 0.5, 0.5, -0.10, 0.005),
        (1e-3, 0.5, 1.0, -0.07, 0.005),
        (0.04, 0.9, 0.04, -1.57, 0.005),
    ],
)
def test_nest(share, remaining, sigma, change, digit):
    assert 100 * (ces_response(share, remaining, sigma) - 1) == pytest.approx(change, abs=digit)


def test_second_order_is_poor_for_large_cuts():
    # Half of the last digit quoted.
    assert 100 * second_order(0.04, 0.7, 0.1) == pytest.approx(-3.6, abs=0.05)
    assert 100 * np.log(ces_response(0.04, 0.7, 0.1)) == pytest.approx(-7.4, abs=0.05)


def test_nest_is_continuous_at_cobb_douglas():
    near = ces_response(0.3, 0.5, np.array([1 - 1e-9, 1.0, 1 + 1e-9]))
    np.testing.assert_allclose(near, 0.5**0.3, rtol=1e-8)


def test_stock_formula():
    months = np.array([0, 1, 2, 3, 6])
    np.testing.assert_allclose(
        after_stocks(0.8, months, 12), [0.8, 0.717, 0.633, 0.55, 0.3], atol=5e-4
    )


def test_expenditure_bound_of_the_world():
    table = load("world-2022")
    frame = expenditure_bound(table, Scenario(ExportCut("CHN", "C24B", 0.8)))
    assert "CHN" not in frame.index
    assert frame.loc["JPN", "remaining"] == pytest.approx(0.2)
    assert frame.loc["JPN", "expenditure"] == pytest.approx(
        float(table.Z.sel(region="CHN", sector="C24B", user_region="JPN").sum())
        + float(table.Y.sel(region="CHN", sector="C24B", user_region="JPN").sum())
    )
    losses = frame.filter(like="loss_pct").to_numpy()
    assert np.all(np.diff(losses, axis=1) > 0)
    none = expenditure_bound(table, Scenario())
    assert len(none) == 0


def test_refusals():
    with pytest.raises(LabelError, match="remaining is 0"):
        ces_response(0.1, 0.0, 0.5)
