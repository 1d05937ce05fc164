"""Models of shortage: bottleneck, rationing, inventories, and bounds from expenditure."""
