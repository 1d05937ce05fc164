"""Imports between files, at load time or inside functions, and their circles.

An import has an edge to the file that it names, to the submodule that it takes from a package, and
to the ``__init__.py`` of every folder on the way that does not enclose the importing file, because
Python runs those files too. Names taken from the face of the package (``from iomodel import run``)
have an edge to the file where the stub says they live. Imports under ``if TYPE_CHECKING:`` are left
out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from tests.architecture.source import Module, running_nodes

Edges = dict[str, set[str]]


def import_edges(modules: Iterable[Module], face: Mapping[str, str] | None = None) -> Edges:
    """Files that each file imports, by dotted name; `face` maps lazy names to their files."""
    modules = list(modules)
    names = {module.name for module in modules}
    return {module.name: _targets(module, names, face or {}) for module in modules}


def face_names(stub: str, package: str) -> dict[str, str]:
    """Lazy names of a stub and the files they live in: ``iomodel.run: iomodel.models.running``."""
    imports = [node for node in ast.parse(stub).body if isinstance(node, ast.ImportFrom)]
    return {
        f"{package}.{alias.name}": f"{package}.{node.module or alias.name}"
        for node in imports
        for alias in node.names
    }


def _targets(module: Module, names: set[str], face: Mapping[str, str]) -> set[str]:
    dotted: set[str] = set()
    for node in running_nodes(module.tree):
        if isinstance(node, ast.Import):
            dotted.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            dotted.add(base)
            dotted.update(f"{base}.{alias.name}" for alias in node.names)
    dotted = {face.get(name, name) for name in dotted}
    with_folders = {folder for name in dotted for folder in _folders_and_self(name)}
    enclosing = set(_folders_and_self(module.package))
    direct = dotted & names
    return (direct | (with_folders & names) - enclosing) - {module.name}


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parents = module.package.split(".")
    base = parents[: len(parents) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def _folders_and_self(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def circles(edges: Edges, exceptions: Iterable[tuple[str, str]] = ()) -> list[list[str]]:
    """Groups of files that import one another: strongly connected components of two or more.

    Tarjan (1972), without recursion. `exceptions` are edges that do not count.
    """
    excused = set(exceptions)
    graph = {
        name: sorted(target for target in targets if (name, target) not in excused)
        for name, targets in edges.items()
    }
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    components: list[list[str]] = []
    for root in sorted(graph):
        if root in order:
            continue
        work = [(root, iter(graph[root]))]
        order[root] = lowest[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while work:
            name, targets = work[-1]
            for target in targets:
                if target not in order:
                    order[target] = lowest[target] = len(order)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(graph.get(target, ()))))
                    break
                if target in on_stack:
                    lowest[name] = min(lowest[name], order[target])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[name])
                if lowest[name] == order[name]:
                    component = stack[stack.index(name) :]
                    del stack[-len(component) :]
                    on_stack -= set(component)
                    if len(component) > 1:
                        components.append(sorted(component))
    return components
