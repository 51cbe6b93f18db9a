"""Unit tests as values: what promtool's test files hold. Text only; nothing here knows YAML."""

from __future__ import annotations

import msgspec

from slosmith.model import Duration, Labels


class InputSeries(msgspec.Struct, frozen=True):
    """A series that a test feeds, in promtool's notation: ``series`` is ``metric{label="value"}``, ``values`` counts
    from time 0 in steps of the group's interval (``_x5 0+60x10``: five blanks, then eleven values).
    """

    series: str
    values: str
    comment: tuple[str, ...] = ()


class Sample(msgspec.Struct, frozen=True):
    """An expected sample; ``value`` is a decimal literal."""

    labels: str
    value: str


class QueryTest(msgspec.Struct, frozen=True):
    """An instant query after all rules were evaluated, and all of its result (none: ``samples`` is empty)."""

    expr: str
    at: Duration
    samples: tuple[Sample, ...]
    comment: tuple[str, ...] = ()


class ExpectedAlert(msgspec.Struct, frozen=True):
    """A firing alert without its ``alertname``; promtool compares all labels and all annotations."""

    labels: Labels
    annotations: Labels


class AlertTest(msgspec.Struct, frozen=True):
    """All alerts of one name that fire at a time."""

    alert: str
    at: Duration
    alerts: tuple[ExpectedAlert, ...]
    comment: tuple[str, ...] = ()


class TestGroup(msgspec.Struct, frozen=True):
    """One clock and one storage, both starting empty at 1970-01-01; ``interval`` is the distance of input samples."""

    __test__ = False

    name: str
    interval: Duration
    inputs: tuple[InputSeries, ...]
    queries: tuple[QueryTest, ...]
    alerts: tuple[AlertTest, ...] = ()
    comment: tuple[str, ...] = ()


class TestFile(msgspec.Struct, frozen=True):
    """One rule file's unit tests. ``rule_file`` is its name, in the same folder.

    Rules are evaluated at 0 and then every ``evaluation_interval``, in ``group_order`` (promtool's own is random).
    """

    __test__ = False

    rule_file: str
    evaluation_interval: Duration
    group_order: tuple[str, ...]
    groups: tuple[TestGroup, ...]
    comment: tuple[str, ...] = ()
