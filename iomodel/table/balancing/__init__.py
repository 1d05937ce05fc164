"""Balancing: RAS and GRAS, on matrices and on tables."""
