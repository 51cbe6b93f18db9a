"""The examples of pages: code blocks, files, and commands with their output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

CHECKOUT = Path(__file__).resolve().parents[2]
DOCS = CHECKOUT / "docs"
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_FILE = re.compile(r"`([^`\s]+)`:")


@dataclass(frozen=True)
class Block:
    """A code block. ``language`` is empty for an indented block. ``file`` is the path in the line before it."""

    language: str
    text: str
    line: int
    file: str | None = None


@dataclass(frozen=True)
class Command:
    """A command of a console block, and its output. A line ``...`` stands for any lines."""

    line: str
    printed: str

    def matches(self, printed: str) -> bool:
        pattern = "".join(
            "(?:.*\n)*?" if line == "..." else f"{re.escape(line)}\n" for line in self.printed.splitlines()
        )
        return re.fullmatch(pattern, printed) is not None


def parse(text: str) -> list[Token]:
    """The page as tokens."""
    return _MARKDOWN.parse(text)


def blocks(text: str) -> list[Block]:
    """The code blocks of a page, in order."""
    found = []
    before = ""
    for token in parse(text):
        if token.type in ("fence", "code_block"):
            file = _FILE.fullmatch(before)
            line = token.map[0] + 1 if token.map else 0
            found.append(Block(token.info.strip(), token.content, line, file[1] if file else None))
        if token.type == "inline":
            before = token.content
        elif token.block and token.nesting == 0:
            before = ""
    return found


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block."""
    assert block.text.startswith("$ "), block
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        line, _, printed = part.partition("\n")
        yield Command(line, printed)
