"""The default scheme: error ratios and budgets are weighted by events."""

from slosmith.schemes.weighted.scheme import SCHEME

__all__ = ["SCHEME"]
