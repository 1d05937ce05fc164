"""Length of function bodies, docstring left out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import Module, has_docstring

LONGEST = 60
"""Lines that a body may have without an argument for more."""

_REASON = re.compile(r"^\s*# long: \S")


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the last, blank ones counted."""
    body = function.body[1:] if has_docstring(function.body) else function.body
    if not body:
        return 0
    end = function.end_lineno or function.lineno
    return end - body[0].lineno + 1


def long_functions(module: Module, longest: int = LONGEST) -> Iterator[str]:
    """Functions over `longest` lines without ``# long: reason`` on the line before them.

    The line before is that before the first decorator, or that before ``def``.
    """
    lines = module.text.splitlines()
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = body_length(node)
        starts = {node.lineno, *(decorator.lineno for decorator in node.decorator_list)}
        argued = any(start > 1 and _REASON.match(lines[start - 2]) for start in starts)
        if length > longest and not argued:
            yield f"{module.path}:{node.lineno} {node.name} has {length} lines"
