"""Invariant 14: the order of regions and sectors leaves every answer as it is.

On random tables and for more models in tests/models/test_invariance.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.table.mrio import MRIOTable


@pytest.fixture(scope="module")
def shuffled(case):
    table, rng = case.table, np.random.default_rng(1)
    r, s = (rng.permutation(size) for size in table.shape)
    data = table.dataset
    uses, rows = range(len(table.final_uses)), range(data.sizes["primary_input"])
    return MRIOTable.from_arrays(
        data["Z"].values[np.ix_(r, s, r, s)],
        data["Y"].values[np.ix_(r, s, r, uses)],
        data["V"].values[np.ix_(rows, r, s)],
        x=data["x"].values[np.ix_(r, s)],
        regions=[table.regions[k] for k in r],
        sectors=[table.sectors[k] for k in s],
        final_uses=table.final_uses,
        primary_inputs=data["primary_input"].values.tolist(),
        value_added_inputs=data["primary_input"]
        .values[data["counts_as_value_added"].values.astype(bool)]
        .tolist(),
        validate=False,
        classification=table.attrs["classification"],
    )


@pytest.mark.parametrize("model", ["extraction", "ghosh", "bottleneck"])
def test_every_industry(case, shuffled, model):
    cut = case.cut(case.shares[-1])
    one, two = case.run(cut, model), case.run(cut, model, table=shuffled)
    for name in ("output_new", "value_added_new", "gdp_new"):
        again = two[name].reindex_like(one[name])
        # Sums in another order: a few thousand roundings, relative to the largest cell.
        np.testing.assert_allclose(
            again, one[name], rtol=1e-9, atol=1e-12 * float(one[name].max()), err_msg=name
        )


def test_best_allocation(case, shuffled):
    """Who bears the loss may be a tie; what is lost in all is not."""
    cut = case.cut(case.shares[-1])
    one, two = (case.loss(case.run(cut, "rationing", table=t)) for t in (case.table, shuffled))
    # The weight that settles ties may cost the programme 1e-5 of what is lost.
    assert two == pytest.approx(one, rel=1e-5, abs=1e-12)
