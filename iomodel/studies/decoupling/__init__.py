"""Decoupling: who stands with whom, what it costs, and what that number hangs on.

From a table to the decomposition behind the "seven percent": blocs (:class:`Blocs`), the ten
regions and six sectors of Goes and Bekkers (:func:`goes_bekkers_table`), one assumption at a time
(:func:`decompose`), draws with intervals (:func:`draw`, :func:`run_sample`, :func:`interval`), one
assumption moved at a time (:func:`tornado`), changing sides (:func:`switch_blocs`), and the
published range (:func:`published_estimates`).
"""

from iomodel.studies.decoupling.blocs import Blocs
from iomodel.studies.decoupling.draws import draw, elasticity_centres
from iomodel.studies.decoupling.estimates import our_estimates, published_estimates
from iomodel.studies.decoupling.goes_bekkers import (
    default_blocs,
    goes_bekkers_table,
    trade_weighted,
)
from iomodel.studies.decoupling.ladder import ORDER, decompose, ladder_frame
from iomodel.studies.decoupling.sampling import run_sample
from iomodel.studies.decoupling.switching import MOVES, switch_blocs
from iomodel.studies.decoupling.tornado import Assumptions, levers, tornado
from iomodel.studies.draw_axis import interval

__all__ = [
    "MOVES",
    "ORDER",
    "Assumptions",
    "Blocs",
    "decompose",
    "default_blocs",
    "draw",
    "elasticity_centres",
    "goes_bekkers_table",
    "interval",
    "ladder_frame",
    "levers",
    "our_estimates",
    "published_estimates",
    "run_sample",
    "switch_blocs",
    "tornado",
    "trade_weighted",
]
