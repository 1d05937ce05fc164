"""Multipliers on tables with several regions: identities and the household closure."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import IOModelError, LabelError, TableError
from iomodel.leontief import Households, LeontiefSystem
from iomodel.table.mrio import MRIOTable


def world(seed, R=3, S=4):
    """A random table with one industry that makes and uses nothing."""
    rng = np.random.default_rng(seed)
    n = R * S
    Z = rng.random((n, n))
    Y = rng.random((n, R * 2)) * 6
    dead = seed % n
    Z[dead], Z[:, dead], Y[dead] = 0.0, 0.0, 0.0
    x = Z.sum(axis=1) + Y.sum(axis=1)
    margin = x - Z.sum(axis=0)
    Y[:, 0] += max(0.0, -margin.min() * 1.2) * (x > 0)  # keep value added positive
    x = Z.sum(axis=1) + Y.sum(axis=1)
    value_added = x - Z.sum(axis=0)
    return MRIOTable.from_arrays(
        Z,
        Y,
        V=np.vstack([0.9 * value_added, 0.1 * value_added]),
        x=x,
        regions=[f"R{r}" for r in range(R)],
        sectors=[f"s{s}" for s in range(S)],
        final_uses=["HFCE", "other"],
        primary_inputs=["VA", "TLS"],
        value_added_inputs=["VA"],
        extensions={"jobs": rng.random(n) * (x > 0)},
    )


@given(seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_extensions_are_fully_attributed_to_final_demand(seed):
    table = world(seed)
    system = LeontiefSystem(table)
    f = table.Y2.sum(axis=1)
    totals = {
        "output": table.x1.sum(),
        "value_added": table.v1.sum(),
        "jobs": table.extensions.values.sum(),
        "TLS": table.V2[1].sum(),
    }
    for name, total in totals.items():
        np.testing.assert_allclose(system.multipliers(name).values.ravel() @ f, total, rtol=1e-12)


@given(seed=st.integers(0, 2**32 - 1), share=st.sampled_from([0.2, 0.6]))
@settings(deadline=None, max_examples=30)
def test_household_closure_equals_the_bordered_matrix(seed, share):
    table = world(seed)
    R, S = table.shape
    system = LeontiefSystem(table)
    total = table.Y.values.sum(axis=(0, 1, 3)) * 2
    how = Households(income_share=share, total_income=total, transfers=[0.0, 0.05, 0.1])
    closed = how.close(system)
    bordered = np.block(
        [[system.A, closed.consumption], [closed.income, np.diag([0.0, 0.05, 0.1])]]
    )
    for r in range(R):  # industries pay the households of their own region only
        assert np.count_nonzero(closed.income[r, np.arange(R * S) // S != r]) == 0
    inverse = np.linalg.inv(np.eye(R * S + R) - bordered)
    rng = np.random.default_rng(seed)
    f, g = rng.random((R * S, 2)), rng.random((R, 2))
    x, earned, report = closed.solve(f, g)
    np.testing.assert_allclose(np.vstack([x, earned]), inverse @ np.vstack([f, g]), rtol=1e-10)
    assert report.residual < 1e-13
    value = system.multipliers("jobs", "household", households=how)
    direct = np.divide(
        table.extensions.values.ravel(), table.x1, out=np.zeros(R * S), where=table.x1 > 0
    )
    expected = (direct @ inverse[: R * S, : R * S]).reshape(R, S)
    np.testing.assert_allclose(value, expected, rtol=1e-10)
    # Induced effects come on top of the type I ones.
    assert (value.values >= system.multipliers("jobs").values * (1 - 1e-12)).all()


def test_given_intensities_match_by_label():
    table = world(1)
    system = LeontiefSystem(table)
    jobs = xr.DataArray(
        np.arange(12.0).reshape(3, 4),
        {"region": table.regions, "sector": table.sectors},
        ("region", "sector"),
    )
    turned = jobs.isel(region=[2, 0, 1]).transpose()
    np.testing.assert_array_equal(system.multipliers(jobs), system.multipliers(turned))
    np.testing.assert_array_equal(system.multipliers(jobs), system.multipliers(np.arange(12.0)))
    result = system.multipliers(jobs)
    assert result.attrs["closure"] == "simple"
    assert result.name == "multiplier"


def test_refusals():
    system = LeontiefSystem(world(2))
    with pytest.raises(LabelError, match=r"'job'.*did you mean 'jobs'.*output, value_added, jobs"):
        system.multipliers("job")
    with pytest.raises(TableError, match="one vector"):
        system.multipliers(np.ones((12, 2)))
    with pytest.raises(IOModelError, match="valid: simple, household"):
        system.multipliers(closure="type II")
    with pytest.raises(IOModelError, match='ask for "household"'):
        system.multipliers(households=Households())
    plain = LeontiefSystem.from_coefficients(np.zeros((2, 2)))
    with pytest.raises(TableError, match="knows no extension 'jobs'"):
        plain.multipliers("jobs")
    with pytest.raises(TableError, match="not negative"):
        Households(np.zeros((2, 1)), -np.ones((1, 2))).close(plain)
    with pytest.raises(TableError, match="income has shape"):
        Households(np.zeros((2, 1)), np.ones((1, 3))).close(plain)
    with pytest.raises(TableError, match="total_income has shape"):
        Households(total_income=[1.0]).close(system)


def test_labelled_households_are_put_in_order():
    table = world(3)
    system = LeontiefSystem(table)
    R, S = table.shape
    rng = np.random.default_rng(3)
    industries = pd.MultiIndex.from_product([table.regions, table.sectors])
    regions = pd.Index(table.regions)
    spending = pd.DataFrame(rng.random((R * S, R)) / (3 * R * S), industries, regions)
    earnings = pd.DataFrame(rng.random((R, R * S)) / (3 * R), regions, industries)
    by_region = {name: pd.Series(rng.uniform(0.0, 0.1, R), regions) for name in "ti"}

    def multipliers(how):
        return system.multipliers(closure="household", households=how).values

    plain = Households(
        spending.to_numpy(),
        earnings.to_numpy(),
        transfers=by_region["t"].to_numpy(),
        intensity=by_region["i"].to_numpy(),
    )
    mixed = rng.permutation(R * S)
    labelled = Households(
        spending.iloc[mixed, ::-1],
        earnings.iloc[::-1, mixed],
        transfers=by_region["t"][::-1],
        intensity=by_region["i"][::-1],
    )
    np.testing.assert_allclose(multipliers(labelled), multipliers(plain), rtol=1e-14)
    dims = ("region", "sector", "user_region")
    cells = spending.to_numpy().reshape(R, S, R)
    array = xr.DataArray(cells, [table.regions, table.sectors, regions], dims)
    as_array = Households(array[::-1, :, ::-1], earnings, transfers=by_region["t"], intensity=0.0)
    as_plain = Households(spending.to_numpy(), earnings.to_numpy(), transfers=by_region["t"].values)
    np.testing.assert_allclose(multipliers(as_array), multipliers(as_plain), rtol=1e-14)
    matrix = pd.DataFrame(rng.random((R, R)) / (9 * R), regions, regions)
    for name, values in (
        ("transfers", matrix),
        ("income_share", pd.Series(rng.uniform(0.2, 0.5, R), regions)),
        ("income_share", pd.DataFrame(rng.uniform(0.2, 0.5, (R, S)), regions, table.sectors)),
        ("total_income", pd.Series(table.Y.values.sum(axis=(0, 1, 3)) * 2, regions)),
    ):
        settings = {"total_income": table.Y.values.sum(axis=(0, 1, 3)) * 2}
        ordered = Households(**{**settings, name: values.to_numpy()})
        reversed_ = Households(**{**settings, name: values.iloc[::-1]})
        np.testing.assert_allclose(multipliers(reversed_), multipliers(ordered), rtol=1e-14)


def test_labelled_households_that_do_not_fit_are_refused():
    table = world(3)
    system = LeontiefSystem(table)
    share = pd.Series(0.5, table.regions)
    with pytest.raises(LabelError, match="household income_share: unknown region 'Mars'"):
        Households(income_share=pd.concat([share, pd.Series({"Mars": 1.0})])).close(system)
    with pytest.raises(LabelError, match="household income_share lacks region"):
        Households(income_share=share.iloc[1:]).close(system)
    plain = LeontiefSystem.from_coefficients(np.zeros((2, 2)))
    with pytest.raises(LabelError):
        Households(np.zeros((2, 1)), pd.DataFrame([[0.1, 0.2]], ["A"], ["x", "y"])).close(plain)
