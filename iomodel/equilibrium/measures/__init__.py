"""Measures of a solution: certificate, real GDP, welfare terms, first-order effects, units."""
