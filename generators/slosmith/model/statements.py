"""Statements beside an objective, and the places of values in documents."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from slosmith.model.duration import Duration

DocumentPath = tuple[str | int, ...]
"""Where a value stands inside a document: mapping keys and list indexes."""


class Origin(msgspec.Struct, frozen=True):
    """Where a resolved value was written: ``explain`` prints it, and checks report at its position."""

    kind: Literal["service", "class", "project", "template", "catalogue", "default"]
    file: str = ""
    """Path relative to the specs folder, with forward slashes; empty for a default."""
    path: DocumentPath = ()
    document: int = 0
    """Index of the YAML document inside the file."""


class Decision(msgspec.Struct, frozen=True):
    """A reconciliation decision: when (ISO date), what, and why."""

    date: str
    decision: str
    reason: str
    origin: Origin


class Waiver(msgspec.Struct, frozen=True):
    """A policy problem that its owner accepts until a date (ISO, inclusive)."""

    code: str
    reason: str
    owner: str
    expires: str
    origin: Origin
    objective: str | None = None
    """Limits the waiver to one indicator's SLOs; None: all of the document."""
    notices_only: bool = False
    """Accepts notices, for good; errors and warnings need an owner and a date."""


class NoGuarantee(msgspec.Struct, frozen=True):
    """An indicator without an objective: stated, with a reason and a date, never silent."""

    indicator: str
    reason: str
    date: str
    origin: Origin


class Dependency(msgspec.Struct, frozen=True):
    """Something a service needs. ``target_ratio`` is its target where the project's settings declare one."""

    name: str
    hard: bool
    origin: Origin
    target_ratio: Decimal | None = None
    service: bool = False
    """True when the name is a service of this workspace."""


class Operations(msgspec.Struct, frozen=True):
    """How outages go, per reporting period, and how the service is run (SLO worksheet, operational questions)."""

    time_to_detect: Duration | None = None
    time_to_repair: Duration | None = None
    expected_outages: Decimal | None = None
    monitoring: str = ""
    deployment: str = ""
    debugging: str = ""
