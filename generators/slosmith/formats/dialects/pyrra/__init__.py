"""Pyrra's ServiceLevelObjective."""
