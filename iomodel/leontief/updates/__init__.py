"""Answers for changed technologies: low-rank, single rows, and nearby ones."""
