"""PromQL text -> tokens with places."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from slosmith.promql.error import PromqlError

TokenKind = Literal["number", "duration", "string", "word", "symbol", "end"]


class Token(msgspec.Struct, frozen=True, gc=False):
    """A token. ``text`` is unchanged. ``value`` is the content of a string literal, and equals ``text`` in other
    tokens.
    """

    kind: TokenKind
    text: str
    start: int
    value: str
    end: int
    """The offset after the token."""
    key: str = ""
    """Words and symbols: the text in lower case, to compare it with keywords. Empty for all other tokens."""


_SKIP = re.compile(r"(?:\s|#[^\n]*)+")
_DURATION = re.compile(r"(?:\d+(?:ms|[smhdwy]))+(?![a-zA-Z0-9_:.])", re.ASCII)
_NUMBER = re.compile(r"(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![a-zA-Z0-9_:])", re.ASCII)
_WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*", re.ASCII)
_SYMBOL = re.compile(r"==|!=|<=|>=|=~|!~|[-+*/%^<>=(){}\[\],:@]")
_BAD_NUMBER = re.compile(r"[0-9.][a-zA-Z0-9_.]*", re.ASCII)

_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_HEX_LENGTH = {"x": 2, "u": 4, "U": 8}


_COMMON = re.compile(
    r"(?P<skip>\s+)|(?P<string>\"[ !#-\[\]-~]*\")|(?P<word>[a-zA-Z_:][a-zA-Z0-9_:]*)"
    r"|(?P<symbol>==|!=|<=|>=|=~|!~|[-+*/%^<>=(){},@])|(?P<range>\[[0-9]+(?:ms|[smhdwy]) *\])",
    re.ASCII,
)
"""The most frequent tokens: strings without escapes, words, symbols, ranges with one unit."""


def tokens(text: str) -> list[Token]:
    """The tokens of ``text``. The last one has the kind ``end``. Raises PromqlError for text that is not a token."""
    found: list[Token] = []
    place, length = 0, len(text)
    in_brackets = False
    common = _COMMON.match
    while place < length:
        match = None if in_brackets else common(text, place)
        if match is not None:
            kind: Any = match.lastgroup
            end = match.end()
            if kind != "skip":
                written = match[0]
                if kind == "string":
                    found.append(Token(kind, written, place, written[1:-1], end))
                elif kind == "range":
                    span = written[1:-1].rstrip(" ")
                    found.append(Token("symbol", "[", place, "[", place + 1, "["))
                    found.append(Token("duration", span, place + 1, span, place + 1 + len(span)))
                    found.append(Token("symbol", "]", end - 1, "]", end, "]"))
                else:
                    found.append(Token(kind, written, place, written, end, written.lower()))
            place = end
            continue
        skipped = _SKIP.match(text, place)
        if skipped:
            place = skipped.end()
            continue
        token = _token(text, place, in_brackets)
        if token.text in ("[", "]"):
            in_brackets = token.text == "["
        found.append(token)
        place = token.end
    found.append(Token("end", "", length, "", length))
    return found


def _token(text: str, place: int, in_brackets: bool) -> Token:
    char = text[place]
    if char in "\"'`":
        return _string(text, place)
    if in_brackets and char == ":":  # between range and step, a colon cannot begin a name
        return Token("symbol", char, place, char, place + 1, char)
    kinds: tuple[tuple[TokenKind, re.Pattern[str]], ...] = (
        ("duration", _DURATION), ("number", _NUMBER), ("word", _WORD), ("symbol", _SYMBOL),
    )  # fmt: skip
    # Inside brackets, the colon before a step is not part of a number or duration.
    limit = text.find(":", place) if in_brackets else -1
    end = limit if limit > 0 else len(text)
    for kind, pattern in kinds:
        match = pattern.match(text, place, end)
        if match:
            key = match[0].lower() if kind in ("word", "symbol") else ""
            return Token(kind, match[0], place, match[0], match.end(), key)
    bad = _BAD_NUMBER.match(text, place)
    if bad:
        raise PromqlError(f"expected a number or a duration such as 5m, found {bad[0]!r}", place, len(bad[0]))
    what = "!= or !~" if char == "!" else "an expression"
    raise PromqlError(f"expected {what}, found {char!r}", place)


def _string(text: str, start: int) -> Token:
    mark = text[start]
    if mark == "`":
        end = text.find("`", start + 1)
        if end < 0:
            raise _unterminated(text, start)
        return Token("string", text[start : end + 1], start, text[start + 1 : end], end + 1)
    place, content = start + 1, bytearray()
    while place < len(text) and text[place] not in (mark, "\n"):
        if text[place] == "\\":
            piece, place = _escape(text, place, start)
        else:
            piece, place = text[place].encode("utf-8", "surrogatepass"), place + 1
        content += piece
    if place >= len(text) or text[place] == "\n":
        raise _unterminated(text, start)
    try:
        value = content.decode("utf-8")
    except UnicodeDecodeError:
        raise PromqlError("expected a string of valid UTF-8", start, place + 1 - start) from None
    return Token("string", text[start : place + 1], start, value, place + 1)


def _escape(text: str, place: int, start: int) -> tuple[bytes, int]:
    """The bytes of an escape, and the place after it. ``\\xff`` and octal escapes are single bytes, as in Go."""
    letter = text[place + 1 : place + 2]
    if not letter:
        raise _unterminated(text, start)
    if letter in _ESCAPES:
        return _ESCAPES[letter].encode(), place + 2
    if letter == text[start]:
        return letter.encode(), place + 2
    if letter in _HEX_LENGTH:
        digits = text[place + 2 : place + 2 + _HEX_LENGTH[letter]]
        if re.fullmatch(r"[0-9a-fA-F]+", digits) and len(digits) == _HEX_LENGTH[letter]:
            code = int(digits, 16)
            if letter == "x":
                return bytes([code]), place + 4
            if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF:
                return chr(code).encode(), place + 2 + len(digits)
    octal = re.match(r"[0-3][0-7]{2}", text[place + 1 : place + 4])
    if octal:
        return bytes([int(octal[0], 8)]), place + 4
    found = text[place : place + 2]
    raise PromqlError(f"expected an escape such as \\n, found {found}; a backslash itself is \\\\", place, 2)


def _unterminated(text: str, start: int) -> PromqlError:
    line_end = text.find("\n", start)
    end = line_end if line_end >= 0 and text[start] != "`" else len(text)
    return PromqlError(f"expected a closing {text[start]} for the string that begins here", start, end - start)
