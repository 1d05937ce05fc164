"""Two blocs in static equilibria on WIOD 1995-2011, by elasticity and model choice."""
