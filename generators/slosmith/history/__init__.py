"""What was recorded, and what rules make of it: the arithmetic of Prometheus over whole histories at once."""
