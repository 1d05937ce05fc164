"""Version of the installed package."""

from importlib.metadata import PackageNotFoundError, version

__all__ = ["__version__"]

try:
    __version__ = version("iomodel")
except PackageNotFoundError:
    # A copy of the source that was never installed still computes; it only cannot name itself.
    __version__ = "unknown"
