"""The solver: nests, prices, spending, markets, Newton's method with Broyden updates."""
