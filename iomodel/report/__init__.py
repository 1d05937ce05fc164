"""Presentation of results: figures, text for the terminal, the HTML page.

No effect is computed here.

* :mod:`~iomodel.report.figures`: charts.
* :mod:`~iomodel.report.text`, :mod:`~iomodel.report.cut_text`, :mod:`~iomodel.report.reach_text`:
  runs and comparisons, supply cuts, content rules in the terminal.
* :mod:`~iomodel.report.html`: one page per run.
* :mod:`~iomodel.report.headline`, :mod:`~iomodel.report.rankings`,
  :mod:`~iomodel.report.provenance`: numbers to show, regions and industries hit most, and the
  model and table behind them.
* :mod:`~iomodel.report.names`, :mod:`~iomodel.report.numbers`,
  :mod:`~iomodel.report.bibliography`: regions, numbers and citations in words.
* :mod:`~iomodel.report.plain`: text of users shown as it is.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
