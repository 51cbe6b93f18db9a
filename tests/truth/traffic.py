"""Events that are known for each minute, and the cumulative counters that Prometheus would scrape for them.

All random numbers come from a seed. A minute is the time between two scrapes of one target. The events of a minute are
the increase of the counters.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import accumulate

import msgspec

from tests.truth.exposition import MINUTE, RawSeries

NOISY_MINUTES = 8 * 1440
ISTIO_BUCKETS = (
    "0.5", "1", "5", "10", "25", "50", "100", "250", "500", "1000", "2500", "5000", "10000", "30000", "60000", "300000",
    "600000", "1800000", "3600000",
)  # fmt: skip
API_SERVER_BUCKETS = (
    "0.005", "0.025", "0.05", "0.1", "0.2", "0.4", "0.6", "0.8", "1", "1.25", "1.5", "2", "3", "4", "5", "6", "8", "10",
    "15", "20", "30", "45", "60",
)  # fmt: skip
"""Bounds in seconds; there is none at 0.5."""

_BEFORE = 1000
"""What a counter stood at when the span began."""

Shape = Callable[[int], float]
"""A value for each minute since the start: requests a minute, or a ratio 0..1."""


class Span(msgspec.Struct, frozen=True):
    """The simulated time: ``minutes`` from ``start`` (Unix seconds, a full hour)."""

    start: int
    minutes: int

    def minute(self, time: int) -> int:
        return (time - self.start) // MINUTE

    @property
    def end(self) -> int:
        return self.start + MINUTE * self.minutes


class Stream(msgspec.Struct, frozen=True):
    """Events of one scrape target: ``counts[k]`` is between its scrapes k-1 and k. Scrape k is at start + 60 k +
    ``offset`` seconds."""

    offset: int
    counts: Sequence[float]


class Pod(msgspec.Struct, frozen=True):
    """The requests of one target by outcome, with a number for each minute."""

    offset: int
    ok: Sequence[int]
    client_error: Sequence[int]
    gone: Sequence[int]
    """Response code 0: the client went away."""
    failed: Sequence[int]
    slow: Sequence[int]
    """Of ``ok``: answered, but not within the threshold."""
    restarts: frozenset[int] = frozenset()
    """Minutes before which the counters went back to 0; nothing was lost."""

    def stream(self, counts: Sequence[int]) -> Stream:
        return Stream(self.offset, counts)

    @property
    def requests(self) -> Stream:
        return self.stream(
            [sum(all_of) for all_of in zip(self.ok, self.client_error, self.gone, self.failed, strict=True)]
        )


def simulate(
    seed: str,
    span: Span,
    *,
    offset: int,
    rate: Shape,
    failing: Shape,
    slow: Shape,
    client_errors: float = 0.004,
    gone: float = 0.001,
    restarts: Collection[int] = (),
    jitter: bool = True,
) -> Pod:
    """The requests of a pod: ``rate`` a minute. The ratio ``failing`` of them gets a 5xx. The ratio ``slow`` of the
    answered ones is too slow. Without ``jitter`` the numbers are the expected values, rounded."""
    rng = random.Random(f"{seed}/{offset}")
    draw = _binomial if jitter else _expected
    pod: dict[str, list[int]] = {name: [] for name in ("ok", "client_error", "gone", "failed", "slow")}
    for minute in range(span.minutes):
        expected = rate(minute)
        requests = _poisson(rng, expected) if jitter else round(expected)
        failed = draw(rng, requests, failing(minute))
        if minute in restarts and requests:
            # a pod that has just started often fails a request. This also keeps the new counter above 0. At 0, rate()
            # would not extrapolate
            failed = max(failed, 1)
        rest = requests - failed
        client_error = draw(rng, rest, client_errors)
        left = draw(rng, rest - client_error, gone)
        ok = rest - client_error - left
        for name, value in zip(pod, (ok, client_error, left, failed, draw(rng, ok, slow(minute))), strict=True):
            pod[name].append(value)
    return Pod(offset=offset, restarts=frozenset(restarts), **pod)


def cumulative(growth: Sequence[int]) -> list[int]:
    """A counter without restarts. Its first value is not 0, because it counted before the span."""
    return list(accumulate(growth, initial=_BEFORE))[1:]


def counter(
    metric: str, labels: Mapping[str, str], span: Span, pod: Pod, counts: Sequence[int], *, since: int = 0
) -> RawSeries:
    """The cumulative counter of ``counts``, which counted before the span. It is scraped from the minute
    ``since`` on.
    """
    values = _counted(counts, pod.restarts)
    return RawSeries(metric, labels, span.start + MINUTE * since + pod.offset, values[since:])


def _counted(counts: Sequence[int], restarts: Collection[int]) -> list[int]:
    """The cumulative counter of ``counts``, with restarts at 0."""
    values: list[int] = []
    first = 0
    for end in [*sorted(restarts), len(counts)]:
        if end > first:
            values.extend(list(accumulate(counts[first:end], initial=_BEFORE if first == 0 else 0))[1:])
            first = end
    return values


def istio_pod(span: Span, pod: Pod, labels: Mapping[str, str], *, le: str) -> list[RawSeries]:
    """The gateway's counters for one pod: requests by code, and the latency histogram of those answered with 200.

    Series that no selector may select exist only in the last days of the span, because they are a third of the samples.
    """
    codes = {"200": pod.ok, "404": pod.client_error, "0": pod.gone, "503": pod.failed}
    found = [
        counter("istio_requests_total", {**labels, "response_code": code}, span, pod, counts)
        for code, counts in codes.items()
        if any(counts)
    ]
    metric = "istio_request_duration_milliseconds"
    found += histogram(metric, span, pod, {**labels, "response_code": "200"}, le, ISTIO_BUCKETS)
    if any(pod.failed):
        # failed requests are slow too; a latency of answered requests must not contain them
        failed, since = {**labels, "response_code": "503"}, noisy_from(span)
        found.append(counter(f"{metric}_count", failed, span, pod, pod.failed, since=since))
        none = [0] * span.minutes
        found.append(counter(f"{metric}_bucket", {**failed, "le": le}, span, pod, none, since=since))
    return found


def histogram(
    metric: str, span: Span, pod: Pod, labels: Mapping[str, str], le: str, bounds: Sequence[str]
) -> list[RawSeries]:
    """A classic histogram of ``pod.ok``. ``pod.slow`` of them are above ``le``. Other buckets exist in the last days
    only.
    """
    fast = [ok - slow for ok, slow in zip(pod.ok, pod.slow, strict=True)]
    found = [counter(f"{metric}_bucket", {**labels, "le": le}, span, pod, fast)]
    since = noisy_from(span)
    start = span.start + MINUTE * since + pod.offset
    restarts = {minute - since for minute in pod.restarts if minute > since}
    last = list(zip(fast[since:], pod.slow[since:], strict=True))
    for bound in [*bounds, "+Inf"]:
        if bound == le:
            continue
        near = float(bound) / float(le)
        counts = [
            math.floor(quick * math.sqrt(near)) if near < 1 else quick + math.floor(late * (1 - 1 / near))
            for quick, late in last
        ]
        found.append(RawSeries(f"{metric}_bucket", {**labels, "le": bound}, start, _counted(counts, restarts)))
    return [*found, counter(f"{metric}_count", labels, span, pod, pod.ok)]


def noisy_from(span: Span) -> int:
    """The first minute of the series that no rule may count."""
    return max(0, span.minutes - NOISY_MINUTES)


def day_and_night(mean: float, span: Span, swing: float = 0.6) -> Shape:
    """Requests a minute with a daily rhythm: the minimum is at 03:00 UTC, and the amplitude is ``swing`` times the
    mean.
    """
    first = span.start % 86400 // 60
    return lambda minute: mean * (1 - swing * math.cos(2 * math.pi * ((minute + first) / 1440 - 0.125)))


def within(minute: int, *periods: tuple[int, int]) -> bool:
    """Whether a minute is in one of the half-open periods."""
    return any(start <= minute < end for start, end in periods)


def _poisson(rng: random.Random, mean: float) -> int:
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def _binomial(rng: random.Random, events: int, ratio: float) -> int:
    if ratio <= 0 or events == 0:
        return 0
    if events * ratio < 30:
        return min(events, _poisson(rng, events * ratio))
    return min(events, max(0, round(rng.gauss(events * ratio, math.sqrt(events * ratio * (1 - ratio))))))


def _expected(_: random.Random, events: int, ratio: float) -> int:
    return round(events * ratio)
