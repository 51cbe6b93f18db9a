"""What a check is: one module in ``policy/checks``, with a code, a default level, typed parameters and a page.

A check looks at one subject at a time (an SLO, a service, a class, the workspace, the waivers) and yields violations on
*paths*; the engine alone decides their level, applies waivers and turns paths into lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, Literal, TypeVar, get_args

import msgspec

from slosmith.model import Origin, Service, Slo, SloClass
from slosmith.policy.context import Context
from slosmith.problems import Severity

Subject = Literal["slo", "service", "class", "workspace", "waivers"]
"""What a check is called with: each :class:`~slosmith.model.Slo`, ``Service``, ``SloClass``, the ``Workspace`` (only
when all of it was loaded), or after all others each :class:`~slosmith.policy.waivers.WaiverUse`."""

SUBJECTS: tuple[str, ...] = get_args(Subject)

FAMILIES = {
    "BUD": "Budget and targets",
    "ALT": "Alerts",
    "SLI": "Indicators",
    "DOC": "Completeness",
    "NAM": "Names",
    "WAI": "Waivers",
}
"""Letters that a code begins with -> what its checks look at. Codes are stable: a check that goes leaves a gap."""

RESERVED = frozenset({*FAMILIES, "SYN", "SCH", "RES", "POL", "TGT"})
"""Letters that codes of ours begin with: policies of projects and checks of other packages begin with others."""


class Violation(msgspec.Struct, frozen=True):
    """One thing that a check does not accept, at ``origin``.

    ``message`` does not name the subject: violations that say the same at the same place are reported once, with all of
    their subjects.
    """

    origin: Origin
    message: str
    hint: str = ""
    about: Slo | Service | SloClass | None = None
    """Whom it concerns (whose waivers apply), where that is not the subject that the check was called with."""
    on_key: bool = False
    """True: point at the key, not at its value."""
    span: tuple[int, int] | None = None
    """Offset and length inside the text at ``origin`` (PromQL in a scalar)."""
    waivable: bool = True
    """False where only this violation of an otherwise waivable check must not be waived."""
    at_most: Severity | None = None
    """The level of a violation that is less certain than the check's others; settings still have the last word."""


class NoParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A check without parameters."""


S = TypeVar("S")
P = TypeVar("P")


class Check(msgspec.Struct, Generic[S, P], frozen=True, kw_only=True):
    """One check, as its module declares it (``CHECK = Check(...)``).

    ``parameters`` is a frozen msgspec struct: its defaults are the check's, its ``Meta(description=...)`` their
    documentation. Ratios are written as percentages in settings, see :mod:`slosmith.policy.parameters`.
    """

    code: str
    level: Severity
    of: Subject
    find: Callable[[S, Context, P], Iterable[Violation]]
    parameters: type[P]
    waivable: bool = True
    """False: a waiver of this code is itself an error; what it finds must be mended."""
