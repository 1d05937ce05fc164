"""Splitting sectors: specification, seed, balance, layout, samples of admissible splits."""
