"""What the README says is what the code does."""

from __future__ import annotations

import importlib.util
import re
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


def test_the_python_of_the_readme_runs() -> None:
    text = _script().README.read_text(encoding="utf-8")
    [block] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(block, "README.md", "exec"), names)
    assert {"table", "scenario", "effects", "mine", "system"} <= set(names)
