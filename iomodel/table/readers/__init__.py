"""Readers: one file per database, each turning published files into a table."""
