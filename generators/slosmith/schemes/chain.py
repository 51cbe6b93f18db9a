"""Texts that all rules of one SLO share: the selector, the labels of joins, the labels of recordings."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from slosmith.model import Labels, Slo
from slosmith.model.rules import RecordingKind, RecordingRule
from slosmith.promql import quote
from slosmith.vocabulary import names, sentences


class Chain(msgspec.Struct, frozen=True):
    """The texts that all rules of an SLO share. :func:`chain` makes them once for each SLO."""

    slo: Slo
    identity: str
    """The content of a selector's braces: the identity labels only, because a user may change all others."""
    on: str
    """The labels for ``on (...)`` and ``by (...)``: identity and group labels."""
    on_identity: str
    """The labels for joins with series that have no group labels (metadata)."""
    base_labels: Labels
    """Labels of the event recordings: identity only. A change of a user label must not split a window into two series.
    """
    labels: Labels
    """Labels of all other recordings: identity, the user's labels, the revision."""
    title: str
    """The SLO in an alert's summary: ``service indicator (site)``."""
    subject: str
    """The SLO inside a sentence: ``service (indicator, site)``."""
    whole_title: str
    """The title without group labels, for alerts about all groups together. Their series have no group labels."""
    whole_subject: str
    """The subject without group labels."""
    bad: str
    """The property of a bad event, written after "was" or "be": ``slower than 500ms``, ``bad``."""
    id: str
    """The SLO's id."""

    def recording(self, kind: RecordingKind, record: str, expr: str, labels: Labels) -> RecordingRule:
        """A recording rule of this SLO."""
        return RecordingRule(kind, self.id, record, expr, labels)

    def series(self, metric: str) -> str:
        return f"{metric}{{{self.identity}}}"

    def calendar_series(self, metric: str) -> str:
        """A series of the SLO's calendar period. Only for an SLO with a calendar period."""
        calendar = self.slo.period.calendar
        name = calendar.name if calendar else ""
        return f"{metric}{{{self.identity}, {names.CALENDAR}={quote(name)}}}"

    def one_calendar(self, metric: str) -> str:
        """Like :meth:`one`, for a series of the calendar period."""
        return f"max by ({self.on}) ({self.calendar_series(metric)})"

    def one(self, metric: str) -> str:
        """The series without the user's labels: one for each group. After a change of a user label, the old series
        and the new series exist together for some minutes.
        """
        return f"max by ({self.on}) ({metric}{{{self.identity}}})"

    def one_identity(self, metric: str) -> str:
        """The same for metadata, which has one series for each SLO, not one for each group."""
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
    # in the scope `site` the site is an external label: no series has it when the rule is evaluated
    if slo.scope == "site":
        return "{{ $externalLabels.site }}" if slo.external_site else ""
    return slo.site or ""
