"""Character classes in RE2 patterns: those of Perl, POSIX and Unicode."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable

from slosmith.promql.regex_parts import Chars

Test = Callable[[str], bool]

_NICE = (
    "x"
    + "a0A-_./ "
    + string.ascii_lowercase
    + string.digits
    + string.ascii_uppercase
    + string.punctuation
    + "éλж漢\t\n"
)
_WORD = frozenset(string.ascii_letters + string.digits + "_")
_SPACE = frozenset("\t\n\f\r ")
POSIX: dict[str, Test] = {
    "alnum": lambda c: c.isascii() and c.isalnum(),
    "alpha": lambda c: c.isascii() and c.isalpha(),
    "ascii": lambda c: c.isascii(),
    "blank": lambda c: c in "\t ",
    "cntrl": lambda c: c.isascii() and not c.isprintable(),
    "digit": lambda c: c in string.digits,
    "graph": lambda c: "!" <= c <= "~",
    "lower": lambda c: c in string.ascii_lowercase,
    "print": lambda c: " " <= c <= "~",
    "punct": lambda c: c in string.punctuation,
    "space": lambda c: c in "\t\n\v\f\r ",
    "upper": lambda c: c in string.ascii_uppercase,
    "word": lambda c: c in _WORD,
    "xdigit": lambda c: c in string.hexdigits,
}
PERL: dict[str, Test] = {
    "d": lambda c: c in string.digits,
    "s": lambda c: c in _SPACE,
    "w": lambda c: c in _WORD,
}
_CATEGORY = re.compile("C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?")


def is_unicode_class(name: str) -> bool:
    """Whether ``name`` can be a general category or a script."""
    return _CATEGORY.fullmatch(name) is not None or (len(name) > 2 and name[0].isupper())


def chars(accepts: Test, first: str = "") -> Chars:
    return Chars(accepts, "".join(dict.fromkeys(char for char in first + _NICE if char != "\0" and accepts(char))))


def negated(test: Test, yes: bool) -> Test:
    return (lambda c: not test(c)) if yes else test


def in_range(low: str, high: str, *, ignore_case: bool) -> Test:
    def test(char: str) -> bool:
        cases = {char, char.lower(), char.upper()} if ignore_case else {char}
        return any(low <= case <= high for case in cases)

    return test


def unicode_class(name: str) -> Test:
    if _CATEGORY.fullmatch(name):
        return lambda c: unicodedata.category(c).startswith(name)
    # Scripts: Python has no data on them. The name of a character begins with the name of its script
    words = name.upper().replace("_", " ").replace("HAN", "CJK")
    return lambda c: unicodedata.name(c, "").startswith(words)


def at_word_edge(text: str, at: int) -> bool:
    before = at > 0 and text[at - 1] in _WORD
    after = at < len(text) and text[at] in _WORD
    return before != after
