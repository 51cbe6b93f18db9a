"""Sloth's specs."""
