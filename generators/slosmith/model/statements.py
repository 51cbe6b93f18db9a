"""Decisions, waivers, dependencies and other statements of a spec, and the places of values in documents."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from slosmith.model.duration import Duration

DocumentPath = tuple[str | int, ...]
"""The place of a value inside a document: keys of mappings and indexes of lists."""


class Origin(msgspec.Struct, frozen=True):
    """The place where a resolved value was written. ``explain`` prints it, and checks report problems at it."""

    kind: Literal["service", "class", "project", "template", "catalogue", "default"]
    file: str = ""
    """Path relative to the specs folder, with forward slashes; empty for a default."""
    path: DocumentPath = ()
    document: int = 0
    """Index of the YAML document inside the file."""


class Decision(msgspec.Struct, frozen=True):
    """An entry of the decision log: when (ISO date), what, and why."""

    date: str
    decision: str
    reason: str
    origin: Origin
    effective: str = ""
    """ISO date from which it holds. Empty: the spec names none."""


class Waiver(msgspec.Struct, frozen=True):
    """A policy problem that its owner accepts until a date (ISO, inclusive)."""

    code: str
    reason: str
    owner: str
    expires: str
    origin: Origin
    objective: str | None = None
    """Limits the waiver to the SLOs of one indicator. None: all SLOs of the document."""
    notices_only: bool = False
    """True: the waiver accepts notices, without an end. Errors and warnings need an owner and a date."""


class NoGuarantee(msgspec.Struct, frozen=True):
    """The statement that an indicator has no objective, with a reason and a date."""

    indicator: str
    reason: str
    date: str
    origin: Origin


class Dependency(msgspec.Struct, frozen=True):
    """Something that a service needs. ``target_ratio`` is its target, if the project's settings declare it."""

    name: str
    hard: bool
    origin: Origin
    target_ratio: Decimal | None = None
    service: bool = False
    """True when the name is a service of this workspace."""


class Operations(msgspec.Struct, frozen=True):
    """Expected outages per reporting period, and how the service is run (SLO worksheet, operational questions)."""

    time_to_detect: Duration | None = None
    time_to_repair: Duration | None = None
    expected_outages: Decimal | None = None
    monitoring: str = ""
    deployment: str = ""
    debugging: str = ""
