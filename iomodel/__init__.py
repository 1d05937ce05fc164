"""Economic impact modelling on multi-region input-output tables."""
