"""The ten-by-six world, made once."""

from __future__ import annotations

import pytest
import xarray as xr

import iomodel as iom
from iomodel.studies.decoupling import elasticity_centres, goes_bekkers_table
from iomodel.table.mrio import MRIOTable


@pytest.fixture(scope="session")
def world() -> MRIOTable:
    return iom.load("world-2022")


@pytest.fixture(scope="session")
def small(world: MRIOTable) -> MRIOTable:
    return goes_bekkers_table(world)


@pytest.fixture(scope="session")
def centres(world: MRIOTable) -> xr.DataArray:
    return elasticity_centres(world, paper=True)
