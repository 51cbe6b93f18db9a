"""RE2 patterns as Prometheus reads them (anchored, Go's syntax): checks and matches them, and finds examples.

Why slosmith has a reader of its own (this module and ``regex_syntax``, ``regex_parts``, ``regex_classes``):

* Python's ``re`` has another syntax. It accepts patterns that Prometheus refuses (look-around, backreferences,
  repetitions above 1000), and some patterns have another meaning.
* Bindings of RE2 can check and match. But unit tests of rules also need texts that match and texts that nearly match.
  The policy must know whether a pattern could be an equality. Both need the parts of a pattern. No library has them.
* promql-parser compiles patterns with a library of Rust, which has another syntax and other limits.

Patterns in label matchers are short, so this reader uses a simple algorithm: sets of end positions. Tests compare it
with promtool.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from slosmith.promql.regex_parts import Part, ends, texts
from slosmith.promql.regex_syntax import Reader, RegexError

__all__ = ["Regex", "RegexError", "check_regex", "counterexamples"]


class Regex:
    """A pattern. Raises RegexError for a pattern that Prometheus refuses."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._part = _read(pattern)

    def matches(self, text: str) -> bool:
        """Whether the whole of ``text`` matches."""
        return _matches(self.pattern, text)

    def examples(self, limit: int = 32) -> list[str]:
        """Texts that match, the simplest first. Each text is checked. Empty if none was found."""
        found = dict.fromkeys(islice(texts(self._part), limit * 4))
        return [text for text in found if self.matches(text)][:limit]


@lru_cache(maxsize=32768)
def _matches(pattern: str, text: str) -> bool:
    """Cached, because the selectors of a service have many matchers in common."""
    return len(text) in ends(_read(pattern), text, 0)


@lru_cache(maxsize=8192)
def _read(pattern: str) -> Part:
    return Reader(pattern).read()


# --- functions for other modules ---------------------------------------------------------------------------------


def check_regex(pattern: str) -> str:
    """``pattern``, unchanged. Raises RegexError (a ValueError) if it is empty or if Prometheus refuses it."""
    if not pattern:
        raise RegexError("a regular expression must not be empty", 0)
    _read(pattern)
    return pattern


def counterexamples(pattern: str) -> list[str]:
    """Texts that do not match. Texts that nearly match (one character changed, added or removed) come first. The empty
    text comes late.
    """
    regex = Regex(pattern)
    candidates: list[str] = []
    for text in regex.examples(4):
        if text:
            candidates += [
                _other(text[0]) + text[1:],
                text[:-1] + _other(text[-1]),
                text + text[-1],
                "x" + text,
                text[:-1],
            ]
    candidates += ["other", "0", "200", "-", "é", "", "\n"]
    return [text for text in dict.fromkeys(candidates) if not regex.matches(text)]


def _other(char: str) -> str:
    """Another character of the same kind."""
    if char.isdigit() and char.isascii():
        return str((int(char) + 9) % 10)
    return "y" if char == "x" else "x"
