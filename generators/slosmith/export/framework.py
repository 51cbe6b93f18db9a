"""The formats there are, and what an exporter gives back. Pure: the same services give the same text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Protocol, cast

import msgspec

from slosmith.model import Service

FORMATS: Mapping[str, str] = {
    "sloth": "slosmith.export.sloth",
    "openslo": "slosmith.export.openslo",
    "pyrra": "slosmith.export.pyrra",
}
"""Name -> module. One line a format."""


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


class Exporter(Protocol):
    """A module of this package."""

    export_services: Callable[[Sequence[Service]], Exported]
    """Specs for all services at once: some formats keep things that services share in files of their own."""


def export(services: Sequence[Service], to: str) -> Exported:
    """The services in the format ``to``. Raises KeyError for a format that is not in :data:`FORMATS`."""
    exporter = cast("Exporter", import_module(FORMATS[to]))
    found = exporter.export_services(services)
    return Exported(dict(sorted(found.files.items())), tuple(sorted(set(found.losses))))
