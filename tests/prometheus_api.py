"""Prometheus' HTTP API (Thanos Query and Mimir have it too): queries, rules, readiness. Standard library only.

The tests read their own servers with it. Times are Unix seconds. Every call has a time limit. Every failure (no server,
a proxy's error page, a query that does not parse, too many samples) is an EngineError with the address of the server
and its answer.
"""

from __future__ import annotations

import http.client
import ipaddress
import math
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from slosmith.engines.error import EngineError

POINTS_A_QUERY = 11_000
"""The most points of a series in one range query: Prometheus refuses queries with more."""

_T = TypeVar("_T")

_LONGEST_QUOTE = 500
"""Characters of a server's answer that are repeated in an error."""


class Sample(msgspec.Struct, frozen=True):
    """One series at one time; ``labels`` include ``__name__`` where the query keeps it."""

    labels: dict[str, str]
    time: float
    value: float


class Series(msgspec.Struct, frozen=True):
    """One series over time; ``times`` ascend and are as many as ``values``."""

    labels: dict[str, str]
    times: list[float]
    values: list[float]


class _Instant(msgspec.Struct):
    metric: dict[str, str]
    value: tuple[float, str]


class _Range(msgspec.Struct):
    metric: dict[str, str]
    values: list[tuple[float, str]]


class _Data(msgspec.Struct):
    result: msgspec.Raw
    resultType: str  # noqa: N815  (the API's own spelling)


class _SampleStats(msgspec.Struct):
    totalQueryableSamples: int  # noqa: N815


class _Stats(msgspec.Struct):
    samples: _SampleStats


class _Counted(msgspec.Struct):
    stats: _Stats


class _Answer(msgspec.Struct):
    status: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""
    errorType: str = ""  # noqa: N815


class PrometheusApi:
    """A server at ``url`` (with its path prefix, if it has one). ``timeout`` is for one request, in seconds."""

    def __init__(self, url: str, *, timeout: float = 30, headers: Mapping[str, str] | None = None) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise EngineError(
                f"not the address of a Prometheus: {url!r} (write it like http://prometheus.example:9090)"
            )
        self.url, self.timeout, self._headers = url.rstrip("/"), timeout, dict(headers or {})
        # a proxy in the environment is for other machines: it cannot reach the servers of this one
        proxies = [urllib.request.ProxyHandler({})] if _is_local(parts.hostname) else []
        self._opener = urllib.request.build_opener(*proxies)

    def instant(self, query: str, at: float | None = None) -> list[Sample]:
        """The query's value at a time (None: now), a sample for each series. A scalar is a sample without labels.

        Raises EngineError.
        """
        data = self._query("/api/v1/query", {"query": query} | ({} if at is None else {"time": _number(at)}))
        if data.resultType == "scalar":
            when, value = self._decode(data.result, tuple[float, str])
            return [Sample({}, when, float(value))]
        if data.resultType != "vector":
            raise self._error(f"answers with a {data.resultType} instead of a vector: {query}")
        found = self._decode(data.result, list[_Instant])
        return [Sample(item.metric, item.value[0], float(item.value[1])) for item in found]

    def samples_read(self, query: str, at: float) -> int:
        """How many samples the server counts for one evaluation of the query. Raises EngineError."""
        asked = {"query": query, "time": _number(at), "stats": "all"}
        return self._decode(self._get("/api/v1/query", asked), _Counted).stats.samples.totalQueryableSamples

    def range(self, query: str, start: float, end: float, step: float) -> list[Series]:
        """The query's values at start, start + step, ... up to end (inclusive), sorted by labels.

        A range with too many points for a server is split into several queries. Then the results of ``@ start()`` and
        ``@ end()``, which depend on the whole range, differ. Raises EngineError.
        """
        if step <= 0 or end < start:
            raise ValueError("a range needs a step above 0 and an end that is not before its start")
        count = math.floor((end - start) / step + 1e-9) + 1
        found: dict[tuple[tuple[str, str], ...], Series] = {}
        for first in range(0, count, POINTS_A_QUERY):
            last = min(first + POINTS_A_QUERY, count) - 1
            for item in self._range(query, start + first * step, start + last * step, step):
                series = found.setdefault(tuple(sorted(item.metric.items())), Series(item.metric, [], []))
                series.times.extend([when for when, _ in item.values])
                series.values.extend([float(value) for _, value in item.values])
        return [found[key] for key in sorted(found)]

    def samples(self, selector: str, start: float, end: float) -> list[Series]:
        """The stored samples of a selector from start to end (both inclusive), unchanged: without steps, without
        lookback. Sorted by labels. Raises EngineError.
        """
        # one millisecond more, because newer versions leave out a sample at the start of a range
        milliseconds = round((end - start) * 1000) + 1
        data = self._query("/api/v1/query", {"query": f"{selector}[{milliseconds}ms]", "time": _number(end)})
        found = [
            Series(item.metric, [when for when, _ in item.values], [float(value) for _, value in item.values])
            for item in self._decode(data.result, list[_Range])
        ]
        return sorted(found, key=lambda series: sorted(series.labels.items()))

    def rules(self) -> list[dict[str, Any]]:
        """The rule groups that the server has loaded, as its API gives them. Raises EngineError."""
        data = self._decode(self._get("/api/v1/rules", {}), dict[str, Any])
        groups = data.get("groups")
        if not isinstance(groups, list):
            raise self._error("answers without rule groups")
        return groups

    def version(self) -> tuple[int, ...]:
        """The server's version, ``(2, 42, 0)``; empty if the server does not report it. Raises EngineError."""
        data = self._decode(self._get("/api/v1/status/buildinfo", {}), dict[str, Any])
        numbers = str(data.get("version", "")).split("-")[0].split("+")[0].split(".")
        return tuple(int(number) for number in numbers if number.isdigit())

    def wait_until_ready(self, seconds: float) -> None:
        """Returns when the server is ready to answer. Raises EngineError when it is not within ``seconds``."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self._read("/-/ready", {})
                return
            except EngineError as error:
                if time.monotonic() > deadline:
                    raise EngineError(f"{error}; waited for {seconds:g} s") from None
            time.sleep(0.05)

    # --- below the API ---

    def _range(self, query: str, start: float, end: float, step: float) -> Sequence[_Range]:
        asked = {"query": query, "start": _number(start), "end": _number(end), "step": _number(step)}
        data = self._query("/api/v1/query_range", asked)
        return self._decode(data.result, list[_Range])

    def _query(self, path: str, parameters: Mapping[str, str]) -> _Data:
        return self._decode(self._get(path, parameters), _Data)

    def _get(self, path: str, parameters: Mapping[str, str]) -> msgspec.Raw:
        answer = self._decode(self._read(path, parameters), _Answer)
        if answer.status != "success":
            raise self._error(f"answers {answer.errorType or 'an error'}: {answer.error or answer.status}")
        return answer.data

    def _decode(self, body: bytes | msgspec.Raw, kind: type[_T]) -> _T:
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.MsgspecError as error:
            raise self._error(f"answers with something that is not Prometheus' API ({error})") from None

    def _read(self, path: str, parameters: Mapping[str, str]) -> bytes:
        # expressions can be too long for a URL, so parameters are in the body
        body = urllib.parse.urlencode(parameters).encode() if parameters else None
        request = urllib.request.Request(self.url + path, data=body, headers=self._headers)
        try:
            with self._opener.open(request, timeout=self.timeout) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return self._refused(error.code, error.read())
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                raise self._error(f"does not answer within {self.timeout:g} s") from None
            raise self._error(f"cannot be reached: {reason}") from None

    def _refused(self, code: int, body: bytes) -> bytes:
        """The body of an HTTP error of the API itself. Raises EngineError for any other body."""
        try:
            msgspec.json.decode(body, type=_Answer)
        except msgspec.MsgspecError:
            text = " ".join(body.decode("utf-8", "replace").split())[:_LONGEST_QUOTE]
            raise self._error(f"answers HTTP {code}" + (f": {text}" if text else "")) from None
        return body

    def _error(self, what: str) -> EngineError:
        return EngineError(f"Prometheus at {self.url} {what}")


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _number(seconds: float) -> str:
    """Seconds as the API reads them: to the millisecond, without an exponent."""
    return format(round(Decimal(repr(float(seconds))), 3).normalize(), "f")
