"""Our own scheme: error ratios and budgets are weighted by events."""
