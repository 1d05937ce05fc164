"""Folders of results that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from iomodel.errors import OutputError

__all__ = ["staged"]


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside the target; move its files there when the block succeeds.

    A target that cannot be written is refused before the block runs.

    Parameters
    ----------
    folder : pathlib.Path
        Target of the files. Other files in it stay; files of the same name are replaced.

    Yields
    ------
    pathlib.Path
        Folder to write to.

    Raises
    ------
    OutputError
        If the folder cannot be made or written.
    """
    target = folder.absolute()
    missing = [p for p in (target.parent, *target.parent.parents) if not p.exists()]
    staging = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        try:
            _prepare(target, staging)
        except OSError as error:
            raise _refusal(folder, error) from error
        yield staging
        try:
            _move(staging, target)
        except OSError as error:
            raise _refusal(folder, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        for parent in missing:
            # Only folders made here, and only empty ones.
            with suppress(OSError):
                parent.rmdir()


def _prepare(target: Path, staging: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        # Raises where the target is a file or may not be written.
        with tempfile.TemporaryFile(dir=target):
            pass
    staging.mkdir()


def _move(staging: Path, target: Path) -> None:
    if not target.exists():
        staging.rename(target)
        return
    files = sorted(staging.iterdir())
    for file in files:
        if (target / file.name).is_dir():
            raise IsADirectoryError(21, f"{file.name} is a folder", str(target))
    for file in files:
        os.replace(file, target / file.name)


def _refusal(folder: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"cannot write to {folder}: {reason}; choose another folder with --out")
