"""Unit tests of rules as the text of a promtool test file."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from slosmith.model import Labels
from slosmith.model.rule_tests import AlertTest, QueryTest, TestFile, TestGroup
from slosmith.output.rule_text import head
from slosmith.output.yaml_text import Commented, Pairs, document
from slosmith.vocabulary.provenance import Source


def rule_test_text(file: TestFile, source: Source) -> str:
    """The text of a test file. ``source`` is named in its header."""
    value = {
        "rule_files": [file.rule_file] if file.rule_file else [],
        "evaluation_interval": str(file.evaluation_interval),
        "group_eval_order": list(file.group_order),
        "tests": [_group(group) for group in file.groups],
    }
    return document(value, comment=head(source, file.comment))


def _group(group: TestGroup) -> Commented | dict[str, Any]:
    value: dict[str, Any] = {"name": group.name, "interval": str(group.interval)}
    value["input_series"] = [
        _commented(series.comment, {"series": series.series, "values": series.values}) for series in group.inputs
    ]
    if group.queries:
        value["promql_expr_test"] = [_query(query) for query in group.queries]
    if group.alerts:
        value["alert_rule_test"] = [_alert(alert) for alert in group.alerts]
    return _commented(group.comment, value)


def _query(query: QueryTest) -> Commented | dict[str, Any]:
    value: dict[str, Any] = {"expr": query.expr, "eval_time": str(query.at)}
    if query.samples:  # promtool expects no result where none is written
        value["exp_samples"] = [{"labels": sample.labels, "value": Decimal(sample.value)} for sample in query.samples]
    return _commented(query.comment, value)


def _alert(test: AlertTest) -> Commented | dict[str, Any]:
    value: dict[str, Any] = {"eval_time": str(test.at), "alertname": test.alert}
    value["exp_alerts"] = [
        {"exp_labels": _pairs(alert.labels), "exp_annotations": _pairs(alert.annotations)} for alert in test.alerts
    ]
    return _commented(test.comment, value)


def _commented(comment: Iterable[str], value: dict[str, Any]) -> Commented | dict[str, Any]:
    lines = tuple(comment)
    return Commented(lines, value) if lines else value


def _pairs(labels: Labels) -> Pairs | dict[str, str]:
    return Pairs(labels) if labels else {}
