"""Rules as values: what every target arranges into files. Text only; nothing here knows YAML."""

from __future__ import annotations

import msgspec

from slosmith.model import Duration, Labels


class RecordingRule(msgspec.Struct, frozen=True):
    """A Prometheus recording rule. ``comment`` lines are for the reader of the file and mean nothing to Prometheus."""

    record: str
    expr: str
    labels: Labels = ()
    comment: tuple[str, ...] = ()


class AlertingRule(msgspec.Struct, frozen=True):
    """A Prometheus alerting rule; ``hold`` is its ``for`` (None: fires at once)."""

    alert: str
    expr: str
    labels: Labels = ()
    annotations: Labels = ()
    hold: Duration | None = None
    comment: tuple[str, ...] = ()


Rule = RecordingRule | AlertingRule


class RuleGroup(msgspec.Struct, frozen=True):
    """Rules that Prometheus evaluates one after the other, in this order, every ``interval``."""

    name: str
    interval: Duration
    rules: tuple[Rule, ...]
    comment: tuple[str, ...] = ()


class RuleFile(msgspec.Struct, frozen=True):
    """The groups of one file: a service's, or the calendars'. ``name`` is the file's stem."""

    name: str
    groups: tuple[RuleGroup, ...]
    comment: tuple[str, ...] = ()
