"""Text of users on its way out: no control characters, no formulas."""

from __future__ import annotations

import re

__all__ = ["cell_text", "printable"]

# C0 and C1 without tab and line feed; marks that turn the direction of reading.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Beginnings that a spreadsheet takes for a formula.
FORMULA = ("=", "+", "-", "@", "\t")


def printable(text: str) -> str:
    r"""Return a text without characters that command a terminal.

    Examples
    --------
    >>> printable("a\x1b[31mb")
    'a[31mb'
    """
    return CONTROL.sub("", text)


def cell_text(text: str) -> str:
    """Return a text for a cell of CSV: one that begins like a formula gets an apostrophe in front.

    Examples
    --------
    >>> cell_text("=1+1"), cell_text("C26")
    ("'=1+1", 'C26')
    """
    plain = printable(text)
    return f"'{plain}" if plain.lstrip(" ").startswith(FORMULA) else plain
