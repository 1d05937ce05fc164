"""Solvers: LU in double and single precision, GMRES, refinement, and the proof of an answer."""
