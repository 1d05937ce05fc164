"""Pages of equations and docstrings of functions name the same numbers."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TAG = re.compile(r"\\tag\{(\d+)\}")
REFERENCE = re.compile(r"\bEq\. \((\d+)\)")


def docstrings(room: Path) -> list[str]:
    """Docstrings of all functions and methods of a room."""
    nodes = [
        node
        for file in sorted(room.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    return [ast.get_docstring(node) or "" for node in nodes]


@pytest.mark.parametrize("room", ["equilibrium", "diffusion"])
def test_every_equation_has_its_function_and_every_reference_its_equation(room: str) -> None:
    page = (ROOT / "docs" / f"{room}.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in TAG.findall(page)]
    assert numbers == list(range(1, len(numbers) + 1))
    text = "\n".join(docstrings(ROOT / "iomodel" / room))
    references = {int(number) for number in REFERENCE.findall(text)}
    assert references == set(numbers)
