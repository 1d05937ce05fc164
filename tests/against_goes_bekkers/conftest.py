"""The runs behind docs/goes-bekkers.md, each made once."""

from __future__ import annotations

from pathlib import Path

import pytest

import iomodel as iom
from replications.goes_bekkers_2022.runs import Base, Simulation, base_of, solve, world_2014


@pytest.fixture(scope="session")
def later() -> Simulation:
    """The paper's specification on world-2022."""
    return solve(base_of(iom.load("world-2022")))


@pytest.fixture(scope="session")
def base(raw_data: Path) -> Base:
    """The world of 2014."""
    for name in ("icio/ICIO2014.npz", "wiod2016/wiod2016_2014_partial.npz"):
        if not (raw_data / name).is_file():
            pytest.skip(f"{name} is absent")
    return base_of(world_2014(raw_data))


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
    """Both worlds; that of 2014 where the raw data are."""
    return request.getfixturevalue(str(request.param))
