"""Stable UIDs of dashboards: the same name always gives the same UID, and two names never have the same UID.

They are in this package because alerts link to dashboards.
"""

from __future__ import annotations

import hashlib
import re

MAX_LENGTH = 40
"""Grafana's limit on a dashboard's UID, in characters."""

FLEET = "slosmith-fleet"
"""It does not have the form of :func:`service_uid`, so no service can have this UID."""

_AS_IT_IS = re.compile(r"[a-z0-9][a-z0-9-]*")
PREFIX, _HASHED_PREFIX = "slo-", "slox-"
_FOLDER_PREFIX, _HASHED_FOLDER_PREFIX = "slos-", "slosx-"
_HASH_LENGTH = 12


def service_uid(name: str) -> str:
    """UID of a service's dashboard: ``slo-<name>``.

    A name that does not fit is shortened. Its UID has another prefix, and a hash of the whole name. A name does not fit
    if it is too long, or if it has dots or upper case (some of Grafana's databases ignore case).
    """
    return _uid(name, PREFIX, _HASHED_PREFIX)


def folder_uid(team: str) -> str:
    """UID of a team's folder of dashboards: ``slos-<team>``, made like :func:`service_uid`.

    In Grafana a folder and a dashboard must not have the same UID. No service can have the UID of a folder.
    """
    return _uid(team, _FOLDER_PREFIX, _HASHED_FOLDER_PREFIX)


def _uid(name: str, prefix: str, hashed_prefix: str) -> str:
    if _AS_IT_IS.fullmatch(name) and len(prefix) + len(name) <= MAX_LENGTH:
        return prefix + name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_LENGTH]
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    room = MAX_LENGTH - len(hashed_prefix) - len(digest) - 1
    readable = readable[:room].strip("-")
    return f"{hashed_prefix}{readable}-{digest}" if readable else f"{hashed_prefix}{digest}"


def is_plain(name: str) -> bool:
    """Whether the UID is ``slo-`` and the name. Then a link needs the name only."""
    return service_uid(name) == PREFIX + name
