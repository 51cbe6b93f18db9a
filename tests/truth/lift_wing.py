"""Synthetic traffic of Lift Wing in one winter, with all kinds of errors and outages at known times.

2023-11-28 to 2024-03-08 contains two starts of quarters (1 December, 1 March), New Year and 29 February. Each service
has one SLO for each indicator and site, as in slo_specs/. Its rules are evaluated at a second of the minute, and its
pods are scraped at other seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec

from slosmith.model import Calendar, Service, Slo, Workspace
from slosmith.workspace import load
from tests.truth.exposition import RawSeries
from tests.truth.traffic import (
    API_SERVER_BUCKETS,
    Pod,
    Span,
    Stream,
    counter,
    day_and_night,
    histogram,
    istio_pod,
    noisy_from,
    simulate,
    within,
)


def moment(text: str) -> int:
    """A time such as ``2024-02-03 02:10`` (UTC) as Unix seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


SPAN = Span(moment("2023-11-28"), (moment("2024-03-08 12:00") - moment("2023-11-28")) // 60)
QUARTER_STARTS = tuple(moment(day) for day in ("2023-09-01", "2023-12-01", "2024-03-01", "2024-06-01"))
SPECS = Path(__file__).parents[2] / "slo_specs"


def minutes(start: str, end: str) -> tuple[int, int]:
    return SPAN.minute(moment(start)), SPAN.minute(moment(end))


# errors and outages
OUTAGE_OVER_THE_BOUNDARY = minutes("2023-11-30 22:30", "2023-12-01 00:40")
OUTAGE_AT_NIGHT = minutes("2024-02-03 02:10", "2024-02-03 03:40")
SLOW_BURN = minutes("2024-02-25 06:00", "2024-03-02 18:00")
SLOW_ANSWERS = minutes("2024-01-15 09:00", "2024-01-15 15:30")
API_OUTAGE = minutes("2024-02-10 13:00", "2024-02-10 15:00")
API_OUTAGE_RATIO = Decimal("0.6")
IDLE_WEEKEND = minutes("2024-01-20 00:00", "2024-01-22 00:00")


class Traffic(msgspec.Struct, frozen=True):
    """The known events of an SLO, and the second of the minute at which its rules are evaluated."""

    slo: Slo
    total: tuple[Stream, ...]
    bad: tuple[Stream, ...]
    evaluated: int
    detail: tuple[tuple[int, int], ...] = ()
    """Periods (minutes) in which every minute is looked at."""


class World(msgspec.Struct, frozen=True):
    """Services with the SLOs that have traffic, the raw series, and the known events of each SLO by its id."""

    calendars: tuple[Calendar, ...]
    services: tuple[Service, ...]
    series: tuple[RawSeries, ...]
    traffic: Mapping[str, Traffic]


SHOWN_BY_OTHERS = frozenset((
    "revertrisk-language-agnostic-latency-codfw", "ml-serve-kubernetes-latency-eqiad",
))  # fmt: skip
"""SLOs that `make test` leaves out. Their traffic is that of the availability at the same place, where it is compared;
their rules are those of revertrisk's latency in eqiad and articlequality's; the events of the API server's histogram
are in tests/sli/test_templates.py.
"""


def world(everything: bool = True) -> World:
    """The whole winter, or (``everything`` false) without the SLOs that show nothing of their own."""
    parts = [_revertrisk(), _kubernetes_api(), _articlequality(), _readability()]
    if not everything:
        parts = [_without_some(*part) for part in parts]
    traffic = {item.slo.id: item for items, _ in parts for item in items}
    services = [_only(items) for items, _ in parts]
    used = {item.slo.period.calendar for item in traffic.values()}
    calendars = tuple(calendar for calendar in policy().calendars if calendar in used)
    return World(calendars, tuple(services), tuple(one for _, series in parts for one in series), traffic)


@cache
def policy() -> Workspace:
    """Lift Wing's specs, resolved."""
    loaded = load(SPECS)
    assert loaded.workspace is not None, loaded.problems
    return loaded.workspace


def _service(name: str) -> Service:
    return next(service for service in policy().services if service.name == name)


def _slo(service: str, indicator: str, site: str) -> Slo:
    return next(slo for slo in _service(service).slos if (slo.indicator_name, slo.site) == (indicator, site))


def _without_some(traffic: Sequence[Traffic], series: Sequence[RawSeries]) -> tuple[list[Traffic], list[RawSeries]]:
    """Without SHOWN_BY_OTHERS, and without the histograms that no other SLO reads."""
    kept = [item for item in traffic if item.slo.id not in SHOWN_BY_OTHERS]
    read = tuple(item.slo.site for item in kept if item.slo.indicator_name == "latency")
    needed = [one for one in series if "_duration_" not in one.metric or one.labels["site"].startswith(read)]
    return kept, needed


def _only(traffic: Sequence[Traffic]) -> Service:
    service = _service(traffic[0].slo.service)
    return msgspec.structs.replace(service, slos=tuple(item.slo for item in traffic))


# --- services ----------------------------------------------------------------------------------------------------


def _revertrisk() -> tuple[list[Traffic], list[RawSeries]]:
    """Much traffic at both sites: two outages at night in eqiad, one over the start of a quarter; a slow
    burn in codfw.
    """
    name, namespace, canonical = "revertrisk-language-agnostic", "revertrisk", "revertrisk-language-agnostic-predictor"
    night = day_and_night(160, SPAN)
    restarts = (
        minutes("2023-12-10 11:17", "2023-12-11")[0],
        OUTAGE_AT_NIGHT[0] + 31,
        minutes("2024-03-01 00:02", "2024-03-02")[0],
    )

    def failing(minute: int) -> float:
        return 0.92 if within(minute, OUTAGE_OVER_THE_BOUNDARY, OUTAGE_AT_NIGHT) else 0.0015

    def slow(minute: int) -> float:
        return 0.3 if within(minute, SLOW_ANSWERS) else 0.006

    eqiad = [
        simulate(
            f"{name}/eqiad", SPAN, offset=offset, rate=night, failing=failing, slow=slow, restarts=restarts[index:]
        )
        for index, offset in enumerate((7, 41))
    ]
    codfw = [
        simulate(
            f"{name}/codfw", SPAN, offset=22, rate=day_and_night(220, SPAN),
            failing=lambda minute: 0.06 if within(minute, SLOW_BURN) else 0.001, slow=lambda _: 0.004,
        )
    ]  # fmt: skip
    series: list[RawSeries] = []
    for site, pods in (("eqiad", eqiad), ("codfw", codfw)):
        for index, pod in enumerate(pods):
            labels = _gateway(site, namespace, canonical, f"gateway-{index}")
            series += istio_pod(SPAN, pod, labels, le="500")
    series += _decoys(series, _GATEWAY)
    detail = (_around(OUTAGE_AT_NIGHT, 9 * 60), _around(OUTAGE_OVER_THE_BOUNDARY, 3 * 60))
    traffic = [
        *_istio(name, "eqiad", eqiad, 3, detail),
        *_istio(name, "codfw", codfw, 33, ()),
    ]
    return traffic, series


def _articlequality() -> tuple[list[Traffic], list[RawSeries]]:
    """It never has a 5xx. It has no traffic for four hours every night, and for a whole weekend."""
    name, namespace, canonical = (
        "revscoring-articlequality",
        "revscoring-articlequality",
        "enwiki-articlequality-predictor",
    )

    def rate(minute: int) -> float:
        idle = minute % 1440 < 240 or within(minute, IDLE_WEEKEND)
        return 0 if idle else 25

    pods = [simulate(name, SPAN, offset=52, rate=rate, failing=lambda _: 0, slow=lambda _: 0.01, gone=0)]
    labels = _gateway("eqiad", namespace, canonical, "gateway-0")
    series = istio_pod(SPAN, pods[0], labels, le="5000")
    series += _decoys(series, _GATEWAY)
    traffic = _istio(name, "eqiad", pods, 13, (_around(IDLE_WEEKEND, 60),))
    return traffic, series


def _readability() -> tuple[list[Traffic], list[RawSeries]]:
    """A request every eight minutes: one error is a large part of an hour."""
    name = "readability"
    pods = [simulate(name, SPAN, offset=29, rate=lambda _: 0.12, failing=lambda _: 0.03, slow=lambda _: 0.06,
                     client_errors=0, gone=0)]  # fmt: skip
    labels = _gateway("codfw", name, f"{name}-predictor-default", "gateway-0")
    series = istio_pod(SPAN, pods[0], labels, le="5000")
    series += _decoys(series, _GATEWAY)
    traffic = _istio(name, "codfw", pods, 3, ())
    return traffic, series


def _kubernetes_api() -> tuple[list[Traffic], list[RawSeries]]:
    """Exactly 240 requests a minute, with errors only in an outage of two hours, so the minutes of alerts can be
    computed.
    """
    name = "ml-serve-kubernetes"

    def failing(minute: int) -> float:
        return float(API_OUTAGE_RATIO) if within(minute, API_OUTAGE) else 0

    pod = simulate(name, SPAN, offset=18, rate=lambda _: 240, failing=failing, slow=lambda _: 0.005, jitter=False,
                   client_errors=0.05, gone=0)  # fmt: skip
    labels = {"site": "eqiad", "prometheus": "k8s-mlserve", "job": "k8s-api", "instance": "ml-serve-ctrl1001:6443"}
    get, watch = {**labels, "verb": "GET"}, {**labels, "verb": "WATCH"}
    # the API server's histogram has no label code: it contains failed requests, and all of them are fast here
    answered = [sum(all_of) for all_of in zip(pod.ok, pod.client_error, pod.failed, strict=True)]
    timed = msgspec.structs.replace(pod, ok=answered)
    everything = [*map(sum, zip(pod.ok, pod.failed, strict=True))]
    since, none = noisy_from(SPAN), [0] * SPAN.minutes
    series = [
        counter("apiserver_request_total", {**get, "code": "200"}, SPAN, pod, pod.ok),
        counter("apiserver_request_total", {**get, "code": "404"}, SPAN, pod, pod.client_error),
        counter("apiserver_request_total", {**get, "code": "504"}, SPAN, pod, pod.failed),
        counter("apiserver_request_total", {**watch, "code": "504"}, SPAN, pod, everything, since=since),
        *histogram("apiserver_request_duration_seconds", SPAN, timed, get, "0.4", API_SERVER_BUCKETS),
        counter("apiserver_request_duration_seconds_count", watch, SPAN, pod, everything, since=since),
        counter("apiserver_request_duration_seconds_bucket", {**watch, "le": "0.4"}, SPAN, pod, none, since=since),
    ]
    series += _decoys(series, ("site", "prometheus", "job"))
    around = (_around(API_OUTAGE, 9 * 60),)
    traffic = [
        Traffic(_slo(name, indicator, "eqiad"), (pod.stream(answered),), (pod.stream(bad),), 47, around)
        for indicator, bad in (("availability", pod.failed), ("latency", pod.slow))
    ]
    return traffic, series


# --- building blocks ---------------------------------------------------------------------------------------------


def _istio(
    service: str, site: str, pods: Sequence[Pod], evaluated: int, detail: tuple[tuple[int, int], ...]
) -> list[Traffic]:
    total = tuple(pod.requests for pod in pods)
    failed = tuple(pod.stream(pod.failed) for pod in pods)
    answered, slow = tuple(pod.stream(pod.ok) for pod in pods), tuple(pod.stream(pod.slow) for pod in pods)
    return [
        Traffic(_slo(service, indicator, site), events, bad, evaluated, detail)
        for indicator, events, bad in (("availability", total, failed), ("latency", answered, slow))
    ]


def _gateway(site: str, namespace: str, canonical: str, pod: str) -> dict[str, str]:
    return {
        "site": site,
        "prometheus": "k8s-mlserve",
        "kubernetes_namespace": "istio-system",
        "destination_service_namespace": namespace,
        "destination_canonical_service": canonical,
        "pod": pod,
    }


def _decoys(series: Sequence[RawSeries], own_labels: Sequence[str]) -> list[RawSeries]:
    """For each label, series that differ from the service's series in this label only. No rule may count them.

    In these series, successes are failures, and buckets have half of their events. So a missing matcher on any side
    would change a result.
    """
    since = noisy_from(SPAN)
    failures = {"response_code": "503", "code": "504"}
    found = []
    for label in own_labels:
        for one in series:
            codes = [code for code in failures if code in one.labels]
            if len(one.values) < SPAN.minutes or one.labels.get("pod") == "gateway-1":
                continue
            labels, values = {**one.labels, label: f"{one.labels[label]}-other"}, one.values[since:]
            if one.metric.endswith("_bucket"):
                values = [count // 2 for count in one.values[since:] if isinstance(count, int)]
            elif any(one.labels[code] != "200" for code in codes):
                continue
            elif one.metric.endswith("_total"):
                labels |= {code: failures[code] for code in codes}
            found.append(RawSeries(one.metric, labels, one.start + 60 * since, values))
    return found


_GATEWAY = (
    "kubernetes_namespace",  # not the gateway's namespace: a sidecar, which reports every request again
    "prometheus", "destination_service_namespace", "destination_canonical_service", "site",
)  # fmt: skip
"""Labels by which a service's series at a gateway are distinguished from others."""


def _around(period: tuple[int, int], after: int) -> tuple[int, int]:
    return period[0] - 15, period[1] + after
