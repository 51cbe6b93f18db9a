"""Declarations -> the model: class x service x site x indicator, with overrides and defaults applied. Pure."""

from slosmith.resolve.resolution import resolve

__all__ = ["resolve"]
