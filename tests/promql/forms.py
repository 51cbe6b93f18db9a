"""Expressions compared as expressions, not as texts."""

from __future__ import annotations

from slosmith.promql import parse
from slosmith.promql.ast import canonical


def normalise(expr: str) -> str:
    """One text for every way of writing an expression. Raises PromqlError."""
    return canonical(parse(expr).node)
