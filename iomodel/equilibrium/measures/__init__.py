"""Measures of a solution: real GDP, terms and volume of trade, first-order effects."""
