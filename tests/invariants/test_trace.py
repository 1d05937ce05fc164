"""Invariant 15: an input of 1e-6 of output that nobody rated moves GDP by no more than that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from iomodel.table.mrio import MRIOTable

TRACE = 1e-6


@dataclass(frozen=True, eq=False)
class Traced:
    """A table with a trace of the scarce product where nobody rated it."""

    table: MRIOTable
    region: str
    user: str
    # What the trace takes of the product's sales to the region.
    taken: float


@pytest.fixture(scope="module")
def traced(case) -> Traced:
    table, name = case.table, case.products[-1]
    product, origin = table.sectors.index(name), table.regions.index(case.region)
    region = case.region if case.closed else "USA"
    m = table.regions.index(region)
    unrated = (case.gamma[product] == 0) & (table.x.values[m] > 0)
    unrated[[table.sectors.index(p) for p in case.products]] = False
    j = int(np.flatnonzero(unrated)[-1])
    Z = table.Z.values.copy()
    new = TRACE * table.x.values[m, j]
    before = Z[origin, product, m].sum()
    Z[origin, product, m, j] += new
    x = table.x.values.copy()
    x[origin, product] += new
    other = MRIOTable.from_arrays(
        Z,
        table.Y.values,
        x=x,
        regions=table.regions,
        sectors=table.sectors,
        final_uses=table.final_uses,
        classification=table.attrs["classification"],
        validate=False,
    )
    return Traced(other, region, table.sectors[j], new / before)


@pytest.fixture(scope="module")
def untraced(case) -> MRIOTable:
    """The table through the same door: value added as one row."""
    table = case.table
    return MRIOTable.from_arrays(
        table.Z.values,
        table.Y.values,
        x=table.x.values,
        regions=table.regions,
        sectors=table.sectors,
        final_uses=table.final_uses,
        classification=table.attrs["classification"],
        validate=False,
    )


@pytest.mark.parametrize("model", ["bottleneck", "rationing", "inventories", "extraction"])
def test_a_trace_moves_next_to_nothing(case, traced, untraced, model):
    options = {"days": 30, "stocks": 0.0} if model == "inventories" else {}
    cut = case.cut(case.shares[-2])
    plain, more = (
        case.loss(case.run(cut, model, table=t, **options)) for t in (untraced, traced.table)
    )
    # The trace itself, and the part of the scarce product that it takes from others, in whose
    # loss it shows up once for them and once for those whom they supply.
    assert abs(more - plain) < 10 * TRACE + 2 * traced.taken * abs(plain)


def test_naive_minimum_over_all_inputs_fails(case, traced):
    """Why criticality is mandatory: taken as a must, the same trace stops an industry."""
    rated = {("all", "all"): 0.0, (case.products[-1], traced.user): 1.0}
    cut = case.cut(case.shares[-1])
    effects = case.run(cut, "bottleneck", table=traced.table, criticality=rated)
    fall = effects["output_pct"].sel(region=traced.region, sector=traced.user)
    assert float(fall) < -100 * 1000 * TRACE
