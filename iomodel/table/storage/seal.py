"""Checksum of a whole table file, behind its last byte.

Two ways lead from a damaged HDF5 file to harm: cells that are other numbers without a word, and
libraries that follow damaged addresses without end. A checksum of all bytes, verified before a
library sees one, rules out both; checksums of HDF5 cover blocks of cells and not the addresses. It
stands in :data:`LENGTH` bytes behind the end that the file itself names, where every reader of HDF5
ignores it, and costs one pass over the bytes at more than a gigabyte per second. A program that
writes to the file cuts it off; files without it are read as they were before there was one. Reading
them in another process with a limit of time would cost each a second, for a loop that Ctrl-C ends.
"""

from __future__ import annotations

import os
import zlib
from functools import lru_cache
from pathlib import Path

__all__ = ["LENGTH", "is_intact", "seal"]

MARK = b"iomodel-crc32:"
LENGTH = len(MARK) + 8 + 1 + 16 + 1
CHUNK = 1 << 20


def seal(path: Path) -> None:
    """Append the checksum of a file that is complete."""
    size = path.stat().st_size
    checksum = _checksum(path, size)
    with path.open("ab") as file:
        file.write(_text(checksum, size))


def is_intact(path: Path) -> bool:
    """Whether a file has the checksum that it names, or names none.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    status = path.stat()
    # A table is opened several times, for its header and for its cells.
    identity = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    return _is_intact(os.fspath(path), identity)


@lru_cache(maxsize=64)
def _is_intact(path: str, identity: tuple[int, ...]) -> bool:
    size = identity[2] - LENGTH
    if size < 0:
        return True
    with open(path, "rb") as file:
        file.seek(size)
        end = file.read()
    if not end.startswith(MARK):
        return True
    return end == _text(_checksum(Path(path), size), size)


def _text(checksum: int, size: int) -> bytes:
    return MARK + b"%08x:%016x\n" % (checksum, size)


def _checksum(path: Path, size: int) -> int:
    checksum = 0
    with path.open("rb") as file:
        for start in range(0, size, CHUNK):
            checksum = zlib.crc32(file.read(min(CHUNK, size - start)), checksum)
    return checksum
