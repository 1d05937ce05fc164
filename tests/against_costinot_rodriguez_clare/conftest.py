"""The script behind docs/published.md, and what it finds."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def script() -> ModuleType:
    path = ROOT / "docs" / "builders" / "gains_2008.py"
    spec = importlib.util.spec_from_file_location("gains_2008", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def accounts(script: ModuleType, raw_data: Path) -> Any:
    """World input-output accounts of 2008 in 34 regions and 31 sectors."""
    if not (raw_data / "wiod2013" / "wiod2013_2008.npz").is_file():
        pytest.skip("the World Input-Output Database of 2008 is absent")
    return script.Accounts(raw_data)
