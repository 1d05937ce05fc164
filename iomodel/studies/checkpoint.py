"""Effects of cases on disk: one file for each, named by the fingerprint of its question.

A file appears whole or not at all, so that a run that was broken off goes on from the cases that
it has. A folder belongs to one table.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from iomodel._io import atomic_path, is_vacant
from iomodel.effects import Effects
from iomodel.errors import OutputError, TableError

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["Checkpoint"]

FORM = "cases-1"
MANIFEST = "cases.json"


class Checkpoint:
    """A folder of finished cases.

    Parameters
    ----------
    folder : path-like
        Made where it is missing.
    table : MRIOTable
        The table of all its cases.

    Raises
    ------
    OutputError
        If the folder holds cases of another table, or cannot be written.
    """

    def __init__(self, folder: str | os.PathLike[str], table: MRIOTable) -> None:
        self._folder = Path(folder)
        manifest = self._folder / MANIFEST
        identity = {"form": FORM, "table": table.fingerprint, "table_name": table.name}
        if manifest.exists():
            self._refuse_another(manifest, identity)
            return
        if self._folder.exists() and not is_vacant(self._folder):
            raise OutputError(
                f"{self._folder} holds files other than cases; give a new or empty folder"
            )
        with atomic_path(manifest) as temporary:
            temporary.write_text(json.dumps(identity, sort_keys=True) + "\n", encoding="utf-8")

    def _refuse_another(self, manifest: Path, identity: dict[str, str]) -> None:
        try:
            recorded = json.loads(manifest.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            recorded = None
        if not isinstance(recorded, dict) or recorded.get("form") != FORM:
            raise OutputError(f"cannot read {manifest}: it is damaged; delete the folder")
        if recorded.get("table") != identity["table"]:
            raise OutputError(
                f"{self._folder} holds cases of another table ({recorded.get('table_name')}, with "
                f"other cells or labels); give another folder"
            )

    def load(self, fingerprint: str) -> Effects | None:
        """Return the effects of a question, None where it has no file.

        Raises
        ------
        OutputError
            If its file is damaged.
        """
        path = self._path(fingerprint)
        if not path.exists():
            return None
        try:
            return Effects.from_netcdf(path)
        except TableError as error:
            raise OutputError(
                f"cannot read {path}: it is damaged; delete it to run its case again"
            ) from error

    def save(self, fingerprint: str, effects: Effects) -> None:
        """Write the effects of a question, whole or not at all."""
        effects.to_netcdf(self._path(fingerprint))

    def _path(self, fingerprint: str) -> Path:
        return self._folder / f"{fingerprint}.nc"
