"""RE2 patterns as Prometheus reads them (anchored, Go's syntax): checked, matched, and examples of what they match.

Why a reader of our own (this module and ``regex_syntax``, ``regex_parts``, ``regex_classes``): Python's ``re`` reads
another language. It takes what Prometheus refuses (look-around, backreferences, repetitions above 1000) and gives some
patterns another meaning, so neither a check nor a match of it would be Prometheus'. Bindings of RE2 check and match,
but unit tests of rules need texts that a pattern matches and near misses that it does not, and the policy needs to see
whether a pattern could be an equality: both need the parts of a pattern, which no library gives. promql-parser compiles
patterns with Rust's library, whose syntax and limits are different again.

Patterns in label matchers are short: a set of end positions is matcher enough. Tests hold this reader against promtool.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from slosmith.promql.regex_parts import Part, ends, texts
from slosmith.promql.regex_syntax import Reader, RegexError

__all__ = ["Regex", "RegexError", "check_regex", "counterexamples"]


class Regex:
    """A pattern that was read. Raises RegexError when Prometheus would refuse it."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._part = _read(pattern)

    def matches(self, text: str) -> bool:
        """Whether the whole of ``text`` matches."""
        return _matches(self.pattern, text)

    def examples(self, limit: int = 32) -> list[str]:
        """Texts that match, the plainest first; each is verified. Empty when none was found."""
        found = dict.fromkeys(islice(texts(self._part), limit * 4))
        return [text for text in found if self.matches(text)][:limit]


@lru_cache(maxsize=32768)
def _matches(pattern: str, text: str) -> bool:
    """Cached: what a service's selectors have in common is asked once a selector."""
    return len(text) in ends(_read(pattern), text, 0)


@lru_cache(maxsize=8192)
def _read(pattern: str) -> Part:
    return Reader(pattern).read()


# --- what users of selectors ask ---------------------------------------------------------------------------------


def check_regex(pattern: str) -> str:
    """``pattern`` itself when Prometheus takes it; RegexError (a ValueError) otherwise, for the empty pattern too."""
    if not pattern:
        raise RegexError("a regular expression must not be empty", 0)
    _read(pattern)
    return pattern


def counterexamples(pattern: str) -> list[str]:
    """Texts that do not match: near misses first (a character changed, added, lost), the empty one late."""
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
    """Another character of the same sort."""
    if char.isdigit() and char.isascii():
        return str((int(char) + 9) % 10)
    return "y" if char == "x" else "x"
