"""What the rules of an SLO do in an outage: whole histories, by the arithmetic that is held against promtool."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from slosmith.history.arithmetic import FIRING, AlertHistory, Group, Samples, Series, evaluate, read_rule_file, stale
from slosmith.model import Duration, Slo
from slosmith.output.rule_text import rule_file_text
from slosmith.schemes.registry import scheme
from slosmith.vocabulary import names
from slosmith.vocabulary.provenance import Source
from tests.formats.dialects.specs import workspace_of

MINUTE = 60_000
SERVICE = """\
version: slosmith/v1
kind: Service
name: ferry
team: pier
description: Ferries over the river.
period: {{rolling: {period}}}
alerting: {{{alerting}}}
indicator_source: {{template: http-requests, with: {{select: ['job="ferry"']}}}}
objectives:
  availability: {{target: {target}%{traffic}}}
"""


class Ferry(msgspec.Struct, frozen=True):
    """An SLO and its compiled rules."""

    slo: Slo
    groups: tuple[Group, ...]


def ferry(folder: Path, target: str, *, period: str = "28d", alerting: str = "", per_day: str = "") -> Ferry:
    """``target`` in percent; ``alerting`` is the content of the spec's `alerting:`."""
    traffic = f", traffic: {{events_per_day: {per_day}}}" if per_day else ""
    text = SERVICE.format(target=target, period=period, alerting=alerting, traffic=traffic)
    (service,) = workspace_of(folder, {"services/ferry.yaml": text}).services
    rules = scheme("weighted").compile_service(service, Duration(MINUTE))
    groups = read_rule_file(rule_file_text(rules, Source("services/ferry.yaml")))
    return Ferry(service.slos[0], tuple(groups))


def counter(code: str, events: NDArray[np.float64], gone: tuple[int, int] | None = None) -> Series:
    """A counter that is scraped every minute. ``events`` are those of each minute; no scrape has it in the minutes
    ``gone``.
    """
    labels = (("__name__", "http_requests_total"), ("code", code), ("job", "ferry"))
    times = np.arange(len(events), dtype=np.int64) * MINUTE
    values = np.cumsum(events)
    if gone is None:
        return Series(labels, Samples.scraped(times, values))
    kept = (times < gone[0] * MINUTE) | (times >= gone[1] * MINUTE)
    values[gone[0]] = stale(1)[0]
    kept[gone[0]] = True
    return Series(labels, Samples.scraped(times[kept], values[kept]))


def arrivals(length: int, per_minute: float, begin: int, end: int, ratio: float) -> tuple[Series, Series]:
    """Evenly spaced requests over ``length`` minutes. From minute ``begin`` to ``end`` the share ``ratio`` of them
    fails, evenly spaced too, the first of them at the end of its turn: nothing is found sooner than people expect.
    """
    counted = np.floor(np.arange(1, length + 1) * per_minute + 1e-9)
    total = np.diff(counted, prepend=0.0)
    inside = np.zeros(length)
    inside[begin:end] = total[begin:end]
    failed = np.diff(np.floor(np.cumsum(inside) * ratio + 1e-9), prepend=0.0)
    return counter("200", total - failed), counter("500", failed)


def firing(found: Ferry, series: tuple[Series, ...], length: int) -> dict[str, NDArray[np.bool_]]:
    """For each tier of a burn rate, and `absent` and the budgets, in which minutes it fires."""
    outcome = evaluate(list(found.groups), series, 0, (length - 1) * MINUTE)
    states: dict[str, NDArray[np.bool_]] = {}
    for alert in outcome.alerts:
        tier = dict(alert.labels)[names.TIER]
        states[tier] = states.get(tier, np.zeros(length, dtype=np.bool_)) | _by_minute(alert, length)
    return states


def _by_minute(alert: AlertHistory, length: int) -> NDArray[np.bool_]:
    """Of groups with other intervals, the last evaluation up to the minute."""
    places = np.searchsorted(alert.grid.times, np.arange(length) * MINUTE, side="right") - 1
    return np.where(places >= 0, alert.states[np.maximum(places, 0)] == FIRING, False)


def paged(found: Ferry, states: dict[str, NDArray[np.bool_]], begin: int) -> int | None:
    """Minutes from ``begin`` until a tier pages; None: it never does."""
    assert found.slo.alerting is not None
    pages = [window.name for window in found.slo.alerting.windows if window.severity == "page"]
    fires = np.flatnonzero(np.any([states[name][begin:] for name in pages if name in states] or [[False]], axis=0))
    return int(fires[0]) if len(fires) else None
