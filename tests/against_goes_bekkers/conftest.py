"""The runs behind docs/goes-bekkers.md, each made once."""

from __future__ import annotations

import pytest

import iomodel as iom
from replications.goes_bekkers_2022.base_year import base_year
from replications.goes_bekkers_2022.runs import Base, Simulation, base_of, solve


@pytest.fixture(scope="session")
def later() -> Simulation:
    """The paper's specification on world-2022."""
    return solve(base_of(iom.load("world-2022")))


@pytest.fixture(scope="session")
def base() -> Base:
    """The world of 2014."""
    return base_year()


@pytest.fixture(scope="session")
def earlier(base: Base) -> Simulation:
    """The paper's specification on the world of 2014."""
    return solve(base)


@pytest.fixture(scope="session")
def still(base: Base) -> Simulation:
    """The same without ideas."""
    return solve(base, alpha=0.0)


@pytest.fixture(params=["later", "earlier"])
def found(request: pytest.FixtureRequest) -> Simulation:
    """Both worlds."""
    return request.getfixturevalue(str(request.param))
