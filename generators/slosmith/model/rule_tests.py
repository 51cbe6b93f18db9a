"""Unit tests as values: the content of promtool's test files. They hold text. This module does not read or
write YAML.
"""

from __future__ import annotations

import msgspec

from slosmith.model import Duration, Labels


class InputSeries(msgspec.Struct, frozen=True):
    """An input series of a test, in promtool's notation. ``series`` is ``metric{label="value"}``. ``values`` begin at
    time 0, with the group's interval between them (``_x5 0+60x10``: five missing samples, then eleven values).
    """

    series: str
    values: str
    comment: tuple[str, ...] = ()


class Sample(msgspec.Struct, frozen=True):
    """An expected sample. ``value`` is a decimal literal."""

    labels: str
    value: str


class QueryTest(msgspec.Struct, frozen=True):
    """An instant query after the evaluation of all rules, and its complete result. ``samples`` may be empty."""

    expr: str
    at: Duration
    samples: tuple[Sample, ...]
    comment: tuple[str, ...] = ()


class ExpectedAlert(msgspec.Struct, frozen=True):
    """A firing alert, without its ``alertname``. promtool compares all labels and all annotations."""

    labels: Labels
    annotations: Labels


class AlertTest(msgspec.Struct, frozen=True):
    """All alerts of one name that fire at one time."""

    alert: str
    at: Duration
    alerts: tuple[ExpectedAlert, ...]
    comment: tuple[str, ...] = ()


class TestGroup(msgspec.Struct, frozen=True):
    """Tests that share a clock and a storage. The storage is empty at first, and the clock starts at 1970-01-01.
    ``interval`` is the time between two input samples.
    """

    __test__ = False

    name: str
    interval: Duration
    inputs: tuple[InputSeries, ...]
    queries: tuple[QueryTest, ...]
    alerts: tuple[AlertTest, ...] = ()
    comment: tuple[str, ...] = ()


class TestFile(msgspec.Struct, frozen=True):
    """The unit tests of one rule file. ``rule_file`` is its name, in the same folder. Empty: no rules are evaluated.

    Rules are evaluated at time 0 and then every ``evaluation_interval``, in ``group_order`` (promtool's own order is
    random).
    """

    __test__ = False

    rule_file: str
    evaluation_interval: Duration
    group_order: tuple[str, ...]
    groups: tuple[TestGroup, ...]
    comment: tuple[str, ...] = ()
