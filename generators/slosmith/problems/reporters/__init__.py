"""Problems in the formats of the tools that show them: one module for each format. A module is found by its place in
this folder, and imported when its format is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from slosmith.discovery import Part, own, with_foreign
from slosmith.problems.problem import Problem, Severity

GROUP = "slosmith.reporters"
"""The entry points by which other packages add formats: name = module."""


class Reporter(Protocol):
    """A module of this package, or one that another package names. A format has the name of its module, with ``-``
    instead of ``_``.
    """

    def render(self, problems: Sequence[Problem], facts: Facts) -> str:
        """``problems``, in the order given, as the whole text of a file. Pure; no colours."""
        ...


def own_formats() -> dict[str, Part]:
    """Our formats, by name, sorted."""
    return {name.replace("_", "-"): part for name, part in own(__name__).items()}


def formats() -> Mapping[str, Part]:
    """Every format, by name, sorted. Raises PluginError if another package's format has the name of one of ours."""
    return with_foreign(own_formats(), GROUP)


class Lines(Protocol):
    """The lines of the files."""

    def line(self, file: str, number: int) -> str: ...


class Rule(msgspec.Struct, frozen=True):
    """Facts about a code. A reporter may show them beside the problems."""

    name: str
    """Readable identifier, such as ``outage-exceeds-budget``."""
    title: str
    help: str = ""
    """Markdown."""
    level: Severity = Severity.ERROR
    """The level without settings of a project."""


class Facts(msgspec.Struct, frozen=True):
    """What reporters may need beside the problems."""

    files: Sequence[str] = ()
    """Every file that was checked, named as in problems."""
    lines: Lines | None = None
    rules: Mapping[str, Rule] = {}
    """Code -> what it is about."""
    version: str = ""


def render(name: str, problems: Sequence[Problem], facts: Facts) -> str:
    """``problems`` in the format ``name``. Pure; no colours. Raises KeyError for an unknown format, and PluginError
    if another package's format fails.
    """
    part = formats()[name]
    reporter = part.load()
    write = part.attribute(reporter, "render")
    with part.guarded():
        return str(write(problems, facts))
