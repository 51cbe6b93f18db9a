"""Sloth's rules, and their unit tests."""

from slosmith.schemes.sloth.scheme import SCHEME

__all__ = ["SCHEME"]
