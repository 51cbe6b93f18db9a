"""Compares PromQL by its meaning, and says in few words what is different between two expressions."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from slosmith.model import MINUTE
from slosmith.promql import Expression, PromqlError, matcher_text, parse
from slosmith.promql.ast import canonical

_SPACE = re.compile(r"\s+")


def same_query(one: str, other: str) -> bool:
    """Whether two expressions differ in nothing but their spelling: spaces, comments, order of matchers."""
    return one == other or _canonical(one) == _canonical(other)


def edit(before: str, after: str) -> tuple[str, str]:
    """What only the first and what only the second expression has: matchers and metrics, or whole expressions if these
    are the same.
    """
    one, other = _pieces(before), _pieces(after)
    removed, added = one - other, other - one
    if not removed and not added:
        return _canonical(before), _canonical(after)
    return ", ".join(sorted(removed)), ", ".join(sorted(added))


def _pieces(text: str) -> Counter[str]:
    found = _parsed(text)
    pieces: set[str] = set()
    for selector in found.selectors() if found is not None else ():
        pieces.add(selector.metric)
        pieces.update(matcher_text(matcher) for matcher in selector.matchers)
    return Counter(pieces)


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    found = _parsed(text)
    # a text that Prometheus' grammar does not have is compared as it is
    return canonical(found.node) if found is not None else _SPACE.sub(" ", text).strip()


def _parsed(text: str) -> Expression | None:
    try:
        return parse(text, MINUTE)
    except PromqlError:
        return None
