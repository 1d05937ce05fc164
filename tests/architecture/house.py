"""Measures of the house: files and lines by room, arrows between rooms, circles of files.

``python -m tests.architecture.house [ROOT]``, from the root of a checkout; ROOT is another checkout
to measure, such as a worktree of an older commit.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.architecture.bodies import long_functions
from tests.architecture.definitions import (
    forwarded_scopes,
    repeated_aliases,
    repeated_constants,
    repeated_lists,
)
from tests.architecture.duplicates import duplicates
from tests.architecture.imports import circles, import_edges
from tests.architecture.source import ROOT, Module, read_modules

PACKAGES = ("iomodel", "datasets", "replications", "docs", "benchmarks")


def room_of(name: str) -> str:
    """Return the room of a module: its folder below the package, or the package itself."""
    package, *folders = name.split(".")
    return f"{package}/{folders[0]}" if package == "iomodel" and len(folders) > 1 else package


def rooms(modules: Sequence[Module]) -> dict[str, tuple[int, int, int]]:
    """Return files, lines and lines of the longest file by room."""
    lines = defaultdict(list)
    for module in modules:
        lines[room_of(module.name)].append(module.text.count("\n"))
    return {room: (len(n), sum(n), max(n)) for room, n in sorted(lines.items())}


def report(root: Path) -> str:
    """Return the measures of a checkout as text."""
    modules = read_modules(root, tuple(p for p in PACKAGES if (root / p).is_dir()))
    edges = import_edges(modules)
    arrows = {(room_of(a), room_of(b)) for a, targets in edges.items() for b in targets}
    text = [f"{'room':<24}{'files':>6}{'lines':>8}{'longest':>9}"]
    for room, (files, lines, longest) in rooms(modules).items():
        text.append(f"{room:<24}{files:>6}{lines:>8}{longest:>9}")
    found = circles(edges)
    package = [module for module in modules if module.name.startswith("iomodel")]
    text += [
        f"arrows between rooms: {len({(a, b) for a, b in arrows if a != b})}",
        f"arrows between files: {sum(map(len, edges.values()))}",
        f"circles of files: {len(found)} ({sum(map(len, found))} files)",
        f"type aliases defined twice: {len(repeated_aliases(modules))}",
        f"constants defined twice: {len(repeated_constants(modules))}",
        f"lists of names defined twice: {len(repeated_lists(package))}",
        f"forwarded scopes: {sum(1 for m in modules for _ in forwarded_scopes(m))}",
        f"bodies over 60 lines: {sum(1 for m in modules for _ in long_functions(m))}",
        f"runs of ten lines in two places: {len(duplicates(modules))}",
    ]
    return "\n".join(text)


if __name__ == "__main__":
    print(report(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT))
