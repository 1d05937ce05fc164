"""The script behind docs/decoupling-static.md, and its laboratory of 2011."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def script() -> ModuleType:
    path = ROOT / "docs" / "builders" / "decoupling.py"
    spec = importlib.util.spec_from_file_location("decoupling", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def years(script: ModuleType, raw_data: Path) -> Path:
    """Folder of raw data with every year that the page needs."""
    for year in script.YEARS:
        if not (raw_data / "wiod2013" / f"wiod2013_{year}.npz").is_file():
            pytest.skip(f"the World Input-Output Database of {year} is absent")
    return raw_data


@pytest.fixture(scope="session")
def world(script: ModuleType, years: Path) -> Any:
    """WIOD 2011."""
    return script.wiod(years, 2011)
