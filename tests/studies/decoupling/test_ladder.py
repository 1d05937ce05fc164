"""One assumption at a time: the rungs add up, and each is what it says."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr

import iomodel as iom
from iomodel.equilibrium import Elasticities, rebase, solve
from iomodel.errors import IOModelError, LabelError
from iomodel.models.general_equilibrium.base_year import economy_of
from iomodel.models.general_equilibrium.equilibrium import equilibrium
from iomodel.models.general_equilibrium.lowering import shock_of
from iomodel.models.long_run.diffusion import goes_bekkers_elasticities
from iomodel.models.long_run.diffusion.inputs import theta_of
from iomodel.studies.decoupling import ORDER, decompose, default_blocs, ladder_frame
from iomodel.table.mrio import MRIOTable

STATIC = ("linkages", "blocs", "elasticities", "barriers")


@pytest.fixture(scope="module")
def ladder(small: MRIOTable) -> xr.Dataset:
    return decompose(small)


def test_rungs_add_up_for_every_region(ladder: xr.Dataset) -> None:
    total = ladder["contribution_pct"].sum("step")
    np.testing.assert_allclose(total, ladder["real_income_pct"].isel(step=-1), atol=1e-12)
    assert list(ladder["step"].values) == ["start", *ORDER]


def test_every_rung_says_what_it_stands_on(ladder: xr.Dataset) -> None:
    frame = ladder_frame(ladder)
    assert len(frame) == 8 * 11
    assert set(frame["model"]) == {"equilibrium", "diffusion"}
    for text in ladder["parameters"].values:
        record = json.loads(text)
        assert {"scenario", "elasticities", "linkages"} <= set(record)
    assert all(ladder["citation"].values)


def test_the_static_rungs_are_the_models_own_answer(small: MRIOTable) -> None:
    ladder = decompose(small, order=STATIC)
    blocs = default_blocs(small)
    effects = equilibrium(small, blocs.costs(), elasticities=2.0, balance="zero")
    expected = effects["real_income_pct"].values
    found = ladder["real_income_pct"].isel(step=-1).values[1:]
    # Two routes to the same equilibrium, each solved to 1e-10 in logs.
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_order_changes_the_rungs_and_not_their_sum(small: MRIOTable) -> None:
    other = ("blocs", "barriers", "linkages", "elasticities")
    one, two = decompose(small, order=STATIC), decompose(small, order=other)
    np.testing.assert_allclose(
        one["real_income_pct"].isel(step=-1), two["real_income_pct"].isel(step=-1), atol=1e-6
    )
    first = one["contribution_pct"].sel(step="barriers", region="WORLD")
    second = two["contribution_pct"].sel(step="barriers", region="WORLD")
    assert abs(float(first - second)) > 0.1


def test_linkages_and_lower_elasticities_raise_the_cost_of_barriers(small: MRIOTable) -> None:
    order = ("blocs", "barriers", "linkages", "elasticities")
    rungs = decompose(small, order=order)["contribution_pct"].sel(region="WORLD")
    assert (rungs.sel(step=list(order)) < 0.0).all()


def test_under_duties_lower_elasticities_cost_less(small: MRIOTable) -> None:
    """Revenue comes back to consumers: what is lost is what trade shrinks by."""
    rungs = decompose(small, order=("linkages", "blocs", "elasticities"))
    assert rungs["contribution_pct"].sel(step="elasticities", region="WORLD") > 0.0


def test_diffusion_hurts_the_poorer_east_most(ladder: xr.Dataset) -> None:
    part = ladder["contribution_pct"].sel(step="diffusion")
    assert float(part.sel(region="WORLD")) < 0.0
    assert float(part.sel(region="gb-ind")) < float(part.sel(region="gb-usa"))


def test_an_order_that_makes_no_sense_is_refused(small: MRIOTable) -> None:
    with pytest.raises(LabelError, match="luck"):
        decompose(small, order=("luck",))
    with pytest.raises(IOModelError, match="'blocs' before"):
        decompose(small, order=("barriers", "blocs"))
    with pytest.raises(IOModelError, match="twice"):
        decompose(small, order=("linkages", "linkages"))


def test_without_linkages_industries_use_their_own_materials_only(small: MRIOTable) -> None:
    theta, record = theta_of("GB", small)
    assert record["citation"] == "GoesBekkers2022"
    elasticities = Elasticities.caliendo_parro(theta)
    bare = economy_of(small, small.tariff.values, linkages=False)
    off = bare.input_share * (1.0 - np.eye(6))
    assert np.abs(off).max() == 0.0
    base, _ = rebase(bare, elasticities)
    scenario = default_blocs(small).costs()
    again = solve(base, elasticities, shock_of(scenario.lower(small)))
    effects = iom.run(
        small,
        scenario,
        "equilibrium",
        elasticities=goes_bekkers_elasticities(small),
        balance="zero",
        linkages=False,
    )
    income = 100.0 * (again.real_income[0] - 1.0)
    np.testing.assert_allclose(effects["real_income_pct"], income, atol=1e-7)
    ladder = decompose(small, order=("linkages",))
    assert ladder["model"].values.tolist() == ["equilibrium", "equilibrium"]
