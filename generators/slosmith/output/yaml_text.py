"""Writes YAML that a person can review and that every YAML reader reads the same way.

A small emitter for plain data - mappings, lists, text, whole numbers, decimals, booleans - with comments. It has no
anchors, tags, flow style or line folding. Text is unquoted only if YAML 1.1 and 1.2 both read it as text. The general
emitters that were tried do not quote ``yes``, ``12:30`` or ``2026-01-01``, and YAML 1.1 readers (PyYAML, Ruby's psych)
read these as a boolean, a number of seconds and a date.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from slosmith.vocabulary.characters import HIDDEN_BUT_LINE_FEED

_RESERVED = frozenset(
    ("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil", "none", "nan", "inf", "infinity")
)
_PLAIN = re.compile(r"[A-Za-z_/$(](?:[!-~ ]*[!-9;-~])?")
"""Printable ASCII that begins like a word, and does not end in a space or a colon."""
_COUNT_WITH_UNIT = re.compile(r"[0-9]+(?:ms|[smhdwy])(?:[0-9]+(?:ms|[smhdwy]))*")
"""Durations: the only texts with a digit at the start that all readers read as text."""

# hidden characters are escaped, so that a reviewer sees them
_ESCAPED = re.compile(f'["\\\\\n{HIDDEN_BUT_LINE_FEED}]')
_HIDDEN = re.compile(f"[\n{HIDDEN_BUT_LINE_FEED}]")
_UNFIT_FOR_BLOCK = re.compile(f"[{HIDDEN_BUT_LINE_FEED}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x00": "\\0"}


class Commented:
    """A value with comment lines, which are printed above it (above its key or its dash)."""

    __slots__ = ("comment", "value")

    def __init__(self, comment: Iterable[str], value: object) -> None:
        self.comment = tuple(comment)
        self.value = value


class Pairs:
    """A mapping of text to text, not empty."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: tuple[tuple[str, str], ...]) -> None:
        self.pairs = pairs


def document(value: Mapping[str, Any], comment: Iterable[str] = ()) -> str:
    """A YAML document: ``comment`` lines at its head, then the mapping, in the order it has.

    Raises TypeError for a value of another type (floats too: numbers are exact here), ValueError for text that no
    YAML file can hold (lone surrogates).
    """
    out: list[str] = []
    comment_lines(out, "", comment)
    if value:
        _mapping(out, "", "", value)
    else:
        out.append("{}")
    out.append("")
    return "\n".join(out)


@lru_cache(maxsize=16384)
def scalar(text: str) -> str:
    """``text`` on one line: plain where that is safe in YAML 1.1 and 1.2, else quoted.

    Double quotes, unless text with quotes or backslashes is easier to read in single ones.
    """
    if _PLAIN.fullmatch(text):
        if text.lower() not in _RESERVED and ": " not in text and " #" not in text:
            return text
    elif _COUNT_WITH_UNIT.fullmatch(text):
        return text
    if _SURROGATE.search(text):
        raise ValueError(f"no YAML file can hold a lone surrogate: {text!r}")
    if ('"' in text or "\\" in text) and "'" not in text and not _HIDDEN.search(text):
        return f"'{text}'"
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    short = _ESCAPES.get(character)
    if short is not None:
        return short
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _literal(text: str, indent: str) -> str | None:
    """A literal block from its indicator on, ``indent`` before its lines; None if only quotes can hold ``text``."""
    body = text.removesuffix("\n")
    # A first line that is empty or begins with a space would need an indentation indicator. A blank last line would
    # need another chomping indicator. Quotes work for both.
    if body[:1] in ("", "\n", " ") or not body[body.rfind("\n") + 1 :].strip(" "):
        return None
    broken = body.replace("\n", f"\n{indent}")
    # the check for ASCII is faster, and most texts are ASCII
    if not (broken.isascii() and broken.replace("\n", "").isprintable()) and _UNFIT_FOR_BLOCK.search(body):
        return None
    indicator = "|" if text.endswith("\n") else "|-"
    if "\n\n" in body:
        return "\n".join([indicator, *(f"{indent}{line}" if line else "" for line in body.split("\n"))])
    return f"{indicator}\n{indent}{broken}"


def comment_lines(out: list[str], indent: str, lines: Iterable[str]) -> None:
    """Write ``lines`` as comments, with ``indent`` before them."""
    for line in lines:
        for part in line.splitlines() or [""]:
            clean = _SURROGATE.sub("?", _HIDDEN.sub("?", part)).rstrip()
            out.append(f"{indent}# {clean}" if clean else f"{indent}#")


def _mapping(out: list[str], first: str, indent: str, mapping: Mapping[str, Any]) -> None:
    """A block mapping; ``first`` (indentation, or a dash) is before its first key, ``indent`` before the other keys."""
    lead = first
    for key, value in mapping.items():
        if type(value) is Commented:
            # no line can be between a dash and its first key: the comment goes above the dash
            comment_lines(out, indent if lead == indent else indent[:-2], value.comment)
            value = value.value
        if type(value) is str:
            out.append(f"{lead}{scalar(key)}: {text_value(value, indent)}")
        else:
            _value(out, f"{lead}{scalar(key)}:", indent, value)
        lead = indent


@lru_cache(maxsize=256)
def pair_lines(indent: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """A whole block mapping of text. It is cached, because the labels of an SLO are written many times."""
    return "\n".join([f"{indent}{scalar(key)}: {text_value(value, indent)}" for key, value in pairs])


def text_value(text: str, indent: str) -> str:
    """Text after its key: on the same line, or as a block below it."""
    if "\n" in text:
        block = _literal(text, f"{indent}  ")
        if block is not None:
            return block
    return scalar(text)


def _sequence(out: list[str], indent: str, items: Sequence[Any]) -> None:
    dash = f"{indent}- "
    inner = f"{indent}  "
    for item in items:
        if type(item) is Commented:
            comment_lines(out, indent, item.comment)
            item = item.value
        if isinstance(item, Mapping) and item:
            _mapping(out, dash, inner, item)
        elif isinstance(item, list | tuple) and item:
            raise TypeError("a list directly inside a list is not supported")
        else:
            _value(out, f"{indent}-", indent, item)


def _value(out: list[str], lead: str, indent: str, value: object) -> None:
    """``lead`` (a key with its colon, or a dash) and the value, which may continue on the next lines."""
    kind = type(value)
    if isinstance(value, str):
        out.append(f"{lead} {text_value(str.__str__(value), indent)}")
    elif kind is Pairs:
        out.append(lead)
        out.append(pair_lines(f"{indent}  ", value.pairs))  # type: ignore[attr-defined]
    elif isinstance(value, Mapping):
        if value:
            out.append(lead)
            _mapping(out, f"{indent}  ", f"{indent}  ", value)
        else:
            out.append(f"{lead} {{}}")
    elif isinstance(value, list | tuple):
        if value:
            out.append(lead)
            _sequence(out, f"{indent}  ", value)
        else:
            out.append(f"{lead} []")
    elif kind is bool:
        out.append(f"{lead} {'true' if value else 'false'}")
    elif isinstance(value, int):
        out.append(f"{lead} {int(value)}")
    elif isinstance(value, Decimal) and value.is_finite():
        out.append(f"{lead} {value:f}")
    else:
        raise TypeError(f"no YAML form for {value!r}")


def json_text(value: object) -> str:
    """JSON for files: indented by two, keys in the order given, non-ASCII as it is, a newline at the end."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
