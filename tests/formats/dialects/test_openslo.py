"""OpenSLO v1: the meaning of its documents, tested with promtool; references between files; fields without rules."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from slosmith.model import Calendar, CounterRatio, Duration, GaugeThreshold, QueryRatio, RawRatio, Slo
from slosmith.schemes.tiers import all_tiers
from slosmith.workspace import load
from tests.formats.dialects.evaluation import expect, expect_at, loaded, said, sound

REQUESTS = 'http_requests_total{job="checkout"}'
ERRORS = 'http_requests_total{job="checkout",code=~"5.."}'
SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout-availability}
spec:
  service: checkout
  INDICATOR
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: METHOD
  objectives: [{OBJECTIVE}]
"""
RATIO = f"""\
indicator:
    spec:
      ratioMetric:
        counter: true
        bad: {{metricSource: {{type: Prometheus, spec: {{query: '{ERRORS}'}}}}}}
        total: {{metricSource: {{type: Prometheus, spec: {{query: '{REQUESTS}'}}}}}}"""
# 9 good requests a minute and 1 bad one
STEADY = {
    'http_requests_total{job="checkout",code="200"}': "0+9x120",
    'http_requests_total{job="checkout",code="500"}': "0+1x120",
}


def slo_text(indicator: str = RATIO, method: str = "Occurrences", objective: str = "target: 0.99") -> str:
    return SLO.replace("INDICATOR", indicator).replace("METHOD", method).replace("OBJECTIVE", objective)


def metric(key: str, query: str) -> str:
    return f"{key}: {{metricSource: {{spec: {{query: '{query}'}}}}}}"


def ratio_of(*metrics: str) -> str:
    return "indicator:\n    spec:\n      ratioMetric:\n" + "\n".join(f"        {line}" for line in metrics)


def threshold_of(query: str) -> str:
    return f"indicator:\n    spec:\n      {metric('thresholdMetric', query)}"


def ratio(window: str = "5m", slo: str = "availability") -> str:
    return f'slo:sli_error:ratio_rate{window}{{sloth_service="checkout", sloth_slo="{slo}"}}'


def only(folder: Path, text: str) -> Slo:
    workspace = sound(loaded(folder, text)).workspace
    assert workspace is not None
    (slo,) = workspace.slos()
    return slo


# --- indicators


def test_counters_become_a_counter_ratio(tmp_path: Path, promtool: Path) -> None:
    slo = only(tmp_path, slo_text())
    assert isinstance(slo.indicator, CounterRatio)
    assert (slo.service, slo.name, slo.id) == ("checkout", "availability", "checkout-availability")
    assert slo.objective.target_ratio == Decimal("0.99")
    assert slo.dialect == "openslo/v1"
    expect(promtool, load(tmp_path), STEADY, {ratio(): 0.1, ratio("1h"): 0.1, "slo:sli_total:rate5m": 10 / 60})


@pytest.mark.parametrize(
    "indicator",
    [
        ratio_of("counter: true", metric("good", REQUESTS[:-1] + ',code="200"}'), metric("total", f"sum({REQUESTS})")),
        ratio_of(metric("bad", f"sum(rate({ERRORS}[{{{{.window}}}}]))"),
                 metric("total", f"sum(rate({REQUESTS}[{{{{ .window }}}}]))")),
        ratio_of(metric("bad", f"sum(rate({ERRORS}[2m]))"), metric("total", f"sum(rate({REQUESTS}[2m]))")),
        ratio_of("counter: true", metric("bad", f"sum(rate({ERRORS}[{{{{.window}}}}]))"), metric("total", REQUESTS)),
        ratio_of("rawType: failure", metric("raw", f"sum(rate({ERRORS}[5m])) / sum(rate({REQUESTS}[5m]))")),
        ratio_of("rawType: success", metric("raw", f"1 - sum(rate({ERRORS}[{{{{.window}}}}]))"
                                                   f" / sum(rate({REQUESTS}[{{{{.window}}}}]))")),
    ],
    ids=["good counters, summed", "windows", "ranges of their own", "mixed", "raw failures", "raw successes"],
)  # fmt: skip
def test_every_way_of_counting_gives_the_same_ratio(tmp_path: Path, promtool: Path, indicator: str) -> None:
    expect(promtool, loaded(tmp_path, slo_text(indicator)), STEADY, {ratio(): 0.1, ratio("1h"): 0.1})


def test_the_increase_of_an_expression_is_refused(tmp_path: Path) -> None:
    indicator = ratio_of("counter: true", metric("bad", f"{ERRORS} + 0"), metric("total", REQUESTS))
    path = ("spec", "indicator", "spec", "ratioMetric", "bad", "metricSource", "spec", "query")
    assert said(loaded(tmp_path, slo_text(indicator))) == [("RES313", 10, path)]


@pytest.mark.parametrize("query", ["1 + 1", "x[5m]", "x[{{.window}}]", '"text"'])
def test_a_query_must_give_series(tmp_path: Path, query: str) -> None:
    (code, line, path), *others = said(loaded(tmp_path, slo_text(ratio_of("rawType: failure", metric("raw", query)))))
    assert (code, line, path[-1], others) == ("RES312", 10, "query", [])


# --- budgeting methods


def counted(busy: int, quiet: int) -> str:
    """A counter over two hours, scraped every minute. Ten busy minutes and ten quiet minutes alternate."""
    values = [0]
    for minute in range(120):
        values.append(values[-1] + (busy if minute % 20 < 10 else quiet))
    return " ".join(map(str, values))


SLICES = {
    # 100 requests a minute with 10 errors each, then 10 a minute without
    'http_requests_total{job="checkout",code="200"}': counted(90, 10),
    'http_requests_total{job="checkout",code="500"}': counted(10, 0),
}


def test_time_slices_are_good_or_bad_as_a_whole(tmp_path: Path, promtool: Path) -> None:
    objective = "target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 10m"
    found = loaded(tmp_path, slo_text(method="Timeslices", objective=objective))
    # every second slice has 10 % errors, more than 5 %; as a ratio of events it is 10/110
    expect(promtool, found, SLICES, {f"round({ratio('1h')}, 0.05)": 0.5, "slo:sli_total:rate5m": 1 / 600}, at="1h50m")


def test_a_slice_at_its_target_is_good(tmp_path: Path, promtool: Path) -> None:
    objective = "target: 0.99, timeSliceTarget: 0.9, timeSliceWindow: 10"
    found = loaded(tmp_path, slo_text(method="Timeslices", objective=objective))
    expect(promtool, found, STEADY, {ratio("1h"): 0})


def test_ratio_time_slices_are_the_mean_of_their_ratios(tmp_path: Path, promtool: Path) -> None:
    found = loaded(tmp_path, slo_text(method="RatioTimeslices", objective="target: 0.99, timeSliceWindow: 10m"))
    # 10 % and 0 % alternate, and traffic has no weight
    expect(promtool, found, SLICES, {f"round({ratio('1h')}, 0.005)": 0.05}, at="1h50m")


GAUGES = {'queue_age_seconds{shard="a"}': "10x29 40x29 10x29 40x29", 'queue_age_seconds{shard="b"}': "5x119"}


@pytest.mark.parametrize(
    ("query", "objective", "expected"),
    [
        ("queue_age_seconds", "op: lte, value: 30", 0.5),
        ("queue_age_seconds", "op: lte, value: 40", 0),
        ("queue_age_seconds", "op: lt, value: 40", 0.5),
        ("min(queue_age_seconds)", "op: gte, value: 5", 0),
        ("queue_age_seconds", "op: gt, value: 5", 1),
        ("max(queue_age_seconds) * 2", "op: lte, value: 60", 0.5),
    ],
)
def test_a_value_is_compared_every_minute(
    tmp_path: Path, promtool: Path, query: str, objective: str, expected: float
) -> None:
    found = loaded(tmp_path, slo_text(threshold_of(query), objective=f"target: 0.9, {objective}"))
    expect(promtool, found, GAUGES, {f"round({ratio('1h')}, 0.05)": expected}, at="1h59m")


def test_slices_of_a_value(tmp_path: Path, promtool: Path) -> None:
    objective = "target: 0.9, op: lte, value: 30, timeSliceTarget: 0.5, timeSliceWindow: 30m"
    found = loaded(tmp_path, slo_text(threshold_of("queue_age_seconds"), "Timeslices", objective))
    workspace = sound(found).workspace
    assert workspace is not None
    assert isinstance(workspace.slos()[0].indicator, QueryRatio)
    # series "b" is always good, "a" half of the time: a quarter of all slices is bad
    expect(promtool, found, GAUGES, {f"round({ratio('1h')}, 0.05)": 0.25}, at="1h59m")


def test_a_minute_of_a_gauge_is_a_kind_of_its_own(tmp_path: Path) -> None:
    slo = only(tmp_path, slo_text(threshold_of("queue_age_seconds"), objective="target: 0.9, op: gte, value: 3"))
    assert isinstance(slo.indicator, GaugeThreshold)
    assert (slo.indicator.op, slo.indicator.value, slo.indicator.aggregate) == (">=", Decimal(3), "min")


# --- objectives


def test_several_objectives_and_their_composite(tmp_path: Path, promtool: Path) -> None:
    second = metric("bad", ERRORS.replace("5..", "500|404")), metric("total", REQUESTS)
    inline = "{spec: {ratioMetric: {counter: true, " + ", ".join(second) + "}}}"
    first = "{spec: {ratioMetric: {counter: true, " + f"{metric('bad', ERRORS)}, {metric('total', REQUESTS)}" + "}}}"
    text = slo_text("description: All.", objective="").replace(
        "[{}]",
        f"\n  - {{target: 0.99, displayName: No errors, compositeWeight: 3, indicator: {first}}}"
        f"\n  - {{targetPercent: 95, indicator: {inline}}}",
    )
    found = loaded(tmp_path, text)
    workspace = sound(found).workspace
    assert workspace is not None
    targets = {slo.name: slo.objective.target_ratio for slo in workspace.slos()}
    assert targets == {
        "availability-no-errors": Decimal("0.99"),
        "availability-1": Decimal("0.95"),
        "availability": Decimal("0.98"),
    }
    series = {**STEADY, 'http_requests_total{job="checkout",code="404"}': "0+10x120"}
    expected = {
        ratio(slo="availability-no-errors"): 0.05,
        ratio(slo="availability-1"): 0.55,
        ratio(slo="availability"): (3 * 0.05 + 0.55) / 4,
        ratio("1h", slo="availability"): (3 * 0.05 + 0.55) / 4,
    }
    expect(promtool, found, series, expected)


# --- windows


@pytest.mark.parametrize(
    ("window", "rolling", "starts"),
    [
        ("{duration: 4w, isRolling: true}", "28d", None),
        ("{duration: 720h, isRolling: true}", "30d", None),
        ("{duration: 1M, isRolling: false}", "30d", "month"),
        ('{duration: 1Q, calendar: {startTime: "2025-10-01 00:00:00", timeZone: Etc/UTC}}', "91d", "quarter"),
        ('{duration: 3M, calendar: {startTime: "2026-03-01"}}', "91d", "slo-quarter"),
        ('{duration: 1Y, calendar: {startTime: "2026-04-06 00:00:00"}}', "365d", ((4, 6),)),
        ('{duration: 6M, calendar: {startTime: "2026-11-15T00:00:00"}}', "182d", ((5, 15), (11, 15))),
        ('{duration: 1M, calendar: {startTime: "2026-01-01 06:00:00"}}', "30d", "month-01-06h"),
        ('{duration: 1M, calendar: {startTime: "2026-01-01", timeZone: Etc/GMT-2}}', "30d", "month-01-minus-02h"),
        ("{duration: 1d, isRolling: false}", "1d", "day"),
        ('{duration: 24h, calendar: {startTime: "2026-02-03 06:00:00"}}', "1d", "day-06h"),
        ("{duration: 1w, isRolling: false}", "7d", "week-mon"),
        ('{duration: 7d, calendar: {startTime: "2026-01-04 00:00:00"}}', "7d", "week-sun"),
        (
            '{duration: 2w, calendar: {startTime: "2026-01-05 09:00:00", timeZone: Etc/GMT+5}}',
            "14d",
            "14d-1970-01-05-14h",
        ),
        ("{duration: 6h, isRolling: true}", "6h", None),
    ],
)
def test_windows(tmp_path: Path, window: str, rolling: str, starts: str | tuple[tuple[int, int], ...] | None) -> None:
    slo = only(tmp_path, slo_text().replace("{duration: 28d, isRolling: true}", window))
    assert slo.period.rolling == Duration.parse(rolling)
    calendar = slo.period.calendar
    if starts is None:
        assert calendar is None
    else:
        assert isinstance(calendar, Calendar)
        assert (calendar.name if isinstance(starts, str) else calendar.starts) == starts


@pytest.mark.parametrize(
    ("window", "code", "field"),
    [
        ("{duration: 1M, isRolling: true}", "RES329", ("duration",)),
        ("{duration: 90m, isRolling: true}", "SCH215", ("duration",)),
        ("{duration: 0h, isRolling: true}", "SCH211", ("duration",)),
        ("{duration: 400d, isRolling: false}", "SCH215", ("duration",)),
        ("{duration: 12h, isRolling: false}", "SCH215", ("duration",)),
        ('{duration: 1d, calendar: {startTime: "2026-01-01", timeZone: Europe/Paris}}', "RES329",
         ("calendar", "timeZone")),
        ('{duration: 1w, calendar: {startTime: "2026-01-01 06:30:00"}}', "RES329", ("calendar", "startTime")),
        ("{duration: 5M, isRolling: false}", "RES329", ("duration",)),
        ('{duration: 1M, calendar: {startTime: "2026-01-01", timeZone: CET}}', "RES329", ("calendar", "timeZone")),
        ('{duration: 1M, calendar: {startTime: "2026-01-31"}}', "RES329", ("calendar", "startTime")),
        ('{duration: 1M, calendar: {startTime: "2026-02-31"}}', "SCH212", ("calendar", "startTime")),
        ('{duration: 28d, isRolling: true, calendar: {startTime: "2026-01-01"}}', "SCH209", ("calendar",)),
    ],
)  # fmt: skip
def test_windows_that_cannot_be_had(tmp_path: Path, window: str, code: str, field: tuple[str, ...]) -> None:
    found = loaded(tmp_path, slo_text().replace("{duration: 28d, isRolling: true}", window))
    assert said(found) == [(code, 12, ("spec", "timeWindow", 0, *field))]
    assert found.workspace is None


def test_a_day_is_counted_from_its_start(tmp_path: Path, promtool: Path) -> None:
    """Half of the requests fail until six in the morning, when the day begins. Later no request fails."""
    window = '{duration: 1d, calendar: {startTime: "2026-01-01 06:00:00", timeZone: UTC}}'
    found = loaded(tmp_path, slo_text().replace("{duration: 28d, isRolling: true}", window))
    series = {
        'http_requests_total{job="checkout",code="200"}': "0+5x600",
        'http_requests_total{job="checkout",code="500"}': "0+5x360 1800+0x240",
    }
    spent = "slo:calendar_error_budget_spent:ratio"
    moments: dict[str, dict[str, float]] = {
        # from 06:00 of the day before to 06:00 every second request is bad: this spends the budget 50 times
        "5h": {"slo:calendar_sli_error:ratio": 0.5, spent: 50 * 23 / 24},
        # a new day: its first hour has not ended, so nothing is known
        "6h": {"absent(slo:calendar_sli_error:ratio)": 1, f"absent({spent})": 1},
        # two hours of the new day; for some minutes, 5m rates contain events of the day before
        "8h": {"round(slo:calendar_sli_error:ratio, 0.1)": 0},
    }
    expect_at(promtool, found, series, moments)


def test_the_alerts_of_a_short_window_look_at_parts_of_it(tmp_path: Path, promtool: Path) -> None:
    slo = only(tmp_path, slo_text().replace("28d", "1d"))
    assert slo.alerting is not None
    said = [(str(each.long), str(each.short), each.severity) for each in slo.alerting.windows]
    assert said == [("5m", "5m", "page"), ("13m", "5m", "page"), ("50m", "5m", "ticket"), ("2h30m", "13m", "ticket")]
    factors = [tier.factor for tier in all_tiers(slo)]
    assert factors == [Decimal("13.44"), Decimal("5.6"), Decimal("2.8"), Decimal("1.05")]
    # 10 % of errors are 10 times the budget
    tiers = [{"slo_tier": "13m"}, {"slo_tier": "50m"}, {"slo_tier": "2h30m"}]
    expect(promtool, load(tmp_path), STEADY, {ratio("50m"): 0.1}, alerts={"ErrorBudgetBurn": tiers})


def test_a_named_catalogue_that_is_for_other_periods(tmp_path: Path) -> None:
    found = loaded(tmp_path, slo_text().replace("28d", "1d"), "alerting: {catalogue: sloth}\n")
    assert [code for code, _, _ in said(found)] == ["RES324"]


# --- alerts

POLICY = """\
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec:
  alertWhenNoData: false
  conditions:
  - conditionRef: burns
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: burns}
spec:
  severity: critical
  condition: {kind: burnrate, op: gte, threshold: 14, lookbackWindow: 1h, alertAfter: 10m}
"""


def with_policy(policies: str = "[{alertPolicyRef: fast}]", documents: str = POLICY) -> str:
    return slo_text() + f"  alertPolicies: {policies}\n" + documents


def test_a_policy_is_a_tier(tmp_path: Path, promtool: Path) -> None:
    slo = only(tmp_path, with_policy())
    assert slo.alerting is not None
    (window,) = slo.alerting.windows
    assert (window.name, str(window.long), str(window.short), window.severity) == ("1h", "1h", "10m", "page")
    assert not slo.alerting.absence
    found = load(tmp_path)
    firing = {
        'http_requests_total{job="checkout",code="200"}': "0+86x120",
        'http_requests_total{job="checkout",code="500"}': "0+14x120",
    }
    # the threshold is 14 times 1 %: 14 % is not above it, 15 % is
    expect(promtool, found, firing, {ratio("1h"): 0.14}, alerts={"ErrorBudgetBurn": []})
    firing['http_requests_total{job="checkout",code="500"}'] = "0+16x120"
    fired = [{"severity": "page", "slo_tier": "1h", "sloth_slo": "availability"}]
    expect(promtool, found, firing, {}, alerts={"ErrorBudgetBurn": fired})


def test_no_policies_are_no_alerts_and_nothing_said_is_the_projects(tmp_path: Path) -> None:
    assert only(tmp_path, with_policy("[]", "")).alerting is None
    alerting = only(tmp_path, slo_text()).alerting
    assert alerting is not None
    assert alerting.catalogue == "default"


def test_a_policy_that_never_breaches(tmp_path: Path) -> None:
    documents = POLICY.replace("alertWhenNoData: false", "alertWhenNoData: true\n  alertWhenBreaching: false")
    alerting = only(tmp_path, with_policy(documents=documents)).alerting
    assert alerting is not None
    assert (alerting.page, alerting.ticket, alerting.absence) == (False, False, True)


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("op: gte", "op: lt", "RES329", ("spec", "condition", "op")),
        ("severity: critical", "severity: whatever", "RES329", ("spec", "severity")),
        ("lookbackWindow: 1h", "lookbackWindow: 5m", "RES329", ("spec", "condition", "lookbackWindow")),
        ("alertAfter: 10m", "alertAfter: 2h", "RES329", ("spec", "condition", "alertAfter")),
        ("threshold: 14", "threshold: 1400", "SCH207", ("spec", "condition", "threshold")),
        ("kind: burnrate", "kind: burnrates", "SCH206", ("spec", "condition", "kind")),
        ("conditionRef: burns", "conditionRef: burn", "RES328", ("spec", "conditions", 0, "conditionRef")),
    ],
)
def test_conditions_that_cannot_be_had(
    tmp_path: Path, old: str, new: str, code: str, path: tuple[str | int, ...]
) -> None:
    found = loaded(tmp_path, with_policy(documents=POLICY.replace(old, new)))
    assert [(problem[0], problem[2]) for problem in said(found)] == [(code, path)]


@pytest.mark.parametrize("operator", ["lt", "lte"])
def test_an_alert_below_the_threshold_is_told_what_to_write(tmp_path: Path, operator: str) -> None:
    found = loaded(tmp_path, with_policy(documents=POLICY.replace("op: gte", f"op: {operator}")))
    (problem,) = found.problems
    assert f"`op: {operator}`" in problem.message
    assert "fires above its threshold: write `op: gte` (or `gt`)" in problem.hint


def test_time_zones_are_told_why_not(tmp_path: Path) -> None:
    window = '{duration: 1M, calendar: {startTime: "2026-01-01", timeZone: Europe/Berlin}}'
    found = loaded(tmp_path, slo_text().replace("{duration: 28d, isRolling: true}", window))
    (problem,) = found.problems
    assert "'Europe/Berlin'" in problem.message
    assert "write UTC" in problem.hint
    assert "daylight saving time" in problem.hint


def test_what_belongs_to_alertmanager_is_told(tmp_path: Path) -> None:
    documents = POLICY + (
        "---\napiVersion: openslo/v1\nkind: AlertNotificationTarget\nmetadata: {name: pager}\nspec: {target: pager}\n"
    )
    documents = documents.replace(
        "  conditions:", "  alertWhenResolved: true\n  notificationTargets: [{targetRef: pager}]\n  conditions:"
    )
    found = sound(loaded(tmp_path, with_policy(documents=documents)))
    assert [problem[0] for problem in said(found)] == ["RES330", "RES330"]


# --- references

SHARED = f"""\
apiVersion: openslo/v1
kind: SLI
metadata: {{name: errors}}
spec:
  ratioMetric:
    counter: true
    bad: {{metricSource: {{metricSourceRef: prom, spec: {{query: '{ERRORS}'}}}}}}
    total: {{metricSource: {{metricSourceRef: prom, spec: {{promql: '{REQUESTS}'}}}}}}
---
apiVersion: openslo/v1
kind: DataSource
metadata: {{name: prom}}
spec: {{type: Prometheus, connectionDetails: {{anything: [at, all]}}}}
---
apiVersion: openslo/v1
kind: Service
metadata: {{name: checkout}}
spec: {{description: Takes orders.}}
"""


def test_references_go_across_files(tmp_path: Path, promtool: Path) -> None:
    files = {"services/slo.yaml": slo_text("indicatorRef: errors"), "services/lib/shared.yaml": SHARED}
    found = sound(loaded(tmp_path, files))
    assert found.workspace is not None
    (service,) = found.workspace.services
    assert service.description == "Takes orders."
    expect(promtool, found, STEADY, {ratio(): 0.1})
    # a single file also finds the documents that it refers to
    assert load(tmp_path, [tmp_path / "services" / "slo.yaml"]).workspace is not None


def test_references_to_nothing(tmp_path: Path) -> None:
    found = loaded(tmp_path, {"services/slo.yaml": slo_text("indicatorRef: error"), "services/shared.yaml": SHARED})
    (problem,) = found.problems
    assert (problem.code, problem.line, problem.hint) == ("RES328", 6, "did you mean 'errors'?")


def test_what_is_wrong_in_one_file_is_not_told_in_the_others(tmp_path: Path) -> None:
    shared = SHARED.replace("counter:", "cuonter:")
    found = loaded(tmp_path, {"services/slo.yaml": slo_text("indicatorRef: errors"), "services/shared.yaml": shared})
    assert [(problem.code, problem.file[-11:], problem.hint) for problem in found.problems] == [
        ("SCH203", "shared.yaml", "did you mean 'counter'?")
    ]


def test_another_source_than_prometheus(tmp_path: Path) -> None:
    files = {"services/slo.yaml": slo_text("indicatorRef: errors"), "services/shared.yaml": SHARED}
    files["services/shared.yaml"] = SHARED.replace("type: Prometheus", "type: Datadog")
    assert {(problem[0], problem[2]) for problem in said(loaded(tmp_path, files))} == {("RES329", ("spec", "type"))}


def test_two_documents_of_one_name(tmp_path: Path) -> None:
    files = {
        "services/slo.yaml": slo_text("indicatorRef: errors"),
        "services/s.yaml": SHARED,
        "services/t.yaml": SHARED,
    }
    assert [problem[0] for problem in said(loaded(tmp_path, files))] == ["RES308"] * 3


# --- metadata, and keys


def test_labels_and_links(tmp_path: Path) -> None:
    metadata = (
        "metadata: {name: checkout-availability, labels: {team: shop, tiers: [a, b], app.kubernetes.io/name: x},"
        " annotations: {runbook: https://example.org/r, other: y}}"
    )
    slo = only(tmp_path, slo_text().replace("metadata: {name: checkout-availability}", metadata))
    assert slo.labels == (("team", "shop"), ("tiers", "a,b"))
    assert (slo.team, slo.runbook) == ("shop", "https://example.org/r")
    assert [(code, path) for code, _, path in said(load(tmp_path))] == [
        ("RES330", ("metadata", "labels", "app.kubernetes.io/name"))
    ]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        (slo_text().replace("budgetingMethod", "budgetMethod"), "SCH203", ("spec", "budgetMethod")),
        (slo_text(objective="target: 0.9, targetPercent: 90"), "SCH209", ("spec", "objectives", 0)),
        (slo_text(objective="target: 99"), "SCH207", ("spec", "objectives", 0, "target")),
        (slo_text(objective="target: 0.9, op: lt, value: 3"), "SCH209", ("spec", "objectives", 0, "op")),
        (slo_text(threshold_of("x")), "SCH204", ("spec", "objectives", 0)),
        (slo_text(method="Timeslices"), "SCH204", ("spec", "objectives", 0)),
        (
            slo_text(objective="target: 0.9, timeSliceWindow: 5m"),
            "SCH209",
            ("spec", "objectives", 0, "timeSliceWindow"),
        ),
        (slo_text("description: x"), "SCH204", ("spec",)),
        (slo_text().replace("kind: SLO", "kind: SLOs"), "SCH202", ("kind",)),
    ],
)
def test_problems(tmp_path: Path, text: str, code: str, path: tuple[str | int, ...]) -> None:
    assert (code, path) in [(problem[0], problem[2]) for problem in said(loaded(tmp_path, text))]


def test_a_raw_ratio_stays_one(tmp_path: Path) -> None:
    assert isinstance(only(tmp_path, slo_text(ratio_of("rawType: failure", metric("raw", "x")))).indicator, RawRatio)


# --- sources


FOREIGN = {
    "CloudWatch": "{region: eu-west-1, namespace: AWS/ELB, stat: Sum, jsonQuery: []}",
    "Datadog": "{query: 'sum:requests{*}.as_count()'}",
    "redshift": "{region: eu, clusterId: c, databaseName: d, query: select 1}",
}


@pytest.mark.parametrize("source", FOREIGN)
def test_a_source_that_is_not_prometheus_is_the_reason(tmp_path: Path, source: str) -> None:
    metric = f"{{metricSource: {{type: {source}, spec: {FOREIGN[source]}}}}}"
    found = loaded(tmp_path, slo_text(ratio_of(f"good: {metric}", f"total: {metric}")))
    base = ("spec", "indicator", "spec", "ratioMetric")
    assert [(code, path) for code, _, path in said(found)] == [
        ("RES329", (*base, side, "metricSource", "type")) for side in ("good", "total")
    ]
    assert all("'Prometheus'" in problem.hint or "`Prometheus`" in problem.hint for problem in found.problems)


def test_a_foreign_source_is_the_reason_also_by_reference_and_beside_other_errors(tmp_path: Path) -> None:
    metric = "{metricSource: {metricSourceRef: cloud, spec: {region: eu-west-1}}}"
    text = slo_text(ratio_of(f"good: {metric}", f"total: {metric}"))
    text += "---\napiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: cloud}\nspec: {type: CloudWatch}\n"
    assert [(code, path) for code, _, path in said(loaded(tmp_path / "a", text))] == [("RES329", ("spec", "type"))]
    metric = "{metricSource: {type: Lightstep, spec: {spans: x}}}"
    text = slo_text(ratio_of(f"good: {metric}", f"total: {metric}"), objective="targe: 0.9")
    assert "RES329" in [code for code, _, _ in said(loaded(tmp_path / "b", text))]


def test_a_reference_to_prometheus_needs_a_query(tmp_path: Path) -> None:
    metric = "{metricSource: {metricSourceRef: prom, spec: {region: eu-west-1}}}"
    text = slo_text(ratio_of(f"good: {metric}", f"total: {metric}"))
    text += "---\napiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: prom}\nspec: {type: Prometheus}\n"
    assert {code for code, _, _ in said(loaded(tmp_path, text))} == {"SCH203", "SCH209"}


def test_the_kind_of_a_condition_is_burnrate(tmp_path: Path) -> None:
    """It is the only kind, and the default."""
    alertings = []
    for number, text in enumerate((with_policy(), with_policy().replace("kind: burnrate, ", ""))):
        (slo,) = sound(loaded(tmp_path / str(number), text)).slos
        alertings.append(slo.alerting)
    assert alertings[0] == alertings[1]
    assert "kind: burnrate" in with_policy()


def test_targets_of_exports_need_no_words(tmp_path: Path) -> None:
    target = "notificationTargets: [{kind: AlertNotificationTarget, metadata: {name: x}, spec: {target: TARGET}}]"
    documents = POLICY.replace("alertWhenNoData: false", f"alertWhenNoData: false\n  {target}")
    assert not said(sound(loaded(tmp_path / "a", with_policy(documents=documents.replace("TARGET", "alertmanager")))))
    found = loaded(tmp_path / "b", with_policy(documents=documents.replace("TARGET", "pager")))
    assert [code for code, _, _ in said(found)] == ["RES330"]


# --- as Sloth reads it


def test_sloths_rules_number_the_objectives_as_sloth_does(tmp_path: Path, promtool: Path) -> None:
    """A name must never refer to another SLO. With Sloth's rules all SLOs are numbered from 0, and no single one
    alerts.
    """
    good = metric("good", 'sum(rate(http_requests_total{code="200"}[{{.window}}]))')
    total = metric("total", "sum(rate(http_requests_total[{{.window}}]))")
    text = slo_text(ratio_of(good, total), objective="target: 0.99}, {displayName: strict, target: 0.999")
    found = sound(loaded(tmp_path, text, "rules: sloth\n"))
    assert found.workspace is not None
    slos = found.workspace.slos()
    assert [slo.id for slo in slos] == ["checkout-checkout-availability-0", "checkout-checkout-availability-1"]
    assert [str(slo.objective.target_ratio) for slo in slos] == ["0.99", "0.999"]
    for slo in slos:
        assert slo.alerting is not None
        assert (slo.alerting.page, slo.alerting.ticket) == (False, False)
    values = {f'slo:sli_error:ratio_rate{window}{{sloth_slo="checkout-availability-1"}}': 0.1
              for window in ("5m", "1h", "3d")}  # fmt: skip
    expect(promtool, found, STEADY, values)
    # without a series of good events Sloth has no errors, because it subtracts a missing series
    bad = {'http_requests_total{job="checkout",code="500"}': "0+1x120"}
    expect(promtool, found, bad, {"count by (sloth_slo) (slo:sli_error:ratio_rate5m)": {}})


@pytest.mark.parametrize("names", [("", ""), ("", "1"), ("1", "0"), ("strict", ""), ("2", "strict"), ("a", "a")])
def test_a_number_means_the_same_objective_with_all_rules(tmp_path: Path, names: tuple[str, str]) -> None:
    """Whoever changes the rules keeps the series of an SLO, or starts new ones; no other SLO continues them."""
    parts = [f"displayName: '{name}', target: 0.{nines}" for name, nines in zip(names, ("9", "99"), strict=True)]
    text = slo_text(objective="}, {".join(parts)).replace("name: checkout-", "name: ")
    targets: dict[str, dict[str, Decimal]] = {}
    for rules in ("weighted", "sloth"):
        workspace = sound(loaded(tmp_path / rules, text, f"rules: {rules}\n")).workspace
        assert workspace is not None
        targets[rules] = {slo.id: slo.objective.target_ratio for slo in workspace.slos()}
        assert len(targets[rules]) == 2
    shared = targets["weighted"].keys() & targets["sloth"].keys()
    assert {name: targets["weighted"][name] for name in shared} == {name: targets["sloth"][name] for name in shared}


def test_policies_alert_in_sloths_rules_too(tmp_path: Path) -> None:
    found = sound(loaded(tmp_path, with_policy(), "rules: sloth\n"))
    assert found.workspace is not None
    (slo,) = found.workspace.slos()
    assert slo.name == "checkout-availability-0"
    assert slo.alerting is not None
    assert slo.alerting.page


def test_burn_rates_are_those_of_the_projects_period(tmp_path: Path) -> None:
    """An SLO without a window has the project's period. An alert policy keeps its burn rate."""
    text = with_policy().replace("  timeWindow: [{duration: 28d, isRolling: true}]\n", "")
    found = sound(loaded(tmp_path, text, "period: {rolling: 90d}\n"))
    assert found.workspace is not None
    (slo,) = found.workspace.slos()
    assert [(tier.factor, str(tier.long)) for tier in all_tiers(slo)] == [(14, "1h")]
