"""Invariant 10: with m months of stock a cut of T months costs max(0, theta - m / T) on average.

On the toy: users of a real table have other origins, which the formula does not know. The formula
itself is tested in tests/against_bachmann, a single chain in tests/models/test_inventories.py.
"""

from __future__ import annotations

import pytest

from iomodel.models import run
from iomodel.models.sufficient import after_stocks
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import SupplyCut
from iomodel.table.catalogue import load


@pytest.mark.parametrize("share", [0.3, 0.8])
@pytest.mark.parametrize("months", [0.0, 3.0, 6.0])
def test_the_one_who_needs_it(share, months):
    """Magnets need rare earths; who else buys them needs none."""
    effects = run(
        load("ree-toy"),
        Scenario(SupplyCut("TOY", "REE", share)),
        "inventories",
        criticality={("REE", "MAG"): 1.0},
        stocks=months,
        rationing="proportional",
    )
    lost = -float(effects["output_pct"].sel(sector="MAG")[0]) / 100
    # Whole days, and a stock of at least one day: two days in a year.
    assert lost == pytest.approx(float(after_stocks(share, months, 12.0)), abs=2 / 365)
