"""Effects of cases in a folder, read when they are asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Self

from iomodel.effects import Effects
from iomodel.errors import IOModelError, LabelError, OutputError, TableError
from iomodel.studies.journal.answers import PlainEffects
from iomodel.studies.journal.case_list import CaseRecord
from iomodel.studies.journal.checkpoint import read_answers

__all__ = ["StoredEffects"]

# Groups of answers in memory.
CACHE_SIZE = 4


class StoredEffects(Mapping[str, Effects]):
    """Effects by key of the case, read from the files of a folder one group at a time.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the batch.
    places : mapping of str to (str, int)
        Identity of the group of a case and its position there.
    """

    def __init__(self, folder: Path, places: Mapping[str, tuple[str, int]]) -> None:
        self._folder, self._places = folder, places
        self._groups: OrderedDict[str, list[PlainEffects | IOModelError]] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def of(cls, folder: Path, records: Iterable[CaseRecord]) -> Self:
        """Effects of the cases with an answer."""
        places = {
            record.case.key: (record.group, record.position)
            for record in records
            if record.error is None
        }
        return cls(folder, places)

    def only(self, keys: Container[str]) -> StoredEffects:
        """Effects of some of the cases."""
        places = {key: place for key, place in self._places.items() if key in keys}
        return StoredEffects(self._folder, places)

    def plain(self, key: str) -> PlainEffects:
        """Effects of a case as plain arrays.

        Raises
        ------
        KeyError
            If the case has no answer.
        OutputError
            If its file is missing or damaged.
        """
        identity, position = self._places[key]
        with self._lock:
            if identity not in self._groups:
                self._groups[identity] = self._read(identity)
                if len(self._groups) > CACHE_SIZE:
                    self._groups.popitem(last=False)
            answer = self._groups[identity][position]
        if isinstance(answer, IOModelError):
            raise LabelError(f"case {key!r} has no answer: {answer}")
        return answer

    def _read(self, identity: str) -> list[PlainEffects | IOModelError]:
        try:
            return read_answers(self._folder, identity)
        except (OSError, TableError) as error:
            raise OutputError(
                f"cannot read the answers {identity} in {self._folder}: they are missing or "
                "damaged; run the batch again"
            ) from error

    def __getitem__(self, key: str) -> Effects:
        """Labelled effects of a case."""
        return self.plain(key).effects()

    def __contains__(self, key: object) -> bool:
        """Return whether a case has an answer."""
        return key in self._places

    def __iter__(self) -> Iterator[str]:
        """Keys in the order of the cases."""
        return iter(self._places)

    def __len__(self) -> int:
        """Return the number of cases with an answer."""
        return len(self._places)
