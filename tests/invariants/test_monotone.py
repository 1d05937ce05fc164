"""Invariant 2: losses rise with cut and criticality, and fall with stocks and elasticity."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from iomodel.models.shortage.allocation import downstream_losses
from iomodel.models.shortage.expenditure_bounds import after_stocks, ces_response, expenditure_bound
from tests.invariants.tables import OPEN

# Losses that creep round a circle are known to about 1e-11 over the rate of their approach.
CREEP = 1e-7


def losses(case, scenario, gamma=None, rule="intermediate"):
    return downstream_losses(case.supply(scenario, gamma, rule)).loss


def test_larger_cuts_lose_more(case):
    found = [losses(case, case.supply_cut(share)) for share in (0.0, *case.shares)]
    assert not found[0].any()
    for small, large in pairwise(found):
        assert (large - small).min() >= -CREEP
        assert large.sum() > small.sum()


@pytest.mark.parametrize("case", OPEN, indirect=True)
def test_larger_export_cuts_lose_more_abroad(case):
    """What is withheld helps the exporter's own users, so only the others must lose more."""
    found = [losses(case, case.cut(share)) for share in case.shares]
    own = case.table.regions.index(case.region)
    abroad = np.delete(found[1] - found[0], own, axis=0)
    assert abroad.min() >= -CREEP
    assert abroad.max() > 0


def test_more_critical_inputs_lose_more(case):
    cut = case.cut(case.shares[-1])
    found = [losses(case, cut, part * case.gamma) for part in (0.0, 0.5, 1.0)]
    assert (found[1] - found[0]).min() >= -CREEP
    assert (found[2] - found[1]).min() >= -CREEP
    assert found[2].sum() > found[1].sum() > found[0].sum()


def test_stocks_put_losses_off(case):
    cut = case.supply_cut(case.shares[0])
    found = []
    for months in (0.0, 1.0):
        effects = case.run(cut, "inventories", days=20, stocks=months)
        found.append(effects["gdp_pct"].values.sum())
    assert found[0] < 0
    assert found[1] >= found[0]
    assert np.all(np.diff(after_stocks(0.8, np.arange(12.0), 12.0)) <= 0)


def test_substitution_softens(case):
    """With the shares in GDP and the remaining quantities of the table."""
    if case.closed:
        share = float(case.table.x.sel(sector="REE").sum() / case.table.v1.sum())
        shares, remaining = np.array([share]), np.array([0.5])
    else:
        frame = expenditure_bound(case.table, case.cut(case.shares[-1]))
        shares, remaining = frame["share"].to_numpy(), frame["remaining"].to_numpy()
    sigma = np.array([0.05, 0.1, 0.2, 0.5, 1.0, 2.0])[:, None]
    response = ces_response(shares, remaining, sigma)
    assert np.all(np.diff(response, axis=0) >= 0)
    assert np.all(response < 1)
