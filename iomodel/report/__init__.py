"""Figures, text and the HTML page made from effects; nothing here computes an effect."""
