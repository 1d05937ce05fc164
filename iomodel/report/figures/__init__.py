"""Figures of results, drawn with matplotlib.

* :mod:`~iomodel.report.figures.effects`: one run, by region and by industry.
* :mod:`~iomodel.report.figures.comparison`: several models of one scenario.
* :mod:`~iomodel.report.figures.supply_cut`, :mod:`~iomodel.report.figures.content_reach`: cuts of
  supplies and content rules.
* :mod:`~iomodel.report.figures.waterfall`, :mod:`~iomodel.report.figures.tornado`,
  :mod:`~iomodel.report.figures.fan`, :mod:`~iomodel.report.figures.published_range`: decomposition,
  sensitivity, uncertainty, and published estimates.
* Drawn by the above: :mod:`~iomodel.report.figures.bracket`,
  :mod:`~iomodel.report.figures.consumer_prices`, :mod:`~iomodel.report.figures.heatmap` and
  :mod:`~iomodel.report.figures.rows` on a sheet of :mod:`~iomodel.report.figures.canvas`.

Import a figure from its module: each loads matplotlib.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
