"""The formats that specs can have. The content of a document decides its format. No flag or file name is needed.

Every folder here is a tool. ``DIALECTS`` in its ``__init__`` lists the formats of the tool. Other packages name such a
module as an entry point of the group ``slosmith.dialects``. The order of discovery has no meaning: only the marks of a
document decide its dialect (:func:`_rank`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import msgspec

from slosmith.discovery import Part, own, with_foreign
from slosmith.formats.declarations import AnyDeclaration, PartDeclaration
from slosmith.formats.dialects.dialect import Dialect, LinkingReader, Mark, Reader
from slosmith.formats.yaml.document import Document
from slosmith.model import Origin
from slosmith.problems import Problem, at

GROUP = "slosmith.dialects"
OWN = "slosmith/v1"


class Known(msgspec.Struct, frozen=True):
    """A dialect and its origin."""

    dialect: Dialect
    part: Part

    @property
    def name(self) -> str:
        return self.dialect.name

    def reader(self) -> Reader:
        """The module that reads it. Raises PluginError if it is another package's and cannot be imported."""
        module = Part(self.part.name, self.dialect.module, self.part.group, self.part.package).load()
        self.part.attribute(module, "declare")
        return cast(Reader, module)


_NO_TOOLS = frozenset({"dialect", "foreign"})
"""Modules here that are not tools."""


@cache
def dialects() -> tuple[Known, ...]:
    """All dialects: ours, then those of other packages; by name. Raises PluginError if two have one name or mark."""
    ours = {name: part for name, part in own(__name__).items() if name not in _NO_TOOLS}
    parts = with_foreign(ours, GROUP).values()
    found: list[Known] = []
    for part in sorted(parts, key=lambda part: (part.foreign, part.name)):
        for dialect in _read(part):
            new = Known(dialect, part)
            for other in found:
                _refuse_duplicate(new, other)
            found.append(new)
    return tuple(sorted(found, key=lambda known: (known.part.foreign, known.name)))


def _refuse_duplicate(new: Known, other: Known) -> None:
    """Raises PluginError if ``new`` has the name or a mark of ``other``."""
    if new.name == other.name:
        raise new.part.error(f"there is a dialect '{new.name}' already")
    for mark in new.dialect.marks:
        for known in other.dialect.marks:
            same_kind = mark.kind == known.kind or new.part.package != other.part.package
            if (mark.key, mark.text) == (known.key, known.text) and same_kind:
                raise new.part.error(f"the dialect '{other.name}' reads documents with `{mark.key}: {mark.text}`")


def _read(part: Part) -> Sequence[Dialect]:
    module = part.load()
    found = part.attribute(module, "DIALECTS")
    if part.foreign and not (isinstance(found, tuple) and all(isinstance(each, Dialect) for each in found)):
        raise part.error("its `DIALECTS` is not a tuple of slosmith.formats.dialects.dialect.Dialect")
    return cast(Sequence[Dialect], found)


def _rank(mark: Mark, known: Known) -> tuple[object, ...]:
    """Sort key for several marks of one document; the lowest is used. Order: whole values of our own dialects, marks of
    other packages, version wildcards of our own; longer texts before shorter; ``version`` before ``apiVersion``.
    """
    order = 2 if mark.any_version and not known.part.foreign else 1 if known.part.foreign else 0
    return order, mark.any_version, not mark.kind, mark.key != "version", mark.key, -len(mark.text), known.name


def dialect_of(document: dict[str, Any]) -> Known | None:
    """The dialect of a document; None if no mark fits."""
    fitting = [
        (_rank(mark, known), known) for known in dialects() for mark in known.dialect.marks if mark.fits(document)
    ]
    return min(fitting, key=lambda found: found[0])[1] if fitting else None


def is_foreign(documents: Sequence[Document], text: str) -> bool:
    """Whether a file is in another tool's format, by the key that names it. If it is not YAML, by its first lines."""
    values = [document.value for document in documents if isinstance(document.value, dict)]
    if not values:
        return _other_tools().search(text) is not None
    found = [dialect_of(value) for value in values]
    return all(known is not None and known.name != OWN for known in found)


@cache
def _other_tools() -> re.Pattern[str]:
    """Matches the first line of another tool's document."""
    marks = [mark for known in dialects() if known.name != OWN for mark in known.dialect.marks]
    lines = {"apiVersion:", *(f"{re.escape(mark.key)}:\\s*[\"']?{re.escape(mark.beginning)}" for mark in marks)}
    return re.compile(f"^(?:{'|'.join(sorted(lines))})", re.MULTILINE)


def declare(document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
    """The declarations of a document of any known format, and its problems."""
    value = document.value
    place = document.origin()
    if not isinstance(value, dict):
        what, hint = "a single value", "start with `version: slosmith/v1` and `kind:`"
        if isinstance(value, list):
            what = "a list"
            hint = "write its items as documents, with a line of `---` between them; each begins with `version:`"
        return (), [Problem(code="SYN118", message=f"the document is {what}, not a mapping", hint=hint, origin=place)]
    known = dialect_of(value)
    if known is None:
        return (), [_unknown(value, place)]
    reader = known.reader()
    if not known.part.foreign:
        return reader.declare(document)
    with known.part.guarded():
        declared, problems = reader.declare(document)
        return tuple(declared), list(problems)


def link(declarations: Sequence[AnyDeclaration]) -> tuple[list[AnyDeclaration], list[Problem]]:
    """The declarations, with all parts linked by their dialects. Complete ``declarations`` do not change."""
    parts: dict[str, list[PartDeclaration]] = {}
    linked: list[AnyDeclaration] = []
    problems: list[Problem] = []
    for declaration in declarations:
        if isinstance(declaration, PartDeclaration):
            parts.setdefault(declaration.dialect, []).append(declaration)
        else:
            linked.append(declaration)
    for name in parts:
        known = next(found for found in dialects() if name == found.name)
        with known.part.guarded():
            made, wrong = cast(LinkingReader, known.reader()).link(parts[name])
        linked += made
        problems += wrong
    return linked, problems


@cache
def mark_texts() -> tuple[bytes, ...]:
    """The texts of all marks. Every file with a document of any dialect contains one of them."""
    return tuple(sorted({mark.beginning.encode() for known in dialects() for mark in known.dialect.marks}))


def references(part: PartDeclaration) -> list[tuple[str, str]] | None:
    """Kinds and names of the documents that a part refers to; None if its dialect cannot list them."""
    known = next(found for found in dialects() if part.dialect == found.name)
    find = getattr(known.reader(), "references", None)
    if find is None:
        return None
    with known.part.guarded():
        return list(find(part))


def _unknown(value: dict[str, Any], place: Origin) -> Problem:
    names = [known.name for known in dialects()]
    for key in ("version", "apiVersion"):
        if key in value:
            message = f"'{str(value[key])[:60]}' is not a known format"
            origin = at(place, key)
            return Problem(code="SCH201", message=message, hint=f"known formats: {', '.join(names)}", origin=origin)
    return Problem(
        code="SCH201", message="the key 'version' is missing: it names the format",
        hint="add `version: slosmith/v1`", origin=place,
    )  # fmt: skip
