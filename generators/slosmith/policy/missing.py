"""Reports fields that a service should have."""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Service
from slosmith.policy.check import Violation
from slosmith.problems import at


def missing(service: Service, stated: object, message: str, hint: str) -> Iterator[Violation]:
    """A violation at the service's name unless ``stated``. Other tools' formats do not have the field: none there."""
    if not stated and service.dialect.startswith("slosmith/"):
        yield Violation(at(service.origin, "name"), message, hint)
