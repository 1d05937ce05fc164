"""The data of Caliendo and Parro (2015), from the replication's folder."""

from __future__ import annotations

import pytest

from replications.caliendo_parro_2015.data import NaftaData, load_nafta


@pytest.fixture(scope="session")
def published() -> NaftaData:
    return load_nafta()
