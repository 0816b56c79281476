"""Which markets, missions and firms to take up under a budget: an optimiser."""
