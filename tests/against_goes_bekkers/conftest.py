"""The runs behind docs/goes-bekkers.md, each made once."""

from __future__ import annotations

import pytest
import xarray as xr

from replications.goes_bekkers_2022.base_year import base_year
from replications.goes_bekkers_2022.page import fitted_knowledge, specified
from replications.goes_bekkers_2022.runs import INFERRED, Base, Simulation, solve


@pytest.fixture(scope="session")
def base() -> Base:
    """The world of 2014."""
    return base_year()


@pytest.fixture(scope="session")
def knowledge(base: Base) -> xr.DataArray:
    """Knowledge by region and sector of Figure 3."""
    return fitted_knowledge(base)


@pytest.fixture(scope="session")
def printed(base: Base) -> Simulation:
    """As printed, nothing fitted."""
    return solve(base)


@pytest.fixture(scope="session")
def inferred(base: Base, knowledge: xr.DataArray) -> Simulation:
    """With the two numbers inferred from figures."""
    return solve(base, specification=INFERRED, productivity=knowledge)


@pytest.fixture(scope="session")
def full_table() -> dict[str, Simulation]:
    """Both specifications on the full table of WIOD."""
    full = base_year("full")
    return specified(full, fitted_knowledge(full))


@pytest.fixture(params=["printed", "inferred"])
def simulated(request: pytest.FixtureRequest) -> Simulation:
    """Both specifications."""
    return request.getfixturevalue(str(request.param))
