"""Characters that are invisible, or that end a line. They are not allowed in names, comments and headers."""

from __future__ import annotations

import re
import unicodedata

HIDDEN_BUT_LINE_FEED = (
    "\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufe00-\ufe0f\ufeff\ufff0-\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff"
)
"""For a class of a regular expression: control characters, invisible characters, line separators, bidirectional
overrides, surrogates and non-characters. The list is explicit, because str.isprintable() differs between versions of
Python.
"""

_HIDDEN = re.compile(f"[\n{HIDDEN_BUT_LINE_FEED}]")
_IN_FILE_NAMES = frozenset(" ._-+()@,=~")


def visible(text: str) -> str:
    """``text`` on one line, with a question mark for every invisible character."""
    return _HIDDEN.sub("?", text)


def escaped(text: str) -> str:
    """``text`` on one line, with every invisible character written as an escape of Python (``\\n``)."""
    return _HIDDEN.sub(lambda found: repr(found[0])[1:-1], text)


def bad_in_file_names(name: str) -> str | None:
    """The first character of ``name`` (one part of a path) that is not allowed in the name of a spec's file or folder.

    Names of specs are written into comments, tables and code of other files. So only letters, digits and signs without
    a special meaning are allowed. None: the name is good.
    """
    for place, character in enumerate(name):
        # letters of all scripts, with their accents and vowel signs
        letter = unicodedata.category(character)[0] in "LMN" and not _HIDDEN.match(character)
        if not (letter or character in _IN_FILE_NAMES) or (character == " " and place in (0, len(name) - 1)):
            return character
    return None
