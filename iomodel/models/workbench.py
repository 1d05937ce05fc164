"""Workbench of a table: policies, Leontief system and base years that its runs share."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from iomodel.leontief import LeontiefSystem

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["Workbench"]

Object = TypeVar("Object")

# Objects in the cache: a lowered policy of 81 regions and 37 sectors takes some 20 MB.
CACHE_SIZE = 16


class Workbench:
    """Table with a cache of objects derived from it.

    Every object is a pure function of its key, so that an answer does not depend on earlier runs.
    Threads may share a workbench.

    Parameters
    ----------
    table : MRIOTable
    progress : callable, optional
        Called with a few words on the state of long work.

    Attributes
    ----------
    table : MRIOTable
    """

    def __init__(self, table: MRIOTable, progress: Callable[[str], None] | None = None) -> None:
        self.table = table
        self.progress = progress
        self._cache: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = RLock()

    @property
    def system(self) -> LeontiefSystem:
        """The Leontief system of the table."""
        return self.once("system", lambda: LeontiefSystem(self.table))

    def policy(self, scenario: Scenario) -> PolicyArrays:
        """Lower a scenario to the labels of the table."""
        return self.once(("policy", scenario.fingerprint), lambda: scenario.lower(self.table))

    def once(self, key: Hashable, make: Callable[[], Object]) -> Object:
        """Return the object of a key, made at the first call.

        Parameters
        ----------
        key : hashable
            Everything the object depends on beside the table.
        make : callable
            A pure function of table and key.
        """
        with self._lock:
            value: Object = self._cache[key] if key in self._cache else make()
            self._cache[key] = value
            self._cache.move_to_end(key)
            while len(self._cache) > CACHE_SIZE:
                self._cache.popitem(last=False)
            return value

    def say(self, words: str) -> None:
        """Report the state of long work."""
        if self.progress is not None:
            self.progress(words)
