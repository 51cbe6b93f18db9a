"""The series that exist: read from a metrics page, or asked of a Prometheus server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from slosmith.engines import http
from slosmith.engines.error import EngineError
from slosmith.engines.http import HttpError

MOST_SERIES = 50_000
_HOURS = 1
"""How far back a server is asked: services scale down, and series of the last hour tell enough."""


class MetricsError(ValueError):
    """There is nothing to propose from: not a metrics page, or no series."""


class Series(msgspec.Struct, frozen=True):
    """One series, without its samples."""

    name: str
    labels: Mapping[str, str]


class Metrics(msgspec.Struct, frozen=True):
    """Series by name."""

    by_name: Mapping[str, tuple[Series, ...]]
    source: str
    """The page or server, as it can be shown."""
    scraped: bool
    """Whether the series have the labels that scraping adds (``job``, ``instance``). On a page they have not."""

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def of(self, name: str) -> tuple[Series, ...]:
        """The series of a metric; those of its buckets or counts for a histogram."""
        for each in (name, f"{name}_bucket", f"{name}_count"):
            if each in self.by_name:
                return self.by_name[each]
        return ()

    def values(self, name: str, label: str) -> list[str]:
        """The values of a label in the series of a metric, sorted."""
        return sorted({each.labels[label] for each in self.of(name) if each.labels.get(label)})


def load_metrics(place: str, matchers: Sequence[str], wanted: Iterable[str]) -> Metrics:
    """The series of a file or URL. ``wanted`` are names (or patterns) of metrics that a server is asked for.

    Raises MetricsError, EngineError and OSError.
    """
    if not http.is_url(place):
        return parse_page(Path(place).read_bytes(), place)
    try:
        body = http.get(place)
        if looks_like_page(body):
            return parse_page(body, http.shown_url(place))
    except HttpError as error:
        if error.status in (0, 401, 403):
            raise
    return ask_server(place, matchers, wanted)


def looks_like_page(body: bytes) -> bool:
    """Whether a text is in the exposition format: comments about metrics, or lines with a name and a number."""
    head = body[:4096].decode("utf-8", "replace")
    return bool(re.search(r"^# (TYPE|HELP) \S+", head, re.MULTILINE)) or bool(
        re.match(r"[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^\n]*\})? +[-+0-9NI]", head)
    )


def parse_page(body: bytes, source: str) -> Metrics:
    """A page in Prometheus' text format or in OpenMetrics. Raises MetricsError; EngineError without the parser."""
    try:
        from prometheus_client import parser
        from prometheus_client.openmetrics import parser as open_parser
    except ModuleNotFoundError:
        raise EngineError("reading a metrics page needs a parser: pip install 'slosmith[metrics]'") from None
    if len(body) > http.MAX_BYTES:
        raise MetricsError(f"{source} has more than {http.MAX_BYTES // 1024 // 1024} MB")
    text = body.decode("utf-8", "replace").replace("\r\n", "\n")
    read = (
        open_parser.text_string_to_metric_families
        if text.rstrip().endswith("# EOF")
        else parser.text_string_to_metric_families
    )
    found: list[Series] = []
    try:
        for family in read(text):
            found += (Series(sample.name, dict(sample.labels)) for sample in family.samples)
            if len(found) > MOST_SERIES:
                raise MetricsError(f"{source} has more than {MOST_SERIES:,} series")
    except MetricsError:
        raise
    except Exception as error:  # the parsers raise ValueError, KeyError and IndexError for texts that are no page
        raise MetricsError(f"{source} is not a metrics page: {str(error)[:200] or type(error).__name__}") from None
    return _metrics(found, source, scraped=any("job" in each.labels for each in found))


def ask_server(url: str, matchers: Sequence[str], wanted: Iterable[str]) -> Metrics:
    """Series of the last hour on a server with Prometheus' API (Prometheus, Thanos, Mimir). Raises MetricsError."""
    window = _window()
    condition = [("match[]", "{" + ",".join(['__name__!=""', *matchers]) + "}")] if matchers else []
    names = _data(url, "api/v1/label/__name__/values", [*condition, *window])
    patterns = [re.compile(each) for each in wanted]
    asked = [str(name) for name in names if any(pattern.fullmatch(str(name)) for pattern in patterns)]
    if not asked:
        raise MetricsError(f"{http.shown_url(url)} has no metric that a template reads")
    found: list[Series] = []
    for start in range(0, len(asked), 50):
        selected = "|".join(asked[start : start + 50])
        selector = "{" + ",".join([f'__name__=~"{selected}"', *matchers]) + "}"
        limit = ("limit", str(MOST_SERIES))
        for labels in _data(url, "api/v1/series", [("match[]", selector), *window, limit]):
            given = {str(name): str(value) for name, value in labels.items()}
            found.append(Series(given.pop("__name__", ""), given))
        if len(found) >= MOST_SERIES:
            raise MetricsError(f"more than {MOST_SERIES:,} series: narrow them, such as --match 'job=\"checkout\"'")
    return _metrics(found, http.shown_url(url), scraped=True)


def _window() -> list[tuple[str, str]]:
    now = datetime.now(UTC)
    start = now - timedelta(hours=_HOURS)
    return [("start", f"{start.timestamp():.0f}"), ("end", f"{now.timestamp():.0f}")]


def _data(url: str, path: str, query: Sequence[tuple[str, str]]) -> list[Any]:
    body = http.get(url, path, query)
    try:
        answer = json.loads(body)
        data = answer["data"]
        if answer["status"] != "success" or not isinstance(data, list):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        raise MetricsError(
            f"{http.shown_url(url)} is neither a metrics page nor a server with Prometheus' API"
        ) from None
    return data


def _metrics(found: Iterable[Series], source: str, *, scraped: bool) -> Metrics:
    by_name: dict[str, list[Series]] = {}
    for each in found:
        by_name.setdefault(each.name, []).append(each)
    if not by_name:
        raise MetricsError(f"{source} has no series")
    return Metrics({name: tuple(series) for name, series in sorted(by_name.items())}, source, scraped)
