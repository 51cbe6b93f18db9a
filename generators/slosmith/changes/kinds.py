"""Kinds of changes, the verdict on each, and what a fact is called for people."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """The meaning of a change for those who rely on an SLO. The order is that of severity: the first is the worst."""

    BREAKING = "breaking"
    """Somebody loses something: an SLO, its series, or its alerts under their names."""
    LOOSENED = "loosened"
    """Clients get less than before."""
    TIGHTENED = "tightened"
    """The service owes more than before."""
    ADDED = "added"
    """There is an objective where there was none."""
    MEASURED = "measured-otherwise"
    """The same number means something else from now on."""
    ALERTING = "alerting-changed"
    """Other alerts fire, or at other times, or to others."""
    DOCUMENTATION = "documentation-only"
    """Texts, links, records and settings that no rule reads."""
    NOTHING = "nothing"

    @property
    def words(self) -> str:
        """For people."""
        return self.value.replace("-", " ")


class Kind(StrEnum):
    """What happened."""

    REMOVED = "removed"
    RENAMED = "renamed"
    RECORDED = "recorded"
    """Series have other names or labels, or are gone."""
    LOOSENED = "loosened"
    TIGHTENED = "tightened"
    ADDED = "added"
    MEASURED = "measured"
    ALERTED = "alerted"
    MOVED = "moved"
    """An SLO is in another class."""
    WITHDRAWN = "withdrawn"
    """A consumer gets no files any more."""
    DELIVERED = "delivered"
    """A consumer gets other files."""
    DESCRIBED = "described"
    GOVERNED = "governed"
    """Policy, waivers and settings: what a spec may say."""


VERDICTS: dict[Kind, Verdict] = {
    Kind.REMOVED: Verdict.BREAKING,
    Kind.RENAMED: Verdict.BREAKING,
    Kind.RECORDED: Verdict.BREAKING,
    Kind.WITHDRAWN: Verdict.BREAKING,
    Kind.LOOSENED: Verdict.LOOSENED,
    Kind.TIGHTENED: Verdict.TIGHTENED,
    Kind.ADDED: Verdict.ADDED,
    Kind.MEASURED: Verdict.MEASURED,
    Kind.ALERTED: Verdict.ALERTING,
    Kind.DELIVERED: Verdict.ALERTING,
    Kind.MOVED: Verdict.DOCUMENTATION,
    Kind.DESCRIBED: Verdict.DOCUMENTATION,
    Kind.GOVERNED: Verdict.DOCUMENTATION,
}
"""The verdict on each kind of change. Two kinds of change can have one verdict."""


class Field(msgspec.Struct, frozen=True):
    """What a fact is called, and the kind of a change of it."""

    words: str
    kind: Kind


_M, _A, _D, _R, _G = Kind.MEASURED, Kind.ALERTED, Kind.DESCRIBED, Kind.RECORDED, Kind.GOVERNED

SLO_FIELDS: dict[str, Field] = {
    "target": Field("target", Kind.TIGHTENED),  # or loosened: compare.py decides
    "threshold": Field("threshold", Kind.TIGHTENED),
    "period": Field("rolling period", Kind.TIGHTENED),
    "measured_threshold": Field("measured threshold", _M),
    "bound": Field("bound of a good event", Kind.TIGHTENED),
    "calendar": Field("reporting calendar", _M),
    "calendar_starts": Field("days on which the calendar's periods begin", _M),
    "total": Field("all events", _M),
    "bad": Field("bad events", _M),
    "error_ratio": Field("error ratio", _M),
    "group_by": Field("labels of group_by", _R),
    "scope": Field("scope", _M),
    "labels": Field("labels of the series", _A),
    "info_labels": Field("labels of the info series", _D),
    "revision": Field("revision", _A),
    "class": Field("class", Kind.MOVED),
    "team": Field("team", _A),
    "aspirational": Field("aspirational target", _D),
    "template": Field("name of the template", _D),
    "traffic": Field("declared traffic", _D),
    "description": Field("description", _D),
    "documentation": Field("documentation", _D),
    "runbook": Field("runbook", _D),
    "dashboard": Field("dashboard", _D),
    "annotations": Field("annotations", _D),
    "page_annotations": Field("annotations of pages", _D),
    "ticket_annotations": Field("annotations of tickets", _D),
    "annotation_names": Field("names of annotations", _D),
    "catalogue": Field("name of the catalogue", _D),
    "alerting": Field("alerting", _A),
    "name": Field("name of the alerts on burn rates", _A),
    "absent_name": Field("name of the alert about missing data", _A),
    "exhausted_name": Field("name of the ticket about a spent budget", _A),
    "max_error_ratio": Field("highest threshold of an alert (max_error_ratio)", _A),
    "minimum_bad_events": Field("minimum of bad events", _A),
    "absent_for": Field("time without data before an alert", _A),
    "absent_severity": Field("severity of missing data", _A),
    "absent_severity_label": Field("severity label of missing data", _A),
    "page": Field("pages", _A),
    "ticket": Field("tickets", _A),
    "absence": Field("alert about missing data", _A),
    "exhaustion": Field("tickets about a spent budget", _A),
    "rules": Field("rules", _M),
}
"""Fact of an SLO -> its name for people. Facts that are not here belong to alerting."""

SERVICE_FIELDS: dict[str, Field] = {
    "about": Field("description", _D),
    "responsible": Field("responsible", _D),
    "clients_external": Field("external clients", _D),
    "clients_internal": Field("internal clients", _D),
    "hard": Field("hard dependencies", _D),
    "soft": Field("soft dependencies", _D),
    "decisions": Field("decisions", _D),
    "waivers": Field("waivers", _G),
    "no_guarantee": Field("indicators without a guarantee", _D),
    "time_to_detect": Field("time to detect", _D),
    "time_to_repair": Field("time to repair", _D),
    "expected_outages": Field("expected outages", _D),
    "monitoring": Field("monitoring", _D),
    "deployment": Field("deployment", _D),
    "debugging": Field("debugging", _D),
}

SETTINGS_FIELDS: dict[str, Field] = {
    "rules": Field("rule scheme", _R),
    "write_only": Field("kind of rules that is written (write_only)", _R),
    "keep_firing_for": Field("keep_firing_for of alerts", _R),
    "unit_tests": Field("place of unit tests (unit_tests)", _D),
    "interval": Field("evaluation interval", _A),
    "project": Field("name of the project", _D),
    "about": Field("description of the project", _D),
    "sites": Field("sites", _G),
    "max_slos": Field("max_slos", _G),
    "command": Field("command in headers", _D),
    "dependencies": Field("declared dependencies", _D),
    "inventory": Field("inventory", _G),
    "approvals": Field("rules of approval", _G),
    "workloads": Field("workloads of the inventory", _G),
}


def slo_field(name: str) -> Field:
    """The field of an SLO's fact. A fact that is not known is one of alerting."""
    return SLO_FIELDS.get(name) or Field(name.replace("_", " ") if name.islower() else name, _A)


def service_field(name: str) -> Field:
    """The field of a service's or a class's fact."""
    return SERVICE_FIELDS.get(name) or Field(name, _G if name.startswith("allowed target") else _D)


def settings_field(name: str) -> Field:
    """The field of a fact of the settings."""
    if name.startswith("target "):
        return Field(name.replace("target ", "output for ", 1), Kind.DELIVERED)
    return SETTINGS_FIELDS.get(name) or Field(name, _G)
