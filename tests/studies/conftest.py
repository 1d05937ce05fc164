"""The small table of the tests of effects serves here too."""

from tests.effects.conftest import table

__all__ = ["table"]
