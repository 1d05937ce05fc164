"""The long run: diffusion of ideas through trade, growth of capital and labour.

The pure engine of the recursive model of [GoesBekkers2022]_ on top of
:mod:`iomodel.equilibrium`, with the same axes (sector, exporter, importer). Members on the leading
axis (policies, exponents of diffusion) run side by side.

Describe a :class:`World`, scale the :class:`Ideas` to the growth of the baseline
(:func:`scaled_ideas`), and :func:`simulate`.
"""

from iomodel.diffusion.factors import Factors
from iomodel.diffusion.ideas import INSIGHTS, PAIRINGS, Ideas, arrivals, exponents
from iomodel.diffusion.intensity import growth_rates, scaled_ideas
from iomodel.diffusion.path import Course, simulate
from iomodel.diffusion.profits import with_profits
from iomodel.diffusion.world import World

__all__ = [
    "INSIGHTS",
    "PAIRINGS",
    "Course",
    "Factors",
    "Ideas",
    "World",
    "arrivals",
    "exponents",
    "growth_rates",
    "scaled_ideas",
    "simulate",
    "with_profits",
]
