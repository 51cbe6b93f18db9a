"""What a dialect is: a name, the marks by which its documents are known, and the module that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from slosmith.formats.declarations import AnyDeclaration, PartDeclaration
from slosmith.formats.schema import Schema
from slosmith.formats.yaml.document import Document
from slosmith.problems import Problem


class Mark(msgspec.Struct, frozen=True):
    """By what a document is known: the text at one of its top-level keys, and its kind where the text does not settle
    it.
    """

    key: str
    """``version``, ``apiVersion``."""
    text: str
    """The whole value; with a star at its end what the value begins with (``openslo/*``: any version, so that for one
    that is not read the message is about versions).
    """
    kind: str = ""

    @property
    def any_version(self) -> bool:
        """Whether the mark takes every value that begins with its text."""
        return self.text.endswith("*")

    @property
    def beginning(self) -> str:
        """The text without its star."""
        return self.text.removesuffix("*")

    def fits(self, document: dict[str, Any]) -> bool:
        """Whether a document carries this mark."""
        value = document.get(self.key)
        if not isinstance(value, str) or (self.kind and document.get("kind") != self.kind):
            return False
        return value.startswith(self.beginning) if self.any_version else value == self.text


class Dialect(msgspec.Struct, frozen=True):
    """A format that specs can have. A document has the dialect of the most exact mark that it carries."""

    name: str
    """``openslo/v1``; names it in messages, and in declarations."""
    module: str
    """The module that reads it (a :class:`Reader`), imported when the first document of the dialect is read."""
    marks: tuple[Mark, ...]


class Reader(Protocol):
    """A module that reads documents of a dialect."""

    NAME: str
    """The dialect's name."""
    SCHEMA: Schema

    def declare(self, document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
        """The declarations of one document, and what is wrong with it. Pure."""
        ...


class LinkingReader(Reader, Protocol):
    """A reader whose documents refer to each other: ``declare`` returns parts, of which ``link`` makes declarations."""

    def link(self, parts: Sequence[PartDeclaration]) -> tuple[list[AnyDeclaration], list[Problem]]:
        """The declarations of all parts of one run. Pure.

        A module may also have ``references(part)``, the (kind, name) of each document that a part refers to. Where one
        file is named, only these are read of the others; without the function all documents of the dialect are.
        """
        ...
