"""Indicators of a table: value added in trade, linkages, inoperability, cumulative tariffs."""
