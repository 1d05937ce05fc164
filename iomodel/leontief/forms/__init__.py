"""Forms of the input coefficients: dense, sparse, shared imports, on disk, on a cluster."""
