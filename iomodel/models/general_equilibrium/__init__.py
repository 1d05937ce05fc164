"""Models in which prices, wages and trade react: equilibrium, scarce."""
