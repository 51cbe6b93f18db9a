"""The type of a dialect: a name, the marks of its documents, and the module that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from slosmith.formats.declarations import AnyDeclaration, PartDeclaration
from slosmith.formats.schema import Schema
from slosmith.formats.yaml.document import Document
from slosmith.problems import Problem


class Mark(msgspec.Struct, frozen=True):
    """Identifies the documents of a dialect: the text at a top-level key, and the kind if the text is not enough."""

    key: str
    """``version``, ``apiVersion``."""
    text: str
    """The whole value. With a star at its end, the start of the value: ``openslo/*`` fits any version, so that an
    unknown version gets a message about versions.
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
        """Whether a document has this mark."""
        value = document.get(self.key)
        if not isinstance(value, str) or (self.kind and document.get("kind") != self.kind):
            return False
        return value.startswith(self.beginning) if self.any_version else value == self.text


class Dialect(msgspec.Struct, frozen=True):
    """A format that specs can have. The most exact mark of a document decides its dialect."""

    name: str
    """``openslo/v1``: the name in messages and declarations."""
    module: str
    """The module that reads it (a :class:`Reader`), imported when the first document of the dialect is read."""
    marks: tuple[Mark, ...]


class Reader(Protocol):
    """A module that reads documents of a dialect."""

    NAME: str
    """The dialect's name."""
    SCHEMA: Schema

    def declare(self, document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
        """The declarations of one document, and its problems. Pure."""
        ...


class LinkingReader(Reader, Protocol):
    """A reader whose documents refer to each other: ``declare`` returns parts, ``link`` makes declarations of them."""

    def link(self, parts: Sequence[PartDeclaration]) -> tuple[list[AnyDeclaration], list[Problem]]:
        """The declarations of all parts of one run. Pure.

        A module may also have ``references(part)``, the (kind, name) of each document that a part refers to. A run for
        one file reads only these from other files. Without the function, it reads all documents of the dialect.
        """
        ...
