"""The computed cost of rules, compared with what a real Prometheus counts, and with numbers computed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from slosmith.explanation.cost import Cost, Counter, Evaluated, evaluated, project_cost
from slosmith.model import Duration, Origin, Service, Slo, Workspace
from slosmith.model.rules import RecordingRule
from slosmith.schemes.calendars import compile_calendars
from slosmith.schemes.registry import scheme
from slosmith.settings import Project
from slosmith.vocabulary import names
from tests.prometheus_api import Series
from tests.schemes.ruletests.slos import COUNTERS, MONTH, PROBE, slo
from tests.truth import remote_write, server
from tests.truth.recorded import HEAD_IN_ONE_PIECE

MINUTE = Duration(60_000)
AT = 1_717_243_223
"""An evaluation: 23 seconds after a full minute, so that no step of a subquery is at it."""
DAYS = 24 * 3600
LONG = 32 * DAYS
"""Seconds of history of what is read over whole periods: the longest month and a day."""
SHORT = 4 * DAYS
SLOTHS_SHORTEST = names.error_ratio(Duration.parse("5m"))
"""Sloth's rules compute the ratio of the period from it."""
RAW_LABELS = {"job": "shop", "handler": "/", "zone": "a1", "code": "500", "site": "eqiad"}


def service_of(*slos: Slo) -> Service:
    return Service("shop", "sales", slos, Origin("default"))


def every(seconds: int, length: int, at: int = AT) -> list[float]:
    return [float(when) for when in range(at - length // seconds * seconds, at + 1, seconds)]


def history(rules: Sequence[Evaluated], metrics: Sequence[str], raw_series: int) -> list[Series]:
    """Every recorded series at its evaluations, and raw series with scrapes at other seconds."""
    found = []
    for rule in rules:
        if rule.record:
            often = rule.interval.whole_seconds
            times = every(often, LONG if often > 60 or rule.record == SLOTHS_SHORTEST else SHORT)
            value = float(AT - LONG) if rule.record == names.CALENDAR_START else float(AT)
            found.append(Series({**dict(rule.labels), "__name__": rule.record}, times, [value] * len(times)))
    for metric in metrics:
        for number in range(raw_series):
            times = every(60, SHORT, AT - 16)
            labels = {**RAW_LABELS, "__name__": metric, "pod": str(number)}
            found.append(Series(labels, times, [float(60 * index) for index in range(len(times))]))
    return found


@pytest.mark.prometheus
@pytest.mark.parametrize("rules", ["weighted", "sloth"])
def test_prometheus_counts_the_same_samples(rules: str, prometheus: Path, tmp_path: Path) -> None:
    """Of every rule, and in a minute; the aim is within 10 %."""
    one = slo(calendar=MONTH, rolling="28d")
    compiled = evaluated(scheme(rules).compile_service(service_of(one), MINUTE).groups)
    known = [*compiled, *evaluated(compile_calendars([MONTH], MINUTE).groups)]
    counter = Counter(known, 3)
    with server.running(prometheus, tmp_path, "--web.enable-remote-write-receiver", *HEAD_IN_ONE_PIECE) as api:
        remote_write.write(api.url, history(known, ["http_requests_total"], 3))
        counted = {rule: api.samples_read(rule.expr, AT) for rule in compiled}
    minutes = {rule: Decimal(rule.interval.milliseconds) / 60_000 for rule in compiled}
    computed = {rule: counter.cost([rule]).samples_per_minute * minutes[rule] for rule in compiled}
    far = {
        " ".join(rule.expr.split()): (float(computed[rule]), count)
        for rule, count in counted.items()
        if abs(float(computed[rule]) - count) > max(3, count * 0.05)
    }
    assert far == {}
    in_a_minute = sum(count / minutes[rule] for rule, count in counted.items())
    cost = counter.cost(compiled)
    assert float(cost.samples_per_minute) == pytest.approx(float(in_a_minute), rel=0.02)
    assert cost.series == len([rule for rule in compiled if rule.record])


def rule(record: str, expr: str, interval: str = "1m", **labels: str) -> Evaluated:
    return Evaluated(record, expr, tuple(labels.items()), Duration.parse(interval))


@pytest.mark.parametrize(
    ("expr", "samples"),
    [
        ("vector(1)", 0),
        ("rate(raw[5m])", 15),
        ("sum(rate(raw{code='500'}[5m])) / sum(rate(raw[5m]))", 30),
        ("often", 1),
        ("sum_over_time(often[59m59s])", 60),
        ("sum_over_time(seldom[1h])", 30),
        ("sum_over_time(seldom[1h] offset 1d)", 30),
        ("tile{id='a'} or tile{id='b'}", 2),
        ("tile{id='c'}", 0),
        ("tile", 2),
        # a result of each step
        ("sum_over_time((tile{id='a'} or tile{id='a'} offset 5m)[1d:1h])", 24),
        ("max_over_time(raw[1h:])", 60 * 3),
        ("avg_over_time(sum(raw)[1h:10m])", 6),
    ],
)
def test_samples_of_an_expression(expr: str, samples: int) -> None:
    known = [
        rule("often", "sum(rate(raw[5m]))"), rule("seldom", "vector(1)", "2m"),
        rule("tile", "vector(1)", "2m", id="a"), rule("tile", "vector(1)", "2m", id="b"),
    ]  # fmt: skip
    counter = Counter(known, 3)
    assert counter.cost([rule("", expr)]) == Cost(0, Decimal(1), Decimal(samples))
    assert counter.cost([rule("", expr, "2m")]).samples_per_minute * 2 == samples


def test_raw_series_that_are_known_are_selected_by_their_labels() -> None:
    raw = [(("__name__", "raw"), ("code", code)) for code in ("200", "404", "500")]
    assert Counter([], raw).cost([rule("", "raw{code=~'[45]..'} + on () other")]).samples_per_minute == 2


def test_series_that_are_recorded() -> None:
    known = [rule("all", "rate(raw[5m])"), rule("one", "sum(all)"), rule("number", "5 * scalar(one)")]
    counter = Counter(known, 3)
    assert [counter.cost([each]).series for each in known] == [3, 1, 1]
    # the two rules that read recordings read three series and one
    assert counter.cost(known).samples_per_minute == 15 + 3 + 1


def test_a_project_is_the_sum_of_its_slos_and_of_the_calendars() -> None:
    shop = service_of(slo(calendar=MONTH), slo("probe", PROBE, calendar=None, group_by=("site",)))
    workspace = Workspace((shop,))
    whole = project_cost(workspace, Project(), None, 1)
    assert [each.slo for each in whole.slos] == ["availability", "probe"]
    assert whole.shared == Cost(2, Decimal(2), Decimal(0))
    assert whole.total == whole.slos[0].cost + whole.slos[1].cost + whole.shared
    one = project_cost(workspace, Project(), [shop.slos[1].id], 1)
    assert (one.slos, one.shared, one.total) == ((whole.slos[1],), Cost(), whole.slos[1].cost)
    assert one.slos[0].group_by == ("site",)


def test_more_raw_series_cost_samples_only() -> None:
    workspace = Workspace((service_of(slo(indicator=COUNTERS)),))
    one, ten = (project_cost(workspace, Project(), None, number).total for number in (1, 10))
    assert (one.series, one.rule_evaluations_per_minute) == (ten.series, ten.rule_evaluations_per_minute)
    # all events, bad events, and all events for their zero: five minutes every minute, an hour and a minute every two
    assert ten.samples_per_minute - one.samples_per_minute == 9 * 3 * (5 + Decimal(61) / 2)


def test_alerts_without_recordings_read_what_another_server_records() -> None:
    workspace = Workspace((service_of(slo()),))
    whole = project_cost(workspace, Project(), None, 1)
    alerts = project_cost(workspace, msgspec.structs.replace(Project(), write_only="alerts"), None, 1)
    compiled = scheme("weighted").compile_service(workspace.services[0], MINUTE)
    recorded = [each for group in compiled.groups for each in group.rules if isinstance(each, RecordingRule)]
    assert alerts.total.series == 0
    assert whole.total.series == len(recorded) + 2
    assert 0 < alerts.total.samples_per_minute < whole.total.samples_per_minute / 10
