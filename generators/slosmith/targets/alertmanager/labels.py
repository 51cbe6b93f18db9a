"""The labels by which Alertmanager distinguishes SLO alerts, in the rules of either mode."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from slosmith.model import Alerting, Slo
from slosmith.promql import literal_regex, quote
from slosmith.schemes.sloth.rules import MODES
from slosmith.settings import RuleMode
from slosmith.vocabulary import names

OURS = f'{names.ID}!=""'
"""Matches the alerts of SLOs and nobody else's."""


def any_of(label: str, values: Iterable[str]) -> str:
    """A matcher of an Alertmanager configuration: ``label`` has one of ``values``."""
    found = sorted(values)
    if len(found) == 1:
        return f"{label}={quote(found[0])}"
    return f"{label}=~{quote('|'.join(literal_regex(value) for value in found))}"


def kind_label(rules: RuleMode) -> str:
    """The label that says whether an alert pages."""
    return names.SLOTH_SEVERITY if rules == "sloth" else names.SEVERITY


def severity_labels(slos: Sequence[Slo], kind: Literal["page", "ticket"], rules: RuleMode) -> list[str]:
    """The values of :func:`kind_label` on the alerts of ``kind``, of SLOs that have such; sorted."""
    found: set[str] = set()
    for slo in slos:
        if slo.alerting is not None:
            found |= _of_kind(slo.alerting, kind, rules)
    return sorted(found)


def _of_kind(alerting: Alerting, kind: Literal["page", "ticket"], rules: RuleMode) -> set[str]:
    """The values of :func:`kind_label` on everything of ``kind`` that an SLO may raise."""
    enabled = alerting.page if kind == "page" else alerting.ticket
    if rules == "sloth":
        return {kind} if enabled else set()
    own = ["", *(window.severity_label for window in alerting.windows if window.severity == kind)] if enabled else []
    if kind == "page" and alerting.absence and alerting.absent_severity == "page":
        own.append(alerting.absent_severity_label)
    return {severity_label(alerting, kind, label) for label in own}


def severity_label(alerting: Alerting, kind: Literal["page", "ticket"], own: str = "") -> str:
    """The label ``severity`` of alerts of ``kind``: the user's labels win over the alert's ``own``, and that over the
    project's mapping.
    """
    return _own_labels(alerting, kind).get(names.SEVERITY) or own or alerting.severity_label(kind)


def team_of(slo: Slo, rules: RuleMode) -> str:
    """The label ``team`` of an SLO's alerts; empty where they have none (Sloth adds none of its own)."""
    own = dict(slo.alerting.labels).get(names.TEAM, "") if slo.alerting is not None else ""
    if own or (rules == "sloth" and slo.dialect in MODES):
        return own or dict(slo.labels).get(names.TEAM, "")
    return slo.team


def _own_labels(alerting: Alerting, kind: Literal["page", "ticket"]) -> dict[str, str]:
    return {**dict(alerting.labels), **dict(alerting.page_labels if kind == "page" else alerting.ticket_labels)}
