"""Economic impact modelling on multi-region input-output tables.

The public names and the rooms are listed in ``__init__.pyi``. Each is imported on first use, so
that ``import iomodel`` costs next to nothing.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
