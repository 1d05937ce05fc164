"""Files of tables: NetCDF, and the compact forms of the embedded tables."""
