"""Gains from trade in 2008 beside Table 4.1 of Costinot and Rodriguez-Clare (2014)."""
