"""Models at fixed prices: leontief, price, extraction, ghosh, mixed."""
