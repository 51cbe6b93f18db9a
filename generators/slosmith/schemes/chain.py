"""What every rule of one SLO shares: its selector, its join labels, its labels."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from slosmith.model import Labels, Slo
from slosmith.model.rules import RecordingKind, RecordingRule
from slosmith.promql import quote
from slosmith.vocabulary import names, sentences


class Chain(msgspec.Struct, frozen=True):
    """The texts that tie an SLO's rules together; made once an SLO by :func:`chain`."""

    slo: Slo
    identity: str
    """The inside of a selector's braces: the identity labels, nothing that a user may change."""
    on: str
    """Label list for ``on (...)`` and ``by (...)``: identity and group labels."""
    on_identity: str
    """Label list for joins with series that have no group labels (metadata)."""
    base_labels: Labels
    """For the event recordings: identity only, so that a changed user label cannot split a window in two."""
    labels: Labels
    """For everything that is read from outside: identity, the user's labels, the revision."""
    title: str
    """The SLO in an alert's summary: ``service indicator (site)``."""
    subject: str
    """The SLO inside a sentence: ``service (indicator, site)``."""
    whole_title: str
    """The title without group labels, for alerts about all groups together: their series has none of these labels."""
    whole_subject: str
    """The subject without group labels."""
    bad: str
    """What is wrong with a bad event, after "was" or "be"."""
    id: str
    """The SLO's id."""

    def recording(self, kind: RecordingKind, record: str, expr: str, labels: Labels) -> RecordingRule:
        """A recording rule of this SLO."""
        return RecordingRule(kind, self.id, record, expr, labels)

    def series(self, metric: str) -> str:
        return f"{metric}{{{self.identity}}}"

    def calendar_series(self, metric: str) -> str:
        """A series of the SLO's calendar period. Only for an SLO that has one."""
        calendar = self.slo.period.calendar
        name = calendar.name if calendar else ""
        return f"{metric}{{{self.identity}, {names.CALENDAR}={quote(name)}}}"

    def one_calendar(self, metric: str) -> str:
        """Like :meth:`one`, for a series of the calendar period."""
        return f"max by ({self.on}) ({self.calendar_series(metric)})"

    def one(self, metric: str) -> str:
        """The series without the user's labels: one a group also while a changed label's old series lives on."""
        return f"max by ({self.on}) ({metric}{{{self.identity}}})"

    def one_identity(self, metric: str) -> str:
        """The same for metadata, which is one series an SLO whatever its groups."""
        return f"max by ({self.on_identity}) ({metric}{{{self.identity}}})"


def chain(slo: Slo) -> Chain:
    identity = ((names.ID, slo.id), (names.SERVICE, slo.service), (names.SLO, slo.name))
    extra = dict(slo.labels)
    if slo.revision:
        extra[names.REVISION] = slo.revision
    return Chain(
        slo=slo,
        identity=", ".join(f"{name}={quote(value)}" for name, value in identity),
        on=", ".join((*names.IDENTITY, *slo.group_by)),
        on_identity=", ".join(names.IDENTITY),
        base_labels=identity,
        labels=tuple(sorted({**extra, **dict(identity)}.items())),
        title=_title(slo, slo.group_by),
        subject=_subject(slo, slo.group_by),
        whole_title=_title(slo),
        whole_subject=_subject(slo),
        bad=sentences.broken(slo),
        id=slo.id,
    )


def _title(slo: Slo, groups: Iterable[str] = ()) -> str:
    where = [_site(slo), *(f"{{{{ $labels.{label} }}}}" for label in groups)]
    said = ", ".join(part for part in where if part)
    return f"{slo.service} {slo.indicator_name}" + (f" ({said})" if said else "")


def _subject(slo: Slo, groups: Iterable[str] = ()) -> str:
    where = [slo.indicator_name, _site(slo), *(f"{label} {{{{ $labels.{label} }}}}" for label in groups)]
    return f"{slo.service} ({', '.join(part for part in where if part)})"


def _site(slo: Slo) -> str:
    # in site-local scope the site is an external label: no series carries it while the rule is evaluated
    return "{{ $externalLabels.site }}" if slo.scope == "site" else slo.site or ""
