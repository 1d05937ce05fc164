"""The raw data of docs/decoupling-static.md, and its laboratory of 2011."""

from __future__ import annotations

from pathlib import Path

import pytest

from replications.static_decoupling.laboratory import Laboratory, wiod
from replications.static_decoupling.page import YEARS


@pytest.fixture(scope="session")
def years(raw_data: Path) -> Path:
    """Folder of raw data with every year that the page needs."""
    for year in YEARS:
        if not (raw_data / "wiod2013" / f"wiod2013_{year}.npz").is_file():
            pytest.skip(f"the World Input-Output Database of {year} is absent")
    return raw_data


@pytest.fixture(scope="session")
def world(years: Path) -> Laboratory:
    """WIOD 2011."""
    return wiod(years, 2011)
