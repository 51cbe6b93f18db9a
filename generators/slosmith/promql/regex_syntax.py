"""Reads RE2 patterns in Go's syntax (package regexp/syntax with the Perl flags, as Prometheus compiles them).

:mod:`slosmith.promql.regex` explains why slosmith has a reader of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from slosmith.promql.regex_classes import (
    PERL,
    POSIX,
    at_word_edge,
    chars,
    in_range,
    is_unicode_class,
    negated,
    unicode_class,
)
from slosmith.promql.regex_parts import Assertion, Chars, Choice, Part, Repeat, Sequence

MAX_REPEAT = 1000
"""Go's limit for ``{n,m}``, and for the product of nested repetitions."""

MAX_DEPTH = 100
"""Limit of nested groups. Go's limit is 1000, but no matcher needs so many."""


class RegexError(ValueError):
    """A pattern that Prometheus refuses. ``offset`` is in characters."""

    def __init__(self, message: str, offset: int) -> None:
        self.offset = offset
        super().__init__(message)


_CONTROL = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_REPEAT = re.compile(r"\{(\d{1,5})(?:(,)(\d{1,5})?)?\}", re.ASCII)
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])", re.ASCII)
_NAMED = re.compile(r"\(\?P?<([A-Za-z0-9_]+)>", re.ASCII)


class Reader:
    """Reads one pattern from left to right. ``flags`` are the flags at the current place."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.place, self.flags = pattern, 0, frozenset[str]()
        self.depth = 0
        letters = re.search(r"[a-zA-Z]", re.sub(r"\\.|\(\?[a-zA-Z]*", "", pattern))
        # example for ".": a digit if the pattern has digits (5..), else a letter
        self.any_samples = "0x" if re.search(r"\d", pattern) and not letters else "x0"

    def read(self) -> Part:
        part, _ = self.choice()
        if self.place < len(self.pattern):
            raise self.wrong("an opening parenthesis is missing before )")
        return part

    def wrong(self, message: str, place: int | None = None) -> RegexError:
        return RegexError(message, self.place if place is None else place)

    def rest(self) -> str:
        return self.pattern[self.place : self.place + 1]

    # Each method returns a part, and the largest number of copies that nested {n,m} make of something in the part.

    def choice(self) -> tuple[Part, int]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.wrong(f"groups are nested more than {MAX_DEPTH} deep")
        branches: list[Part] = []
        copies = 1
        while True:
            part, count = self.sequence()
            branches.append(part)
            copies = max(copies, count)
            if self.rest() != "|":
                break
            self.place += 1
        self.depth -= 1
        return (branches[0] if len(branches) == 1 else Choice(tuple(branches))), copies

    def sequence(self) -> tuple[Part, int]:
        parts: list[Part] = []
        copies = 1
        while self.rest() not in ("", "|", ")"):
            start = self.place
            part, count = self.atom()
            if part is None:
                continue
            part, count = self.repeats(part, count, start)
            parts.append(part)
            copies = max(copies, count)
        return (parts[0] if len(parts) == 1 else Sequence(tuple(parts))), copies

    def repeats(self, part: Part, copies: int, start: int) -> tuple[Part, int]:
        symbol, match = self.rest(), _REPEAT.match(self.pattern, self.place)
        if symbol == "" or (symbol not in "*+?" and match is None):
            return part, copies
        if symbol in "*+?":
            self.place += 1
            low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}[symbol]
        else:
            assert match is not None
            low = int(match[1])
            high = low if not match[2] else int(match[3]) if match[3] else None
            if low > MAX_REPEAT or (high is not None and (high > MAX_REPEAT or high < low)):
                raise self.wrong(f"{match[0]} is not a repeat count (0 to {MAX_REPEAT}, small before large)")
            self.place = match.end()
            copies *= max(low, high or 0, 1)
            if copies > MAX_REPEAT:
                raise self.wrong(f"nested repeats make more than {MAX_REPEAT} copies", start)
        if self.rest() == "?":
            self.place += 1
        again = self.rest()
        if again and (again in "*+?" or _REPEAT.match(self.pattern, self.place)):
            raise self.wrong("a repeat cannot follow a repeat")
        return Repeat(part, low, high), copies

    def atom(self) -> tuple[Part | None, int]:
        char = self.rest()
        if char == "(":
            return self.group()
        if char == "[":
            return self.char_class(), 1
        if char == "\\":
            return self.escape(), 1
        if char in "*+?":
            raise self.wrong(f"there is nothing for {char} to repeat")
        if _REPEAT.match(self.pattern, self.place):
            raise self.wrong("there is nothing for {n} to repeat")
        self.place += 1
        if char == ".":
            return Chars(lambda c: True, self.any_samples), 1
        if char == "^":
            multi = "m" in self.flags
            return Assertion(lambda text, at: at == 0 or (multi and text[at - 1] == "\n")), 1
        if char == "$":
            multi = "m" in self.flags
            return Assertion(lambda text, at: at == len(text) or (multi and text[at] == "\n")), 1
        return self.literal(char), 1

    def literal(self, char: str) -> Chars:
        if "i" in self.flags and char.lower() != char.upper():
            both = {char, char.lower(), char.upper()}
            return Chars(lambda c: c in both, char)
        return Chars(lambda c: c == char, char)

    def group(self) -> tuple[Part | None, int]:
        start, outer = self.place, self.flags
        flags, named = _FLAGS.match(self.pattern, start), _NAMED.match(self.pattern, start)
        if flags and (flags[1] or flags[2] or flags[3] == ":"):
            self.flags = (outer | frozenset(flags[1])) - frozenset(flags[2] or "")
            self.place = flags.end()
            if flags[3] == ")":
                return None, 1  # the flags apply until the end of the group around them
        elif named:
            self.place = named.end()
        elif self.pattern.startswith("(?", start):
            raise self.wrong("RE2 has no such group (?; it has no look-ahead and no look-behind")
        else:
            self.place += 1
        part, copies = self.choice()
        if self.rest() != ")":
            raise self.wrong("a closing parenthesis is missing for this (", start)
        self.place += 1
        self.flags = outer
        return part, copies

    # --- escapes ---

    def escape(self) -> Part:
        start = self.place
        letter = self.pattern[start + 1 : start + 2]
        if letter == "Q":
            end = self.pattern.find("\\E", start + 2)
            quoted = self.pattern[start + 2 : end if end >= 0 else None]
            self.place = end + 2 if end >= 0 else len(self.pattern)
            return Sequence(tuple(self.literal(char) for char in quoted))
        assertions: dict[str, Callable[[str, int], bool]] = {
            "A": lambda text, at: at == 0,
            "z": lambda text, at: at == len(text),
            "b": at_word_edge,
            "B": lambda text, at: not at_word_edge(text, at),
        }
        if letter in assertions and letter:
            self.place += 2
            return Assertion(assertions[letter])
        accepts = self.class_escape()
        if accepts is not None:
            return chars(accepts)
        return self.literal(self.char_escape())

    def class_escape(self) -> Callable[[str], bool] | None:
        """The characters of \\d, \\W, \\pL, \\P{Greek}. None if the current place has none of these."""
        letter = self.pattern[self.place + 1 : self.place + 2]
        if letter and letter.lower() in PERL:
            self.place += 2
            return negated(PERL[letter.lower()], letter.isupper())
        if letter not in ("p", "P"):
            return None
        match = re.compile(r"\\[pP](?:([A-Za-z])|\{(\^?)([A-Za-z_]+)\})").match(self.pattern, self.place)
        if match is None:
            raise self.wrong("expected a Unicode class such as \\pL or \\p{Greek}")
        name = match[1] or match[3]
        if not is_unicode_class(name):
            raise self.wrong(f"there is no Unicode class {name}")
        self.place = match.end()
        return negated(unicode_class(name), (letter == "P") != bool(match[2]))

    def char_escape(self) -> str:
        start = self.place
        letter = self.pattern[start + 1 : start + 2]
        if letter == "":
            raise self.wrong("a backslash at the end")
        if letter in _CONTROL:
            self.place += 2
            return _CONTROL[letter]
        number = re.compile(r"\\(?:x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]{1,6})\}|([1-7][0-7]{1,2}|0[0-7]{0,2}))").match(
            self.pattern, start
        )
        if number:
            code = int(number[3], 8) if number[3] else int(number[1] or number[2], 16)
            if code > 0x10FFFF:
                raise self.wrong("there is no such character")
            self.place = number.end()
            return chr(code)
        if letter.isascii() and not letter.isalnum():
            self.place += 2
            return letter
        raise self.wrong(f"RE2 has no \\{letter}")

    # --- character classes ---

    def char_class(self) -> Part:
        start = self.place
        self.place += 1
        inverse = self.rest() == "^"
        self.place += inverse
        tests: list[Callable[[str], bool]] = []
        first = True
        samples = ""
        while self.rest() != "]" or first:
            first = False
            if self.rest() == "":
                raise self.wrong("a closing bracket is missing for this [", start)
            posix = re.compile(r"\[:(\^?)(\w+):\]").match(self.pattern, self.place)
            if posix:
                if posix[2] not in POSIX:
                    raise self.wrong(f"there is no class [:{posix[2]}:]")
                tests.append(negated(POSIX[posix[2]], bool(posix[1])))
                self.place = posix.end()
                continue
            if self.rest() == "\\":
                named = self.class_escape()
                if named is not None:
                    tests.append(named)
                    continue
            low = self.class_char()
            high = low
            if self.rest() == "-" and self.pattern[self.place + 1 : self.place + 2] not in ("]", ""):
                self.place += 1
                high = self.class_char()
                if high < low:
                    raise self.wrong(f"{low}-{high} is not a range (small before large)", start)
            samples += low
            tests.append(in_range(low, high, ignore_case="i" in self.flags))
        self.place += 1
        return chars(negated(lambda c: any(test(c) for test in tests), inverse), "" if inverse else samples)

    def class_char(self) -> str:
        if self.rest() == "\\":
            return self.char_escape()
        char = self.rest()
        self.place += 1
        return char
