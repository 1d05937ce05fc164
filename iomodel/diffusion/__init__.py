"""The long run: diffusion of ideas through trade, growth of capital and labour.

The pure engine of the recursive model of [GoesBekkers2022]_ on top of
:mod:`iomodel.equilibrium`, with the same axes (sector, exporter, importer). Members on the leading
axis (policies, exponents of diffusion) run side by side.

Describe a :class:`World`, give the :class:`Ideas` an arrival rate or scale it on the growth that
ideas add (:func:`arrival_rate`), and :func:`simulate`; :func:`cumulative_change` compares paths.
"""

from iomodel.diffusion.cumulative import cumulative_change
from iomodel.diffusion.factors import Factors
from iomodel.diffusion.ideas import INSIGHTS, PAIRINGS, Ideas, arrivals, exponents
from iomodel.diffusion.intensity import arrival_rate, growth_rates
from iomodel.diffusion.path import Course, simulate
from iomodel.diffusion.profits import with_profits
from iomodel.diffusion.specific import SpecificFactors
from iomodel.diffusion.world import World

__all__ = [
    "INSIGHTS",
    "PAIRINGS",
    "Course",
    "Factors",
    "Ideas",
    "SpecificFactors",
    "World",
    "arrival_rate",
    "arrivals",
    "cumulative_change",
    "exponents",
    "growth_rates",
    "simulate",
    "with_profits",
]
