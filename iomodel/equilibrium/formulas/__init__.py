"""Gains from trade by closed formulas."""
