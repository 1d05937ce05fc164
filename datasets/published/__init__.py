"""Published tables in compact form, for replications and tests: read by the package's own readers.

``iomodel.read_wiod(WIOD_2013, 2008)`` reads a year of the World Input-Output Database, release 2013
[Timmer2015]_. ``datasets.builders.wiod_2013`` writes the files.
"""

from __future__ import annotations

from pathlib import Path

PUBLISHED = Path(__file__).parent
WIOD_2013 = PUBLISHED / "wiod2013"
# Years of the release that the pages in docs/ compare; 1995 to 2011 were published.
WIOD_YEARS = (1995, 2000, 2005, 2008, 2011)
