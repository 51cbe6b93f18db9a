"""Stable identifiers of dashboards: the same name gives the same UID for ever, and two names never share one.

They stand beside the other names because alerts link to dashboards.
"""

from __future__ import annotations

import hashlib
import re

MAX_LENGTH = 40
"""Grafana's limit on a dashboard's UID, in characters."""

FLEET = "slosmith-fleet"
"""Not of the form of :func:`service_uid`, so no service can be named into it."""

_AS_IT_IS = re.compile(r"[a-z0-9][a-z0-9-]*")
PREFIX, _HASHED_PREFIX = "slo-", "slox-"
_HASH_LENGTH = 12


def service_uid(name: str) -> str:
    """UID of a service's dashboard: ``slo-<name>``.

    A name that does not fit (too long, dots, upper case: some of Grafana's databases compare without case) is
    shortened, and told apart by a hash of the whole name under a prefix of its own.
    """
    if _AS_IT_IS.fullmatch(name) and len(PREFIX) + len(name) <= MAX_LENGTH:
        return PREFIX + name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_LENGTH]
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    room = MAX_LENGTH - len(_HASHED_PREFIX) - len(digest) - 1
    readable = readable[:room].strip("-")
    return f"{_HASHED_PREFIX}{readable}-{digest}" if readable else f"{_HASHED_PREFIX}{digest}"


def is_plain(name: str) -> bool:
    """Whether the UID is ``slo-`` and the name, so that a link can be built from the name alone."""
    return service_uid(name) == PREFIX + name
