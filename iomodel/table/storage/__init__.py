"""Files of tables: NetCDF in plain form, and the compact forms of the embedded tables."""
