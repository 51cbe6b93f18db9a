"""The type of a check.

Each check is one module in ``policy/checks``, with a code, a default level, typed parameters and a page.

A check looks at one subject at a time (an SLO, a service, a class, the workspace, the waivers) and yields violations at
*paths*. Only the engine decides their level, applies waivers and finds the lines of the paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, Literal, TypeVar, get_args

import msgspec

from slosmith.model import Origin, Service, Slo, SloClass
from slosmith.policy.context import Context
from slosmith.problems import Severity

Subject = Literal["slo", "service", "class", "workspace", "waivers"]
"""The argument of a check: each :class:`~slosmith.model.Slo`, ``Service``, ``SloClass``, the ``Workspace`` (only
if all specs were loaded), or, after all other checks, each :class:`~slosmith.policy.waivers.WaiverUse`."""

SUBJECTS: tuple[str, ...] = get_args(Subject)

FAMILIES = {
    "BUD": "Budget and targets",
    "ALT": "Alerts",
    "SLI": "Indicators",
    "DOC": "Completeness",
    "NAM": "Names",
    "WAI": "Waivers",
}
"""First letters of a code -> the subject of its checks. Codes are stable: that of a removed check stays free."""

RESERVED = frozenset({*FAMILIES, "SYN", "SCH", "RES", "POL", "TGT"})
"""First letters of our own codes. User policies and checks of other packages must use other letters."""


class Violation(msgspec.Struct, frozen=True):
    """One thing that a check does not accept, at ``origin``.

    ``message`` does not name the subject: equal violations at the same place are reported once, with
    all their subjects.
    """

    origin: Origin
    message: str
    hint: str = ""
    about: Slo | Service | SloClass | None = None
    """The subject whose waivers apply, where that is not the argument of the check."""
    on_key: bool = False
    """True: point at the key, not at its value."""
    span: tuple[int, int] | None = None
    """Offset and length inside the text at ``origin`` (PromQL in a scalar)."""
    waivable: bool = True
    """False: this violation cannot be waived, although the check's other violations can."""
    at_most: Severity | None = None
    """A lower level, for a violation that is less certain than others of its check. Settings override it."""


class NoParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A check without parameters."""


S = TypeVar("S")
P = TypeVar("P")


class Check(msgspec.Struct, Generic[S, P], frozen=True, kw_only=True):
    """One check, declared in its module as (``CHECK = Check(...)``).

    ``parameters`` is a frozen msgspec struct: it holds the default values, and ``Meta(description=...)`` their
    documentation. Ratios are written as percentages in settings, see :mod:`slosmith.policy.parameters`.
    """

    code: str
    level: Severity
    of: Subject
    find: Callable[[S, Context, P], Iterable[Violation]]
    parameters: type[P]
    waivable: bool = True
    """False: a waiver of this code is an error; the problem has to be fixed."""
