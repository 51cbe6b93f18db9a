"""Sloth's own rules, and their unit tests."""
