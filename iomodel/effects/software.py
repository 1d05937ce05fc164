"""Software behind a result: versions of Python and of the libraries, commit of a checkout.

The same installation gives the same record. The day of a run is not part of it: a file of effects
holds nothing that depends on the clock, and its own modification time is the date of the run.
"""

from __future__ import annotations

import platform
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from iomodel._version import __version__

__all__ = ["LIBRARIES", "checkout_commit", "software"]

LIBRARIES = ("numpy", "scipy", "xarray", "pandas")
COMMIT = re.compile(r"[0-9a-f]{40,64}")


@cache
def software() -> dict[str, str]:
    """Return versions by name, and ``commit`` if the package runs from a git checkout."""
    versions = {"python": platform.python_version(), "iomodel": __version__}
    versions |= {name: _version(name) for name in LIBRARIES}
    commit = checkout_commit(Path(__file__).resolve().parents[2])
    return versions | ({"commit": commit} if commit else {})


def checkout_commit(root: Path) -> str:
    """Return the commit of a git checkout from its own files, empty if it is none.

    Changes that are not committed do not show.

    Parameters
    ----------
    root : pathlib.Path
        Folder with the ``.git`` folder, or the ``.git`` file of a worktree.
    """
    try:
        folder = root / ".git"
        if folder.is_file():
            folder = root / folder.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
        head = (folder / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref:"):
            return head if COMMIT.fullmatch(head) else ""
        commit = _commit_of(folder, head.removeprefix("ref:").strip())
    except (OSError, UnicodeDecodeError):
        return ""
    return commit if COMMIT.fullmatch(commit) else ""


def _commit_of(folder: Path, branch: str) -> str:
    """Return the commit of a branch, loose or packed, of a checkout or of a worktree."""
    shared = folder / "commondir"
    if shared.is_file():
        folder = folder / shared.read_text(encoding="utf-8").strip()
    if (folder / branch).is_file():
        return (folder / branch).read_text(encoding="utf-8").strip()
    for line in (folder / "packed-refs").read_text(encoding="utf-8").splitlines():
        if line.endswith(f" {branch}"):
            return line.split()[0]
    return ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
