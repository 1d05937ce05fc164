"""The policy language: scenarios of shocks, their files and library, tariff layers, content rules.

The public names are in ``__init__.pyi``; each is imported when it is first used.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
