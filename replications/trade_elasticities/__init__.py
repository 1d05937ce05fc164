"""Published trade elasticities by sector, their median and their spread."""
