"""Counters of HTTP requests under any name: a counter with a label for the status code, and a histogram beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from slosmith.authoring.metrics.series import Metrics
from slosmith.sli.template import ParameterValue

_CODE_LABELS = (
    "code",
    "status",
    "status_code",
    "http_status",
    "http_status_code",
    "http_response_status_code",
    "response_code",
)
_CODE = re.compile(r"[1-5](\d\d|[xX][xX])")
_DURATION = re.compile(r"duration|latency|seconds|time|_ms|milliseconds")
_UNITS = {
    "milliseconds": re.compile(r"(milliseconds|_ms|_millis)\Z"),
    "microseconds": re.compile(r"(microseconds|_us)\Z"),
}


class Requests(msgspec.Struct, frozen=True):
    """What was found. ``parameters`` are those of the template ``http-requests`` that differ from its defaults."""

    counter: str
    histogram: str
    unit: str
    parameters: Mapping[str, ParameterValue]
    reasons: tuple[str, ...]


def find_requests(metrics: Metrics) -> Requests | None:
    """The counter of requests that is most likely the service's; None if there is none."""
    found = [(name, label) for name in metrics.by_name if (label := _code_label(metrics, name)) is not None]
    if not found:
        return None
    counter, label = min(found, key=lambda each: _rank(each[0]))
    histogram = _histogram(metrics, counter)
    parameters: dict[str, ParameterValue] = {}
    if counter != "http_requests_total":
        parameters["metric"] = counter
    if label != "code":
        parameters["code_label"] = label
    codes = metrics.values(counter, label)
    classes = any("x" in code.lower() for code in codes)
    if classes:
        parameters["errors"] = "5[xX][xX]"
    unit = "seconds"
    if histogram and histogram != "http_request_duration_seconds":
        parameters["duration_metric"] = histogram
    for name, pattern in _UNITS.items():
        if histogram and pattern.search(histogram):
            unit = parameters["unit"] = name
    reason = f"{label} is the status code: 5xx are counted as bad, all others as good (`errors`, `excluded`)"
    return Requests(counter, histogram, unit, parameters, (reason,))


def _code_label(metrics: Metrics, name: str) -> str | None:
    """The label with the status code, if the metric can be a counter of requests."""
    if not name.endswith(("_total", "_count")) or name.startswith(
        ("promhttp_", "prometheus_", "net_conntrack_", "go_")
    ):
        return None
    for label in _CODE_LABELS:
        values = metrics.values(name, label)
        if values and all(_CODE.fullmatch(value) for value in values):
            return label
    return None


def _rank(name: str) -> tuple[bool, bool, bool, bool, int, str]:
    """Sort key: the usual name, then counters of requests of servers, counters before histograms, short names."""
    return (
        name != "http_requests_total",
        "client" in name,
        "request" not in name,
        name.endswith("_count"),
        len(name),
        name,
    )


def _histogram(metrics: Metrics, counter: str) -> str:
    """The histogram of durations with the longest common beginning; empty if there is none."""
    names = [name.removesuffix("_bucket") for name in metrics.by_name if name.endswith("_bucket")]
    fitting = [name for name in names if _DURATION.search(name) and ("request" in name or "http" in name)]
    if counter.removesuffix("_count") in names:
        return counter.removesuffix("_count")
    if not fitting:
        return ""
    return max(fitting, key=lambda name: (_common(name, counter), -len(name), name))


def _common(first: str, second: str) -> int:
    """The length of the common beginning."""
    length = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        length += 1
    return length
