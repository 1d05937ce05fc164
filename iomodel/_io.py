"""Atomic writing of files: whole or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iomodel.errors import OutputError

__all__ = ["atomic_path"]


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
        Name in the same folder with the same suffix, so that the rename is atomic.

    Raises
    ------
    OutputError
        If the folder cannot be made or the file cannot be written.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.stem}.{uuid.uuid4().hex[:8]}{target.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"cannot write {target}: {reason}; choose a folder that you may write to"
        ) from error
    finally:
        temporary.unlink(missing_ok=True) if temporary.parent.is_dir() else None
