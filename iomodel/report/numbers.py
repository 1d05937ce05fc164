"""Numbers as text: signs, decimals and significant digits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from iomodel.typing import Float

__all__ = ["digits", "few_digits", "finite", "number"]

# Where even the largest number is smaller than this, more decimals are shown.
SMALL_PERCENT, MOST_DIGITS = 0.1, 6


def finite(values: Any) -> Float:
    """Return the finite values as an array."""
    cells = np.asarray(values, dtype=np.float64)
    return cells[np.isfinite(cells)]


def digits(values: Any) -> int:
    """Return decimals that keep the largest of some percentages readable: two or more."""
    largest = float(np.abs(finite(values)).max(initial=0.0))
    if largest >= SMALL_PERCENT or largest == 0:
        return 2
    return min(2 + int(np.ceil(np.log10(SMALL_PERCENT / largest))), MOST_DIGITS)


def number(value: float, decimals: int = 2) -> str:
    """Return a change with its sign; a dash if undefined."""
    if not math.isfinite(value):
        return "-"
    text = f"{value:+.{decimals}f}"
    return text if float(text) else f"{0:.{decimals}f}"


def few_digits(value: float, digits: int = 2, most: int = 7) -> str:
    """Return a number with few significant digits and few decimals; a dash if undefined."""
    if not math.isfinite(value):
        return "-"
    if value == 0.0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, min(decimals, most)):,.{min(max(decimals, 0), most)}f}"
    return text if float(text.replace(",", "")) else "0"
