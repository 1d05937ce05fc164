"""The source tree as the checks of this folder read it: modules with their syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("iomodel", "datasets", "replications", "benchmarks")
"""All code outside tests."""


@dataclass(frozen=True)
class Module:
    """One Python file: dotted name, path below the root, text."""

    name: str
    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Syntax tree of the file."""
        return ast.parse(self.text, self.path)

    @property
    def is_package(self) -> bool:
        """Whether the file is the ``__init__.py`` of a folder."""
        return self.path.endswith("__init__.py")

    @property
    def package(self) -> str:
        """Dotted name of the folder that relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]


def read_modules(root: Path, packages: tuple[str, ...] = PACKAGES) -> list[Module]:
    """All modules of the packages below `root`, in alphabetical order of their paths."""
    paths = sorted(path for package in packages for path in (root / package).rglob("*.py"))
    return [_module(path.relative_to(root), path.read_text(encoding="utf-8")) for path in paths]


def _module(path: Path, text: str) -> Module:
    names = path.with_suffix("").parts
    return Module(".".join(names[:-1] if names[-1] == "__init__" else names), str(path), text)


@lru_cache(maxsize=1)
def source_tree() -> tuple[Module, ...]:
    """Modules of this checkout, parsed once for all checks."""
    return tuple(read_modules(ROOT))


def is_type_checking(node: ast.AST) -> bool:
    """Whether the node is ``if TYPE_CHECKING:``; its body never runs."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def running_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes of a tree but those under ``if TYPE_CHECKING:``."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, ast.If) and is_type_checking(node):
            pending.extend(node.orelse)
        else:
            pending.extend(ast.iter_child_nodes(node))


def has_docstring(body: list[ast.stmt]) -> bool:
    """Whether a body opens with a string."""
    return (
        bool(body)
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    )
