"""The formats that specs can have. A document says by its content which one it is; no flag, no file name.

A dialect is a module with ``NAME``, ``SCHEMA``, ``recognises(value) -> bool`` and
``declare(document) -> (declarations, findings)``. To add one, write the module and name it below. A dialect whose
documents refer to each other declares parts, and makes declarations of them in ``link(parts)``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol, cast

from slosmith.formats.declarations import AnyDeclaration, PartDeclaration
from slosmith.formats.schema import Schema
from slosmith.formats.yaml.document import Document
from slosmith.model import Origin
from slosmith.problems.finding import Finding, at

_MODULES = (
    "slosmith.v1",
    "sloth.prometheus",
    "sloth.alert_windows",
    "sloth.kubernetes",
    "openslo.v1alpha",
    "openslo.v2alpha",
    "openslo.v1",
    "pyrra.v1alpha1",
)
"""In the order in which they are asked; each is imported when it is first asked."""
OWN = "slosmith/v1"

_FOREIGN = re.compile(r"""^(?:apiVersion:|version:\s*["']?prometheus/)""", re.MULTILINE)


class Dialect(Protocol):
    NAME: str
    SCHEMA: Schema

    def recognises(self, value: dict[str, Any]) -> bool: ...

    def declare(self, document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Finding]]: ...


class LinkingDialect(Dialect, Protocol):
    def link(self, parts: Sequence[PartDeclaration]) -> tuple[list[AnyDeclaration], list[Finding]]: ...


def dialects() -> tuple[Dialect, ...]:
    """All dialects, in the order in which they are asked."""
    return tuple(cast(Dialect, import_module(f"{__name__}.{name}")) for name in _MODULES)


def is_foreign(documents: Sequence[Document], text: str) -> bool:
    """Whether a file is in another tool's format, by the key that names it; by its first lines where it is no YAML."""
    values = [document.value for document in documents if isinstance(document.value, dict)]
    if not values:
        return _FOREIGN.search(text) is not None
    others = [dialect for dialect in dialects() if dialect.NAME != OWN]
    return all(any(dialect.recognises(value) for dialect in others) for value in values)


def declare(document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Finding]]:
    """The declarations of a document of any known format, and what is wrong with it."""
    value = document.value
    place = document.origin()
    if not isinstance(value, dict):
        what, hint = "a single value", "start with `version: slosmith/v1` and `kind:`"
        if isinstance(value, list):
            what = "a list"
            hint = "write its items as documents, with a line of `---` between them; each begins with `version:`"
        return (), [Finding(code="SYN118", message=f"the document is {what}, not a mapping", hint=hint, origin=place)]
    for name in _MODULES:
        dialect = cast(Dialect, import_module(f"{__name__}.{name}"))
        if dialect.recognises(value):
            return dialect.declare(document)
    return (), [_unknown(value, place)]


def link(declarations: Sequence[AnyDeclaration]) -> tuple[list[AnyDeclaration], list[Finding]]:
    """The declarations with all parts put together by their dialects; those of ``declarations`` that are whole stay."""
    parts: dict[str, list[PartDeclaration]] = {}
    linked: list[AnyDeclaration] = []
    findings: list[Finding] = []
    for declaration in declarations:
        if isinstance(declaration, PartDeclaration):
            parts.setdefault(declaration.dialect, []).append(declaration)
        else:
            linked.append(declaration)
    for name in parts:
        dialect = next(found for found in dialects() if name == found.NAME)
        made, found = cast(LinkingDialect, dialect).link(parts[name])
        linked += made
        findings += found
    return linked, findings


def _unknown(value: dict[str, Any], place: Origin) -> Finding:
    names = [dialect.NAME for dialect in dialects()]
    for key in ("version", "apiVersion"):
        if key in value:
            message = f"'{str(value[key])[:60]}' is not a format that is known here"
            origin = at(place, key)
            return Finding(code="SCH201", message=message, hint=f"known: {', '.join(names)}", origin=origin)
    return Finding(
        code="SCH201", message="the key 'version' is missing: it names the format",
        hint="add `version: slosmith/v1`", origin=place,
    )  # fmt: skip
