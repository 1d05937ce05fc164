"""A table with what its runs have in common: lowered policies, Leontief system, base years."""

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

Made = TypeVar("Made")

# Things kept at a time: a lowered policy of 81 regions and 37 sectors takes some 20 MB.
KEPT = 16


class Workbench:
    """A table with what has been made of it so far.

    Everything kept is a pure function of its key, so that an answer does not depend on what ran
    before. Threads may share one.

    Parameters
    ----------
    table : MRIOTable
    progress : callable, optional
        Told in a few words how far long work is.

    Attributes
    ----------
    table : MRIOTable
    """

    def __init__(self, table: MRIOTable, progress: Callable[[str], None] | None = None) -> None:
        self.table = table
        self.progress = progress
        self._made: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = RLock()

    @property
    def system(self) -> LeontiefSystem:
        """The Leontief system of the table."""
        return self.once("system", lambda: LeontiefSystem(self.table))

    def policy(self, scenario: Scenario) -> PolicyArrays:
        """Return a scenario lowered to the table's labels."""
        return self.once(("policy", scenario.fingerprint), lambda: scenario.lower(self.table))

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made under a key, making it where it is the first time.

        Parameters
        ----------
        key : hashable
            Says all that the result depends on beside the table.
        make : callable
            A pure function of table and key.
        """
        with self._lock:
            made: Made = self._made[key] if key in self._made else make()
            self._made[key] = made
            self._made.move_to_end(key)
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
            return made

    def say(self, words: str) -> None:
        """Tell how far the work is."""
        if self.progress is not None:
            self.progress(words)
