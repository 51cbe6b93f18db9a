"""OpenSLO."""
