"""How a text is written: its quotes, and its lines."""

from __future__ import annotations

import re

from slosmith.formats.layout.tree import Scalar
from slosmith.formats.yaml.document import plain_value

WIDTH = 100
"""Columns of a line. Only what can be broken without another meaning is broken."""

PROSE = frozenset({
    "debugging", "decision", "deployment", "description", "hint", "message", "monitoring", "reason", "responsible",
    "title",
})  # fmt: skip
"""Keys with sentences, whose lines are filled. In all other texts (queries, expressions) the author's line breaks
stay."""

_WORDS = re.compile(r"[^\W\d_][\w ./()+-]*(?<! )|[0-9]+(\.[0-9]+)?(%|ms|s|m|h|d|w)")
"""Texts that are the same without quotes, for every reader of YAML, at every place."""
_NOT_TEXT = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"])
_PLAIN_TEXT = re.compile(r"[^\W\d_].*", re.DOTALL)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x1b": "\\e"}


def one_line(scalar: Scalar) -> str:
    """The scalar on one line, without its properties. For a block scalar use :func:`block`."""
    if not scalar.style:
        return scalar.raw if "\n" not in scalar.raw else _joined(scalar)
    if scalar.tag:
        return scalar.raw if "\n" not in scalar.raw else _quoted(scalar.value)
    return unquoted(scalar.value) or _quoted(scalar.value)


def _joined(scalar: Scalar) -> str:
    return scalar.value if "\n" not in scalar.value else _quoted(scalar.value)


def unquoted(value: str) -> str:
    """The value, if it means the same without quotes everywhere; else nothing."""
    if _WORDS.fullmatch(value) and value.lower() not in _NOT_TEXT and isinstance(plain_value(value), str):
        return value
    return ""


def _quoted(value: str) -> str:
    """In double quotes, or in single quotes if these need fewer escapes."""
    special = any(not character.isprintable() for character in value)
    if not special and value.count('"') + value.count("\\") > value.count("'"):
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(_escaped(character) for character in value) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"


def folded(value: str, indent: int) -> list[str] | None:
    """The lines of a folded block scalar: header first, without indentation. None if folding would change the value."""
    text = value.removesuffix("\n")
    if not text or "\t" in text:
        return None
    lines = [">" if value.endswith("\n") else ">-"]
    for paragraph in text.split("\n"):
        if not paragraph or paragraph != paragraph.strip(" ") or not paragraph.isprintable():
            return None
        if len(lines) > 1:
            lines.append("")
        lines += _filled(paragraph, WIDTH - indent)
    return lines


def _filled(paragraph: str, width: int) -> list[str]:
    """Greedy lines. Only single spaces are break points: YAML keeps others as they are."""
    words = re.split(r"(?<! ) (?! )", paragraph)
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def as_plain(value: str) -> str:
    """The value of a folded prose text as a plain scalar on one line; nothing if it would need quotes."""
    safe = _PLAIN_TEXT.fullmatch(value) and value.isprintable() and value == value.strip()
    if not safe or ": " in value or " #" in value or value.endswith(":") or value.lower() in _NOT_TEXT:
        return ""
    return value if isinstance(plain_value(value), str) else ""


def block(scalar: Scalar) -> list[str]:
    """The lines of a ``|`` or ``>`` scalar as they are (header first), without their indentation."""
    if not scalar.value.strip():
        return [_quoted(scalar.value)]  # only spaces and line breaks: a block would not show them
    header, *lines = scalar.raw.split("\n")
    header = header.split("#")[0].strip()
    number = re.search(r"[1-9]", header)
    if number is not None:
        cut = scalar.parent_column + int(number.group())
    else:
        cut = next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")), 0)
    keep = "+" in header
    body = [line[cut:] if line[:cut].strip(" ") == "" else line for line in lines]
    if body and not lines[-1].strip(" "):
        body.pop()  # what is before the next entry on its line
    while body and not body[-1] and not keep:
        body.pop()
    first = next((line for line in body if line), "")
    header = re.sub(r"[1-9]", "", header)
    if scalar.value and not scalar.value.endswith("\n"):
        header = f"{header[0]}-"  # the file ends with the text, without a line break: now there will be one
    # a first line that begins with a space does not show the indentation
    if first.startswith(" "):
        header = f"{header[0]}2{header[1:]}"
    return [header, *body]


def source_lines(scalar: Scalar) -> list[str] | None:
    """A plain text of several lines as a folded block with the same lines; None if that would change the value."""
    lines = [line.strip(" \t") for line in scalar.raw.split("\n")]
    if scalar.style or any(not line or "\t" in line for line in lines) or " ".join(lines) != scalar.value:
        return None
    return [">-", *lines]


def written(value: object) -> str:
    """A value as YAML on one line: a text (quoted if needed), a number, a boolean, a list or a mapping of these."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return unquoted(value) or _quoted(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)}: {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    return str(value)
