"""Bytes to text: which encodings and characters a spec may have."""

from __future__ import annotations

import re
from bisect import bisect_right

from slosmith.model import Origin
from slosmith.problems import Problem, Span

MAX_BYTES = 8 * 1024 * 1024
"""No spec is this large. A larger file is in the folder by mistake."""

_MARK = b"\xef\xbb\xbf"
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_UTF16 = {b"\xff\xfe\x00\x00": "UTF-32", b"\x00\x00\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class Lines:
    """Line starts of a text, by YAML 1.1's line breaks (so that lines agree with the parser's)."""

    def __init__(self, text: str) -> None:
        self.text = text
        breaks = list(_BREAK.finditer(text))
        self._starts = [0, *(found.end() for found in breaks)]
        self._ends = [*(found.start() for found in breaks), len(text)]

    def line(self, number: int) -> str:
        """Line ``number`` (from 1) without its break; empty when there is none."""
        if not 1 <= number <= len(self._starts):
            return ""
        return self.text[self._starts[number - 1] : self._ends[number - 1]]

    def position(self, index: int) -> tuple[int, int]:
        """Line and column, both from 1, of the character at ``index``."""
        row = bisect_right(self._starts, index) - 1
        return row + 1, index - self._starts[row] + 1


def decode(data: bytes, file: str) -> tuple[str, list[Problem]]:
    """The text of a file without its byte order mark, and what is wrong with it; the text is empty on a problem."""
    origin = Origin("default", file)
    if len(data) > MAX_BYTES:
        hint = "a spec has a few kilobytes: remove the file if it is not a spec, or split it"
        message = f"the file is too large: {len(data):,} bytes, at most {MAX_BYTES:,}"
        return "", [Problem(code="SYN107", message=message, hint=hint, origin=origin)]
    encoding = next((name for mark, name in _UTF16.items() if data.startswith(mark)), None)
    if encoding is None and (data[:1] == b"\0" or data[1:2] == b"\0"):
        encoding = "UTF-16"
    if encoding is not None:
        message = f"the file is {encoding}, not UTF-8"
        return "", [Problem(code="SYN104", message=message, hint="save it as UTF-8", origin=origin, place=Span(1, 1))]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        good = Lines(data[: error.start].decode("utf-8"))
        line, column = good.position(error.start and len(good.text))
        message = f"not UTF-8: the byte 0x{data[error.start]:02x} is not valid here"
        return "", [
            Problem(
                code="SYN103", message=message, hint="save the file as UTF-8", origin=origin, place=Span(line, column)
            )
        ]
    text = text.removeprefix("\ufeff")
    bad = _FORBIDDEN.search(text)
    if bad is not None:
        line, column = Lines(text).position(bad.start())
        message = f"control character U+{ord(bad.group()):04X} is not allowed"
        hint = "remove it; inside double quotes write it as an escape"
        return "", [Problem(code="SYN105", message=message, hint=hint, origin=origin, place=Span(line, column))]
    return text, []


def encoding_problems(data: bytes, file: str) -> list[Problem]:
    """Problems of files in slosmith's own formats: a byte order mark, and line ends that are not LF (the first one is
    reported). ``data`` is UTF-8.

    YAML allows both, and :func:`decode` reads such files, with the same positions. But shells, diffs and signatures see
    other bytes than a YAML reader, and some editors change these bytes without notice.
    """
    found = []
    origin = Origin("default", file)
    if data.startswith(_MARK):
        message, hint = "the file begins with a byte order mark", "save as UTF-8 without a byte order mark"
        found.append(Problem(code="SYN108", message=message, hint=hint, origin=origin, place=Span(1, 1)))
    at = data.find(b"\r")
    if at >= 0:
        before = data[:at].decode("utf-8").removeprefix("\ufeff")
        line, column = Lines(before).position(len(before))
        name = "CRLF (as on Windows)" if data[at + 1 : at + 2] == b"\n" else "CR"
        message = f"line {line} ends with {name}, not with LF"
        hint = "end lines with LF; in git: `*.yaml text eol=lf` in .gitattributes"
        found.append(Problem(code="SYN109", message=message, hint=hint, origin=origin, place=Span(line, column)))
    return found
