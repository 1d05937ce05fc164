"""What the README says is what the code does."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).with_name("readme_headlines.py")


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("readme_headlines", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_headlines_is_what_the_code_produces() -> None:
    script = _script()
    assert script.in_readme() == script.headlines()
