"""Folders of results: the files of one run, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

from iomodel._io import staging_folder
from iomodel.errors import OutputError

__all__ = ["KEY_FILES", "RESULT_FILES", "staged"]

# A folder with one of the first is a folder of results; the others are theirs.
KEY_FILES = ("effects.nc", "comparison.nc", "thresholds.csv")
RESULT_FILES = (
    *KEY_FILES,
    "by_region.csv",
    "by_region_sector.csv",
    "figure.png",
    "report.html",
    "comparison.csv",
    "comparison.png",
    "flows.csv",
    "content.csv",
    "content.png",
)


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Yield an empty folder; move its files to the target when the block succeeds.

    A target that cannot be written is refused before the block runs.

    Parameters
    ----------
    folder : pathlib.Path
        Target of the files. :data:`RESULT_FILES` that an earlier run left in it are removed, and so
        is the page made from them; files of other names stay.

    Yields
    ------
    pathlib.Path
        Folder to write to.

    Raises
    ------
    OutputError
        If the folder cannot be made or written.

    Notes
    -----
    A process that is killed never leaves files of two runs. A new folder appears by one rename. In
    a folder of results the earlier files go before the new ones come, the key file last and first:
    as long as there is a file of ours there is a key, and the next run clears it away. The folder
    is not exchanged for another, which would leave shells and mounts in the old one.
    """
    target = _resolved(folder)
    missing = [p for p in (target.parent, *target.parent.parents) if not p.exists()]
    with ExitStack() as at_end:
        at_end.callback(_remove_empty, missing)
        with _refusing(folder):
            staging = at_end.enter_context(_staging(target))
        yield staging
        with _refusing(folder):
            _publish(staging, target)


def _resolved(folder: Path) -> Path:
    try:
        target = folder.resolve()
    except OSError as error:
        raise OutputError(
            f"cannot write to {folder}: the working folder no longer exists; change to another one"
        ) from error
    if not target.name:
        raise OutputError(
            f"cannot write to {folder}: it is the root of the file system; choose another folder "
            "with --out"
        )
    return target


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"cannot write to {folder}: {reason}; choose another folder with --out"
        ) from error


def _staging(target: Path) -> AbstractContextManager[Path]:
    """Folder on the file system of the target: in it, or beside it where there is none yet."""
    if target.exists():
        return staging_folder(target, "results")
    target.parent.mkdir(parents=True, exist_ok=True)
    return staging_folder(target.parent, target.name)


def _publish(staging: Path, target: Path) -> None:
    if not target.exists():
        staging.rename(target)
        return
    files = sorted((p.name for p in staging.iterdir()), key=_key_first)
    for name in files:
        if (target / name).is_dir():
            raise IsADirectoryError(21, f"{name} is a folder", str(target))
    if any((target / name).is_file() for name in KEY_FILES):
        for name in sorted(RESULT_FILES, key=_key_first, reverse=True):
            if not (target / name).is_dir():
                (target / name).unlink(missing_ok=True)
    for name in files:
        os.replace(staging / name, target / name)


def _key_first(name: str) -> tuple[bool, str]:
    return name not in KEY_FILES, name


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
