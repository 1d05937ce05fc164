"""Colours and text sizes of all figures."""

from __future__ import annotations

__all__ = [
    "BAND",
    "BLUE",
    "FAINT",
    "GREY",
    "INK",
    "ORANGE",
    "SERIES",
    "SMALL",
    "SUBTITLE",
    "TEXT",
    "TITLE",
]

# Okabe and Ito's colours: told apart under every common form of colour blindness.
ORANGE, BLUE = "#D55E00", "#0072B2"
SERIES = (ORANGE, BLUE, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
INK, GREY, FAINT = "#1A1A1A", "#5F6670", "#E4E7EB"
BAND = "#B9C0C9"
"""Line over a range of values."""

TITLE, SUBTITLE, TEXT, SMALL = 15.0, 11.0, 9.5, 8.2
"""Points."""
