"""Draw one dashboard for every shape of service, and fill in the texts of each: jsonnet is slow, services are alike.

The library puts texts (names, selectors, queries, descriptions) together and never looks into them: it branches on
numbers, lists, what is null, and on the few strings that facts.py does not mark. So a dashboard that was drawn with a
mark in the place of each text is right for every service that differs in its texts only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

# Characters of Unicode's private use area: no text of ours has them, and JSON does not escape them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")


class Text(str):
    """A text that the library only passes on. Equal texts get the same mark, so that they stay equal."""

    __slots__ = ()


class Stencil(msgspec.Struct, frozen=True):
    """A text with numbered gaps: ``literals`` has one item more than ``gaps``."""

    literals: tuple[str, ...]
    gaps: tuple[int, ...]

    @classmethod
    def of(cls, marked: str) -> Stencil:
        """Split a text at its marks."""
        parts = _MARK.split(marked)
        return cls(tuple(parts[0::2]), tuple(int(number) for number in parts[1::2]))

    def fill(self, texts: Sequence[str]) -> str:
        """The text with its gaps filled; ``texts`` as they have to stand there (escaped, inside JSON)."""
        parts = [self.literals[0]]
        for literal, gap in zip(self.literals[1:], self.gaps, strict=True):
            parts += (texts[gap], literal)
        return "".join(parts)


def cut(facts: Any) -> tuple[Any, list[str]] | None:
    """``facts`` with a mark for each :class:`Text`, and the texts by number. None: a text contains a mark's own
    characters, so that this service has to be drawn by itself.
    """
    numbers: dict[str, int] = {}
    marked = _marked(facts, numbers)
    if any(_OPEN in text or _CLOSE in text for text in numbers):
        return None
    return marked, list(numbers)


def plain(facts: Any) -> Any:
    """``facts`` with every :class:`Text` as an ordinary string, which is what JSON can hold."""
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
    """``text`` as it stands between the quotes of a JSON string."""
    return msgspec.json.encode(text).decode()[1:-1]
