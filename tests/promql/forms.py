"""Compares expressions, independent of their spelling."""

from __future__ import annotations

from slosmith.promql import parse
from slosmith.promql.ast import canonical


def normalise(expr: str) -> str:
    """The same text for all spellings of an expression. Raises PromqlError."""
    return canonical(parse(expr).node)
