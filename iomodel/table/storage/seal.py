"""Checksum of a whole NetCDF file, behind its last byte: tables, effects and ensembles.

Two ways lead from a damaged HDF5 file to harm: cells that are other numbers without a word, and
libraries that follow damaged addresses without end. A checksum of all bytes, verified before a
library sees one, rules out both; checksums of HDF5 cover blocks of cells and not the addresses. It
stands in :data:`LENGTH` bytes behind the end that the file itself names, where every reader of HDF5
ignores it, and costs one pass over the bytes at more than a gigabyte per second.

A program that writes to the file cuts the checksum off, and files of earlier versions have none.
Their owner wants them read, and no file may hang or kill the session: each is read once by another
process within bounds of time and memory (:mod:`iomodel.table.storage.trial`), which costs about a
second, and by the reader only if that came to an end.
"""

from __future__ import annotations

import os
import zlib
from functools import lru_cache
from pathlib import Path

from iomodel.table.storage.trial import trial_fault

__all__ = ["LENGTH", "seal", "verify"]

MARK = b"iomodel-crc32:"
LENGTH = len(MARK) + 8 + 1 + 16 + 1
CHUNK = 1 << 20


def seal(path: Path) -> None:
    """Append the checksum of a file that is complete."""
    size = path.stat().st_size
    checksum = _checksum(path, size)
    with path.open("ab") as file:
        file.write(_text(checksum, size))


def verify(path: Path) -> None:
    """Check a file before a library opens it: by its checksum, or else by a trial within bounds.

    Parameters
    ----------
    path : pathlib.Path
        Any file.

    Raises
    ------
    OSError
        If its bytes are not those of its checksum, or it has none and cannot be read within bounds,
        or not at all; the message says which, as the end of a sentence.
    """
    status = path.stat()
    # A table is opened several times, for its header and for its cells.
    identity = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    if fault := _fault(os.fspath(path), identity):
        raise OSError(fault)


@lru_cache(maxsize=64)
def _fault(path: str, identity: tuple[int, ...]) -> str:
    size = identity[2] - LENGTH
    end = b""
    if size >= 0:
        with open(path, "rb") as file:
            file.seek(size)
            end = file.read()
    if not end.startswith(MARK):
        return trial_fault(Path(path))
    intact = end == _text(_checksum(Path(path), size), size)
    return "" if intact else "its bytes are not those of its checksum"


def _text(checksum: int, size: int) -> bytes:
    return MARK + b"%08x:%016x\n" % (checksum, size)


def _checksum(path: Path, size: int) -> int:
    checksum = 0
    with path.open("rb") as file:
        for start in range(0, size, CHUNK):
            checksum = zlib.crc32(file.read(min(CHUNK, size - start)), checksum)
    return checksum
