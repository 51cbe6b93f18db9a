"""Draws one dashboard for many similar services, and fills in the texts of each service, because jsonnet is slow.

The library joins texts (names, selectors, queries, descriptions) and never looks into them. Its branches depend on
numbers, lists, nulls, and the few strings that facts.py does not mark. A dashboard is drawn once, with a mark in place
of each text. It is then right for every service that differs in its texts only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

# Characters of Unicode's private use area. No text of slosmith has them, and JSON does not escape them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")


class Text(str):
    """A text that the library copies and does not look into. Equal texts get the same mark, so they stay equal."""

    __slots__ = ()


class Stencil(msgspec.Struct, frozen=True):
    """A text with numbered gaps. ``literals`` has one item more than ``gaps``."""

    literals: tuple[str, ...]
    gaps: tuple[int, ...]

    @classmethod
    def of(cls, marked: str) -> Stencil:
        """Splits a text at its marks."""
        parts = _MARK.split(marked)
        return cls(tuple(parts[0::2]), tuple(int(number) for number in parts[1::2]))

    def fill(self, texts: Sequence[str]) -> str:
        """The text with its gaps filled. ``texts`` must be in their final form (escaped, if inside JSON)."""
        parts = [self.literals[0]]
        for literal, gap in zip(self.literals[1:], self.gaps, strict=True):
            parts += (texts[gap], literal)
        return "".join(parts)


def cut(facts: Any) -> tuple[Any, list[str]] | None:
    """``facts`` with a mark for each :class:`Text`, and the texts by number. None: a text contains the characters of
    marks, so this service must be drawn without marks.
    """
    numbers: dict[str, int] = {}
    marked = _marked(facts, numbers)
    if any(_OPEN in text or _CLOSE in text for text in numbers):
        return None
    return marked, list(numbers)


def plain(facts: Any) -> Any:
    """``facts`` with every :class:`Text` as an ordinary string, for JSON."""
    if isinstance(facts, Text):
        return str(facts)
    if isinstance(facts, dict):
        return {key: plain(item) for key, item in facts.items()}
    if isinstance(facts, list):
        return [plain(item) for item in facts]
    return facts


def _marked(value: Any, numbers: dict[str, int]) -> Any:
    if isinstance(value, Text):
        return f"{_OPEN}{numbers.setdefault(str(value), len(numbers))}{_CLOSE}"
    if isinstance(value, dict):
        return {key: _marked(item, numbers) for key, item in value.items()}
    if isinstance(value, list):
        return [_marked(item, numbers) for item in value]
    return value


def json_text(text: str) -> str:
    """``text`` as the content of a JSON string, without the quotes."""
    return msgspec.json.encode(text).decode()[1:-1]
