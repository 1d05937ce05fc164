"""Definitions that stand in two places: type aliases, constants, lists of names.

Read at module level only, classes and functions left out:

- *Type alias*: ``X: TypeAlias = ...``, or a plain assignment of a subscripted type or of a
  union of types. Two are equal if their names or their texts are (for ``Literal``, if
  they have the same members in any order). Arrays have one home, the file of array types: an alias
  of an array anywhere else counts, whatever its name.
- *Constant*: an UPPERCASE name. Two are equal if name and value are. Values are compared as
  syntax; those that hang on ``__file__`` are never equal.
- *List of names*: a tuple, list, set, frozenset or ``Literal`` of two or more strings, under any
  name but ``__all__``. Two are equal if they have the same members in any order.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.architecture.source import Module, running_nodes

ARRAY_TYPES = "iomodel.typing"
"""The one home of array types."""

_GENERIC = frozenset(
    {
        "Annotated",
        "Callable",
        "Dict",
        "Iterable",
        "Iterator",
        "List",
        "Literal",
        "Mapping",
        "NDArray",
    }
    | {"Optional", "Sequence", "Set", "Tuple", "Type", "Union"}
    | {"dict", "frozenset", "list", "set", "tuple", "type"}
)


@dataclass(frozen=True)
class Definition:
    """One assignment at module level."""

    module: str
    line: int
    name: str
    value: ast.expr
    is_alias: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.name}"


def definitions(module: Module) -> Iterator[Definition]:
    """All single names assigned at the level of the module."""
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield Definition(module.name, node.lineno, name, value, _is_type(value))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                alias = ast.unparse(node.annotation).endswith("TypeAlias")
                yield Definition(module.name, node.lineno, name, value, alias)


def _is_type(value: ast.expr) -> bool:
    if isinstance(value, ast.Subscript):
        return ast.unparse(value.value).rpartition(".")[2] in _GENERIC
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
        return all(_is_type(side) or _names_type(side) for side in (value.left, value.right))
    return False


def _names_type(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return value.value is None
    name = ast.unparse(value).rpartition(".")[2]
    return name in {"int", "float", "str", "bool", "bytes"} or (
        name[:1].isupper() and name != name.upper()
    )


def members(value: ast.expr) -> frozenset[str] | None:
    """Strings of a tuple, list, set, frozenset or Literal; None for anything else."""
    match value:
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            pass
        case ast.Call(func=ast.Name(id="frozenset" | "tuple" | "set"), args=[inner], keywords=[]):
            return members(inner)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=inner):
            return members(inner)
        case _:
            return None
    texts = [item.value for item in items if isinstance(item, ast.Constant)]
    if len(texts) < max(2, len(items)) or not all(isinstance(text, str) for text in texts):
        return None
    return frozenset(str(text) for text in texts)


def repeated_aliases(modules: Iterable[Module]) -> list[str]:
    """Type aliases with equal names or equal texts, and array types away from their home."""
    aliases = [item for module in modules for item in definitions(module) if item.is_alias]
    strays = [
        f"{item} is an array type outside {ARRAY_TYPES}"
        for item in aliases
        if "NDArray" in ast.unparse(item.value) and item.module != ARRAY_TYPES
    ]
    by_name = _groups((item.name, item) for item in aliases)
    by_text = _groups((_alias_key(item.value), item) for item in aliases)
    return strays + sorted(set(by_name + by_text))


def _alias_key(value: ast.expr) -> object:
    return members(value) or ast.unparse(value)


def repeated_constants(modules: Iterable[Module]) -> list[str]:
    """UPPERCASE names with equal values in two modules."""
    return _groups(
        ((item.name, ast.unparse(item.value)), item)
        for module in modules
        for item in definitions(module)
        if item.name.isupper() and "__file__" not in ast.unparse(item.value)
    )


def repeated_lists(modules: Iterable[Module]) -> list[str]:
    """Lists of names with equal members under any name."""
    return _groups(
        (strings, item)
        for module in modules
        for item in definitions(module)
        if item.name != "__all__" and (strings := members(item.value)) is not None
    )


def _groups(keyed: Iterable[tuple[object, Definition]]) -> list[str]:
    places: dict[object, list[Definition]] = defaultdict(list)
    for key, item in keyed:
        places[key].append(item)
    return [" = ".join(map(str, items)) for items in places.values() if len(items) > 1]


def forwarded_scopes(module: Module) -> Iterator[str]:
    """Calls of ``locals()`` and ``vars()``, and reads of ``__dict__``."""
    for node in running_nodes(module.tree):
        match node:
            case ast.Call(func=ast.Name(id="locals" | "vars" as name)):
                yield f"{module.path}:{node.lineno} {name}()"
            case ast.Attribute(attr="__dict__"):
                yield f"{module.path}:{node.lineno} __dict__"
