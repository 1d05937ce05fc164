"""Answers of cases on disk: one file for each group, named by the fingerprint of its questions.

A file appears whole or not at all, so that a batch that was broken off goes on from the answers
that it has. After a power loss a file may be truncated: it is recognised by its checksums, and its
cases are run again.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from iomodel._io import SUFFIX, atomic_path
from iomodel.errors import IOModelError, OutputError, TableError
from iomodel.studies.journal.answers import PlainEffects, UnexpectedError, decoded

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["Checkpoint", "read_answers", "recorded_batch", "synchronise_all"]

FORM = "batch-1"
MANIFEST, LOCK, ANSWERS = "batch.json", "batch.lock", "answers"
# A write to the disk itself is asked for at most so often, in times of its duration.
TIMES_SYNC = 20.0
LEAST_PAUSE = 1.0


class Checkpoint:
    """A folder of answers, locked while a batch writes to it.

    Parameters
    ----------
    folder : path-like
        Made where it is missing.
    tables : sequence of MRIOTable
        The tables of all its cases.

    Raises
    ------
    OutputError
        If another batch is at work in the folder, it holds cases of another table or other files,
        or it cannot be written.
    """

    def __init__(self, folder: str | os.PathLike[str], tables: Sequence[MRIOTable]) -> None:
        self.folder = Path(folder)
        self._identity = {
            "form": FORM,
            "tables": {table.fingerprint: table.name for table in tables},
        }
        self._unsynced: list[Path] = []
        self._next_sync = 0.0
        self._lock: int | None = None

    def __enter__(self) -> Self:
        """Lock the folder and check whose answers it holds."""
        if self.folder.exists() and not (self.folder / MANIFEST).exists():
            names = [entry.name for entry in self.folder.iterdir()]
            if any(name != LOCK and SUFFIX not in name for name in names):
                raise OutputError(
                    f"{self.folder} holds files other than cases; give a new or empty folder"
                )
        try:
            (self.folder / ANSWERS).mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self.folder / LOCK)
        except OSError as error:
            raise _refusal(self.folder, error) from error
        try:
            if (self.folder / MANIFEST).exists():
                self._check_tables()
            else:
                self._write_manifest("")
            # Of a killed process; nobody else writes here.
            for partial in (self.folder / ANSWERS).glob(f"*{SUFFIX}"):
                partial.unlink()
        except BaseException:
            self._unlock()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Write what is not on the disk itself, and give the folder free."""
        try:
            with suppress(OSError):
                self._sync()
        finally:
            self._unlock()

    # ------------------------------------------------------------------ manifest
    @property
    def complete(self) -> str:
        """Fingerprint of the batch whose results are assembled in the folder; empty for none."""
        return recorded_batch(self.folder)

    def begin_results(self) -> None:
        """Record that results are being assembled: those in the folder are whole no more."""
        self._write_manifest("")

    def end_results(self, batch: str) -> None:
        """Record the batch whose results are assembled."""
        self._write_manifest(batch)

    def _write_manifest(self, complete: str) -> None:
        recorded = _manifest(self.folder)["tables"] if (self.folder / MANIFEST).exists() else {}
        content = self._identity | {"results": complete}
        content["tables"] = dict(sorted((recorded | self._identity["tables"]).items()))  # type: ignore[operator]
        with atomic_path(self.folder / MANIFEST) as temporary:
            temporary.write_text(json.dumps(content, sort_keys=True) + "\n", encoding="utf-8")
            _synchronise(temporary)

    def _check_tables(self) -> None:
        recorded = _manifest(self.folder)["tables"]
        if not set(self._identity["tables"]) <= set(recorded):
            raise OutputError(
                f"{self.folder} holds cases of another table ({', '.join(recorded.values())}, with "
                f"other cells or labels); give another folder"
            )

    # ------------------------------------------------------------------ answers
    def load(self, identity: str) -> list[PlainEffects | IOModelError] | None:
        """Answers of a group; None where it has no whole file, or one to be run again."""
        try:
            answers = read_answers(self.folder, identity)
        except (FileNotFoundError, TableError):
            return None
        again = any(isinstance(answer, OutputError | UnexpectedError) for answer in answers)
        return None if again else answers

    def save(self, identity: str, content: bytes) -> None:
        """Write the bytes of the answers of a group, whole or not at all.

        Raises
        ------
        OutputError
            If they cannot be written.
        """
        path = _path(self.folder, identity)
        try:
            _write_whole(path, content)
            self._unsynced.append(path)
            if time.monotonic() >= self._next_sync:
                self._sync()
        except OSError as error:
            raise _refusal(path, error) from error

    def _sync(self) -> None:
        """Ask the system to put finished files on the disk itself."""
        start = time.monotonic()
        for path in self._unsynced:
            _synchronise(path)
        if self._unsynced:
            _synchronise(self.folder / ANSWERS)
        self._unsynced = []
        duration = time.monotonic() - start
        self._next_sync = start + max(LEAST_PAUSE, TIMES_SYNC * duration)

    def _unlock(self) -> None:
        if self._lock is not None:
            with suppress(OSError):
                os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None


def read_answers(folder: Path, identity: str) -> list[PlainEffects | IOModelError]:
    """Answers of a group from its file in a folder of a batch.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TableError
        If it is damaged.
    """
    return decoded(_path(folder, identity).read_bytes())


def recorded_batch(folder: Path) -> str:
    """Fingerprint of the batch whose results are assembled in a folder; empty for none.

    Raises
    ------
    OutputError
        If there is no batch in the folder, or its manifest is damaged.
    """
    if not (folder / MANIFEST).exists():
        raise OutputError(f"there is no batch in {folder}; give the folder of one")
    return str(_manifest(folder).get("results", ""))


def synchronise_all() -> None:
    """Wait until all files that were written are on the disk itself."""
    if hasattr(os, "sync"):  # not on Windows
        os.sync()


# ---------------------------------------------------------------------- helpers
def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict) or content.get("form") != FORM:
        raise OutputError(f"cannot read {path}: it is damaged; delete the folder")
    return content


def _path(folder: Path, identity: str) -> Path:
    return folder / ANSWERS / f"{identity}.zip"


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file under a temporary name and rename it; a killed writer leaves its own name."""
    temporary = path.with_name(f"{path.name}{SUFFIX}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise


def _synchronise(path: Path) -> None:
    """Wait until a file or folder is on the disk itself."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refusal(path: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"cannot write {path}: {reason}; finished cases are kept, run it again")


def _locked(path: Path) -> int:
    """Descriptor of the locked file; the lock ends with its process, however that ends.

    Raises
    ------
    OutputError
        If a batch is at work in the folder.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    if fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 100).decode(errors="replace") or "another process"
            os.close(descriptor)
            raise OutputError(
                f"another batch is at work in {path.parent} ({holder}); wait until it ends, or "
                "give another folder"
            ) from None
        except OSError:  # a file system without locks
            pass
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"process {os.getpid()} on {platform.node()}".encode())
    return descriptor
