"""Atomic writing of files: whole or not at all."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from iomodel.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["atomic_path", "is_vacant", "staging_folder"]

SUFFIX = ".iomodel-partial"


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Temporary name beside `path`, renamed to `path` if the block succeeds.

    Parameters
    ----------
    path : path-like
        File to write; a missing folder is made.

    Yields
    ------
    pathlib.Path
        The same name in a hidden folder beside it, so that the rename is atomic.

    Raises
    ------
    OutputError
        If the folder cannot be made or the file cannot be written.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with staging_folder(target.parent, target.name) as staging:
            yield staging / target.name
            os.replace(staging / target.name, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"cannot write {target}: {reason}; choose a folder that you may write to"
        ) from error


@contextmanager
def staging_folder(parent: Path, name: str) -> Iterator[Path]:
    """Empty hidden folder for the files of one target, gone when the block ends.

    A process that is killed leaves its folder behind. Its name is that of the target, so that the
    next one to write this target finds it, sees by its lock that nobody is at work, and uses it.

    Parameters
    ----------
    parent : pathlib.Path
        Folder that exists.
    name : str
        Name of the target.

    Raises
    ------
    OSError
        If the folder cannot be made.
    """
    folder, lock = _claimed(parent, f".{name}{SUFFIX}")
    try:
        yield folder
    finally:
        # A folder that was renamed to its target is no longer there to be removed.
        if lock is None or _is_open(folder, lock):
            shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def is_vacant(folder: Path) -> bool:
    """Whether a path is a folder with nothing in it but what a killed process left."""
    return folder.is_dir() and all(SUFFIX in entry.name for entry in folder.iterdir())


def _claimed(parent: Path, name: str) -> tuple[Path, int | None]:
    """Empty folder of this process alone and its lock: `name`, or another while that is at work."""
    folder = parent / name
    if fcntl is not None:
        with suppress(FileExistsError):
            folder.mkdir()
        lock = _locked(folder)
        if lock is not None:
            try:
                _empty(folder)
            except OSError:  # files of another user
                os.close(lock)
            else:
                return folder, lock
    folder = parent / f"{name}.{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    return folder, None if fcntl is None else _locked(folder)


def _locked(folder: Path) -> int | None:
    """Lock of a folder, which ends with the process; None if another process has it."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # at work, or a file system without locks
        os.close(lock)
        return None
    if not _is_open(folder, lock):
        # Its process has ended meanwhile and removed it.
        os.close(lock)
        return None
    return lock


def _is_open(folder: Path, descriptor: int) -> bool:
    """Whether a folder is the one behind a descriptor."""
    with suppress(OSError):
        return os.path.samestat(folder.stat(), os.fstat(descriptor))
    return False


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
