"""A change: what was and what is, for whom, where it is written, and a fingerprint that approvals can name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from slosmith.changes.kinds import VERDICTS, Kind, Verdict
from slosmith.model import Origin

_DIGITS = 12


class Part(msgspec.Struct, frozen=True):
    """A value before and after. Empty: there is none."""

    what: str
    before: str
    after: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change. If a class or the settings make it, it is one change of many SLOs."""

    kind: Kind
    field: str
    """The name of the fact, such as ``target``. Empty for an SLO as a whole."""
    what: str
    """The fact for people: ``availability target``."""
    before: str = ""
    after: str = ""
    parts: tuple[Part, ...] = ()
    """The values in full, if ``before`` and ``after`` are shortened: those of the first SLO."""
    slos: tuple[str, ...] = ()
    """Ids, as they are after the change, or before it for SLOs that are gone. Sorted."""
    subjects: tuple[str, ...] = ()
    """Services, classes or ``settings``, if the change is not one of SLOs. Sorted."""
    services: tuple[str, ...] = ()
    """The services of the SLOs, sorted."""
    where: str = ""
    """Who or what has the change: ``class stable``, ``settings``, the name of a service."""
    origin_before: Origin = Origin("default")
    origin_after: Origin = Origin("default")

    @property
    def verdict(self) -> Verdict:
        return VERDICTS[self.kind]

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits. It depends on what is changed for whom, and not on commits, names of files, lines
        or the order of anything. A change that reaches one more SLO has another fingerprint: nobody has seen it yet.
        """
        parts = [f"{part.what}\x1f{part.before}\x1f{part.after}" for part in self.parts]
        meaning = (self.kind.value, self.field, self.before, self.after, *self.slos, *self.subjects, *sorted(parts))
        return hashlib.sha256("\x1e".join(meaning).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def fingerprint_of(changes: Iterable[Change]) -> str:
    """The fingerprint of all changes together. Empty without any."""
    found = sorted(change.fingerprint for change in changes)
    return hashlib.sha256("".join(found).encode()).hexdigest()[:_DIGITS] if found else ""


def verdicts_of(changes: Iterable[Change]) -> tuple[Verdict, ...]:
    """The verdicts on the changes, the worst first. ``nothing`` if there are no changes."""
    found = {change.verdict for change in changes}
    return tuple(verdict for verdict in Verdict if verdict in found) or (Verdict.NOTHING,)


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The worst first; then those that reach the most SLOs; then by name."""
    rank = {verdict: index for index, verdict in enumerate(Verdict)}
    kinds: Sequence[Kind] = list(Kind)
    return tuple(
        sorted(
            changes,
            key=lambda each: (
                rank[each.verdict], kinds.index(each.kind), -len(each.slos), each.subjects, each.slos, each.what,
                each.before, each.after,
            ),
        )
    )  # fmt: skip
