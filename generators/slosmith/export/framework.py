"""All export formats, and the result of an exporter. Pure: the same services give the same text."""

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
    """Every format, by name, sorted. Raises PluginError if a format of another package has the name of one of ours."""
    return with_foreign(own_export_formats(), GROUP)


class Loss(msgspec.Struct, frozen=True, order=True):
    """A value of an SLO (or of a service) that the format cannot hold."""

    slo: str
    """The SLO's id, or the service's name."""
    field: str
    """The name of the lost field in slosmith/v1."""
    why: str
    """The reason, as one sentence that is the same for all SLOs. Standard error shows it in brackets after
    the field.
    """


class Exported(msgspec.Struct, frozen=True):
    """The documents and the losses."""

    files: Mapping[str, str]
    """Relative path (forward slashes) -> text, sorted by path."""
    losses: tuple[Loss, ...]
    """Sorted, each once."""
    folders: Mapping[str, str] = {}
    """Folder of some files -> its purpose in words. Only for folders with another purpose than the other files."""


Export = Callable[[Sequence[Service]], Exported]


class Exporter(Protocol):
    """A module of :mod:`slosmith.export.formats`, or one that another package names as an entry point."""

    export_services: Export
    """Exports all services together, because some formats have files that services share."""


def export(services: Sequence[Service], to: str) -> Exported:
    """The services in the format ``to``. Raises KeyError if :func:`export_formats` does not have the name. Raises
    PluginError if an exporter of another package fails.
    """
    part = export_formats()[to]
    exporter = part.load()
    export_services: Export = part.attribute(exporter, "export_services")
    with part.guarded():
        found = export_services(services)
        return Exported(dict(sorted(found.files.items())), tuple(sorted(set(found.losses))), found.folders)
