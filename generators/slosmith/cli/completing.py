"""Names that a shell completes, and that need no specs: of checks, metrics, pages, ...

A shell asks while a person types, so these functions are quick and never fail. A name is offered only if no shell gives
its characters a meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import typer

_PLAIN = re.compile(r"[A-Za-z0-9_][-A-Za-z0-9_./]*\Z")

Completion = Callable[[typer.Context, str], list[str]]
Names = Callable[[typer.Context], Iterable[str]]


def completing(names: Names) -> Completion:
    """A function for typer: the names that begin with the typed text; none if they cannot be found."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            found = sorted({name for name in names(ctx) if name.startswith(incomplete)})
        except Exception:
            return []  # a traceback would be printed into the line that the user types
        return [name for name in found if _PLAIN.match(name)]

    return complete


def _checks(ctx: typer.Context) -> Iterable[str]:
    from slosmith.policy import catalogue

    return catalogue.codes()


def _metrics(ctx: typer.Context) -> Iterable[str]:
    from slosmith.sli.library import library

    return [name for template in library().templates.values() for name in template.metrics]


def _pages(ctx: typer.Context) -> Iterable[str]:
    from slosmith.manual import pages

    return pages()


def _schemes(ctx: typer.Context) -> Iterable[str]:
    from slosmith.schemes.registry import schemes

    return schemes()


def _exports(ctx: typer.Context) -> Iterable[str]:
    from slosmith.export import export_formats

    return export_formats()


def _reports(ctx: typer.Context) -> Iterable[str]:
    from slosmith.problems.reporters import formats

    return formats()


checks = completing(_checks)
metrics = completing(_metrics)
pages = completing(_pages)
schemes = completing(_schemes)
exports = completing(_exports)
reports = completing(_reports)
