"""What every model returns: labelled effects that can be traced from the file alone."""

from iomodel.effects.build import percent_change
from iomodel.effects.effects import Effects

__all__ = ["Effects", "percent_change"]
