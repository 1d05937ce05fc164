"""Newton solver of the markets: nests, prices, spending, trade flows and certificate."""
