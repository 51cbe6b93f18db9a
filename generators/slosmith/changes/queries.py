"""Compares PromQL by its meaning, and says in few words what is different between two expressions."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from slosmith.model import MINUTE
from slosmith.promql import Expression, PromqlError, matcher_text, parse
from slosmith.promql.ast import canonical

_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"|[\w:.]+|[^\w\s"]+')
_SPACE = re.compile(r"\s+")


def same_query(one: str, other: str) -> bool:
    """Whether two expressions differ in nothing but their spelling: spaces, comments, order of matchers."""
    return one == other or _canonical(one) == _canonical(other)


def edit(before: str, after: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What only the first and what only the second expression has: metrics and matchers. If these are the same, the
    words and signs that differ.
    """
    one, other = _pieces(before), _pieces(after)
    if one != other:
        return tuple(text for text in one if text not in other), tuple(text for text in other if text not in one)
    words = [_WORDS.findall(_canonical(text)) for text in (before, after)]
    gone, come = [], []
    for kind, start, end, first, last in SequenceMatcher(None, words[0], words[1], autojunk=False).get_opcodes():
        if kind != "equal":
            gone.append(" ".join(words[0][start:end]))
            come.append(" ".join(words[1][first:last]))
    return tuple(dict.fromkeys(filter(None, gone))), tuple(dict.fromkeys(filter(None, come)))


def _pieces(text: str) -> dict[str, None]:
    """The metrics and matchers of an expression, in the order of the text."""
    found = _parsed(text)
    pieces: dict[str, None] = {}
    for selector in found.selectors() if found is not None else ():
        pieces[selector.metric] = None
        pieces.update(dict.fromkeys(matcher_text(matcher) for matcher in selector.matchers))
    return pieces


def one_line(text: str) -> str:
    """The expression on one line, in one spelling."""
    return _canonical(text)


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
