"""CODEOWNERS: who owns a file. The syntax is that of GitHub and of GitLab, which adds sections.

The last line that matches a file counts; with sections, the last one of each section. A line without owners in a
section has the section's owners. On GitHub it says that nobody owns the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where the file may be, from the top of the repository."""

_SECTION = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?P<owners>.*)")
_OWNER = re.compile(r"@?\S+")


class Line(msgspec.Struct, frozen=True):
    """A pattern and its owners. ``section`` is in lower case; empty for lines before the first section."""

    pattern: str
    owners: tuple[str, ...]
    section: str = ""
    optional: bool = False


def parse(text: str) -> tuple[Line, ...]:
    """The lines of a CODEOWNERS file, in order. Lines that are no patterns are ignored, as both hosts do."""
    found: list[Line] = []
    section, optional = "", False
    default: tuple[str, ...] = ()
    for written in text.splitlines():
        line = written.strip()
        if not line or line.startswith("#"):
            continue
        head = _SECTION.fullmatch(line)
        if head is not None:
            section, optional = head["name"].strip().casefold(), line.startswith("^")
            default = _owners(head["owners"])
            continue
        pattern, rest = _pattern(line)
        found.append(Line(pattern, _owners(rest) or default, section, optional))
    return tuple(found)


def owners(lines: Iterable[Line], path: str) -> tuple[str, ...]:
    """The owners of a file, by its path from the top of the repository. Owners of optional sections are left out."""
    last: dict[str, Line] = {}
    for line in lines:
        if _expression(line.pattern).match(path):
            last[line.section] = line
    return tuple(dict.fromkeys(owner for line in last.values() if not line.optional for owner in line.owners))


def _pattern(line: str) -> tuple[str, str]:
    """The pattern and the rest. A space in a pattern has a backslash before it."""
    match = re.match(r"(?:\\.|\S)+", line)
    assert match is not None
    return match[0].replace("\\ ", " ").replace("\\#", "#"), line[match.end() :]


def _owners(text: str) -> tuple[str, ...]:
    return tuple(_OWNER.findall(text.split(" #", 1)[0]))


@lru_cache(maxsize=1024)
def _expression(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression: that of .gitignore, without ranges of characters and negation."""
    anchored = "/" in pattern.rstrip("/")
    body = pattern.strip("/") if pattern != "/" else "**"
    parts = []
    for step in re.split(r"(/\*\*/|\*\*/|/\*\*|\*\*|\*|\?)", re.sub(r"\*{2,}", "**", body)):
        match step:
            case "/**/":
                parts.append("/(?:.*/)?")
            case "**/":
                parts.append("(?:.*/)?")
            case "/**":
                parts.append("/.*")
            case "**":
                parts.append(".*")
            case "*":
                parts.append("[^/]*")
            case "?":
                parts.append("[^/]")
            case _:
                parts.append(re.escape(step))
    start = "" if anchored else "(?:.*/)?"
    # `docs/*` names the files of a folder, and not those of folders in it
    end = r"\Z" if pattern.endswith("/*") else r"/.*\Z" if pattern.endswith("/") else r"(?:/.*)?\Z"
    return re.compile(f"{start}{''.join(parts)}{end}", re.DOTALL)
