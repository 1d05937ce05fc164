"""Results of one run: labelled effects, their aggregation over regions, tables and files.

* :class:`Effects`: one run, as one labelled dataset with its provenance.
* :mod:`~iomodel.effects.variables`: the registry of variable names, with unit and meaning.
* :mod:`~iomodel.effects.aggregates`: the one meaning of a group's and of the world's change.
* :mod:`~iomodel.effects.regions`: regions present in a table, or named by a scenario.
"""

from iomodel.effects.aggregates import percent_change, weighted_mean
from iomodel.effects.effects import Effects
from iomodel.effects.regions import named_regions, present
from iomodel.effects.tables import WORLD
from iomodel.effects.variables import CHAINED_VOLUME, VARIABLES, variable

__all__ = [
    "CHAINED_VOLUME",
    "VARIABLES",
    "WORLD",
    "Effects",
    "named_regions",
    "percent_change",
    "present",
    "variable",
    "weighted_mean",
]
