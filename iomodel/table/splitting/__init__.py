"""Sector splits: shares of the parts, seed, scaling, layout, and samples of admissible splits."""
