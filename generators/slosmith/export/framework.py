"""The formats there are, and what an exporter gives back. Pure: the same services give the same text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from slosmith.discovery import Part, own, with_foreign
from slosmith.model import Service

FORMATS = "slosmith.export.formats"
GROUP = "slosmith.exporters"
"""The entry points by which other packages add formats: name = module."""


def own_export_formats() -> dict[str, Part]:
    """Our formats, by name, sorted."""
    return own(FORMATS)


def export_formats() -> Mapping[str, Part]:
    """Every format, by name, sorted. Raises PluginError where another package's has the name of one of ours."""
    return with_foreign(own_export_formats(), GROUP)


class Loss(msgspec.Struct, frozen=True, order=True):
    """Something that an SLO (or a service as a whole) says and the format cannot."""

    slo: str
    """The SLO's id, or the service's name."""
    field: str
    """What is lost, by its name in slosmith/v1."""
    why: str
    """What the format has instead, as the end of "it is lost:" - one sentence, the same for every SLO."""


class Exported(msgspec.Struct, frozen=True):
    """The documents and what they leave out."""

    files: Mapping[str, str]
    """Relative path (forward slashes) -> text, sorted by path."""
    losses: tuple[Loss, ...]
    """Sorted, each once."""
    folders: Mapping[str, str] = {}
    """Folder among the files -> what it is for, in words, where that is not the same as for the others."""


Export = Callable[[Sequence[Service]], Exported]


class Exporter(Protocol):
    """A module of :mod:`slosmith.export.formats`, or one that another package names as an entry point."""

    export_services: Export
    """Specs for all services at once: some formats keep things that services share in files of their own."""


def export(services: Sequence[Service], to: str) -> Exported:
    """The services in the format ``to``. Raises KeyError for a name that none of :func:`export_formats` has,
    and PluginError where another package's exporter fails.
    """
    part = export_formats()[to]
    exporter = part.load()
    export_services: Export = part.attribute(exporter, "export_services")
    with part.guarded():
        found = export_services(services)
        return Exported(dict(sorted(found.files.items())), tuple(sorted(set(found.losses))), found.folders)
