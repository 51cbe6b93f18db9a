"""Pyrra's ServiceLevelObjective: its meaning, tested with promtool; windows, alerts and labels; wrong input."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from slosmith.engines.promtool import run_rule_tests
from slosmith.formats.dialects.pyrra.windows import pyrra_windows
from slosmith.model import BooleanGauge, CounterRatio, Duration, HistogramLatency, NativeHistogramLatency, Slo
from slosmith.output.compile import compile_workspace
from slosmith.output.long_tests import long_test_files
from slosmith.schemes.tiers import all_tiers
from slosmith.workspace import load
from tests.formats.dialects.evaluation import expect, judged, loaded, said, sound

REQUESTS = 'http_requests_total{job="checkout"}'
ERRORS = 'http_requests_total{job="checkout",code=~"5.."}'
RATIO = f"""\
    ratio:
      errors: {{metric: '{ERRORS}'}}
      total: {{metric: '{REQUESTS}'}}
"""
LATENCY = """\
    latency:
      success: {metric: 'http_request_duration_seconds_bucket{job="checkout",le="0.5"}'}
      total: {metric: 'http_request_duration_seconds_count{job="checkout"}'}
"""
NATIVE = """\
    latencyNative:
      total: {metric: 'http_request_duration_seconds{job="checkout"}'}
      latency: 500ms
"""
PROBE = "    bool_gauge: {metric: 'probe_success{job=\"checkout\"}'}\n"


def slo_text(indicator: str = RATIO, extra: str = "", metadata: str = "{name: checkout-errors}") -> str:
    return (
        f"apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata: {metadata}\nspec:\n"
        f'  target: "99"\n  window: 28d\n  indicator:\n{indicator}{extra}'
    )


def only(folder: Path, text: str) -> Slo:
    workspace = sound(loaded(folder, text)).workspace
    assert workspace is not None
    (slo,) = workspace.slos()
    return slo


# --- indicators


def test_a_ratio(tmp_path: Path, promtool: Path) -> None:
    found = loaded(tmp_path, slo_text())
    slo = only(tmp_path, slo_text())
    assert isinstance(slo.indicator, CounterRatio)
    assert (slo.service, slo.name, slo.objective.target_ratio) == ("checkout-errors", "availability", Decimal("0.99"))
    series = {
        'http_requests_total{job="checkout",code="200"}': "0+80x120",
        'http_requests_total{job="checkout",code="500"}': "0+20x120",
        'http_requests_total{job="other",code="500"}': "0+20x120",
    }
    # 14 times the budget over 64 minutes of 4 weeks: 14 %
    fired = [{"severity": "page", "slo_tier": "1h", "sloth_service": "checkout-errors"}]
    expect(promtool, found, series, {"slo:sli_error:ratio_rate1h": 0.2}, alerts={"ErrorBudgetBurn": [
        *fired, {"severity": "page", "slo_tier": "6h", "sloth_service": "checkout-errors"},
        {"severity": "ticket", "slo_tier": "1d", "sloth_service": "checkout-errors"},
        {"severity": "ticket", "slo_tier": "4d", "sloth_service": "checkout-errors"},
    ]})  # fmt: skip


def test_latency(tmp_path: Path, promtool: Path) -> None:
    slo = only(tmp_path, slo_text(LATENCY))
    assert isinstance(slo.indicator, HistogramLatency)
    assert (slo.name, slo.indicator.le, slo.objective.threshold) == ("latency", "0.5", Duration(500))
    bucket = 'http_request_duration_seconds_bucket{job="checkout",le="%s"}'
    series = {
        bucket % "0.5": "0+7x120",
        bucket % "1.0": "0+9x120",
        'http_request_duration_seconds_count{job="checkout"}': "0+10x120",
    }
    expect(promtool, loaded(tmp_path, slo_text(LATENCY)), series, {"slo:sli_error:ratio_rate1h": 0.3})


def test_a_native_histogram(tmp_path: Path) -> None:
    slo = only(tmp_path, slo_text(NATIVE))
    assert isinstance(slo.indicator, NativeHistogramLatency)
    assert (slo.indicator.threshold, slo.objective.threshold) == (Decimal("0.5"), Duration(500))


def test_a_probe(tmp_path: Path, promtool: Path) -> None:
    assert isinstance(only(tmp_path, slo_text(PROBE)).indicator, BooleanGauge)
    series = {
        'probe_success{job="checkout",instance="a"}': "1x120",
        'probe_success{job="checkout",instance="b"}': "0x120",
    }
    expect(promtool, loaded(tmp_path, slo_text(PROBE)), series, {"slo:sli_error:ratio_rate1h": 0.5})


# --- groups


def test_groups(tmp_path: Path, promtool: Path) -> None:
    text = slo_text(RATIO + "      grouping: [site, handler]\n")
    assert only(tmp_path, text).group_by == ("site", "handler")
    name = 'http_requests_total{job="checkout",site="%s",handler="%s",code="%s"}'
    series = {
        name % ("a", "/pay", "200"): "0+5x120",
        name % ("a", "/pay", "500"): "0+5x120",
        name % ("a", "/see", "200"): "0+10x120",
        name % ("b", "/pay", "200"): "0+9x120",
        name % ("b", "/pay", "503"): "0+1x120",
    }
    by = "sum by (site, handler) (%s)"
    values = {
        '{handler="/pay", site="a"}': 0.5,
        '{handler="/pay", site="b"}': 0.1,
        '{handler="/see", site="a"}': 0.0,
    }
    expect(
        promtool,
        loaded(tmp_path, text),
        series,
        {
            by % "slo:sli_error:ratio_rate1h": values,
            by % "slo:current_burn_rate:ratio": {labels: 100 * value for labels, value in values.items()},
        },
        alerts={
            "ErrorBudgetBurn": [
                {"site": "a", "handler": "/pay", "slo_tier": "1h"},
                *(
                    {"site": site, "handler": "/pay", "slo_tier": tier}
                    for site in ("a", "b")
                    for tier in ("6h", "1d", "4d")
                ),
            ]
        },
    )


# --- windows and alerts


@pytest.mark.parametrize("days", [7, 14, 28, 30, 90, 365])
def test_windows_scale_with_the_period(days: int) -> None:
    period = Duration.from_seconds(days * 86_400)
    windows = list(pyrra_windows(period).values())
    assert [window.severity for window in windows] == ["page", "page", "ticket", "ticket"]
    for window, factor, minutes in zip(windows, (14, 7, 2, 1), (60, 360, 1440, 5760), strict=True):
        assert abs(window.long.whole_seconds - minutes * 60 * days / 28) <= 30
        assert window.long.whole_seconds % 60 == window.short.whole_seconds % 60 == 0
        assert window.short >= Duration.parse("5m")
        burn_rate = window.budget_share * period.seconds / window.long.seconds
        assert abs(burn_rate - factor) < Decimal("1e-12")


def test_windows_of_four_weeks() -> None:
    said = [(str(window.long), str(window.short)) for window in pyrra_windows(Duration.parse("28d")).values()]
    assert said == [("1h", "5m"), ("6h", "30m"), ("1d", "2h"), ("4d", "6h")]


def test_burn_rates_are_pyrras(tmp_path: Path) -> None:
    tiers = all_tiers(only(tmp_path, slo_text().replace("window: 28d", "window: 30d")))
    assert [tier.factor for tier in tiers] == [14, 7, 2, 1]
    assert [str(tier.long) for tier in tiers] == ["1h4m", "6h26m", "1d1h43m", "4d6h51m"]


@pytest.mark.parametrize(
    ("alerting", "expected"),
    [
        ("{}", (True, True, True, True)),
        ("{burnrates: false}", (False, False, False, True)),
        ("{absent: false}", (True, True, True, False)),
    ],
)
def test_alerts_can_be_left_out(tmp_path: Path, alerting: str, expected: tuple[bool, ...]) -> None:
    found = only(tmp_path, slo_text(extra=f"  alerting: {alerting}\n")).alerting
    assert found is not None
    assert (found.page, found.ticket, found.exhaustion, found.absence) == expected


def test_no_alerts_at_all(tmp_path: Path) -> None:
    assert only(tmp_path, slo_text(extra="  alerting: {disabled: true}\n")).alerting is None


def test_names_and_severities_of_alerts(tmp_path: Path, promtool: Path) -> None:
    alerting = "{name: Burns, absentName: Gone, severities: {fastBurn: p1, mediumBurn: p1}}"
    text = slo_text(extra=f"  alerting: {alerting}\n")
    series = {'http_requests_total{job="checkout",code="500"}': "0+20x80"}
    fired = [{"severity": "p1", "slo_tier": tier} for tier in ("1h", "6h")]
    fired += [{"severity": "ticket", "slo_tier": tier} for tier in ("1d", "4d")]
    expect(promtool, loaded(tmp_path, text), series, {}, at="70m", alerts={"Burns": fired, "Gone": []})
    gone = [{"sloth_slo": "availability", "severity": "page"}]
    expect(promtool, loaded(tmp_path, text), {"other": "1x90"}, {}, at="90m", alerts={"Burns": [], "Gone": gone})


# --- metadata


def test_labels_annotations_and_the_service(tmp_path: Path) -> None:
    metadata = (
        "{name: checkout-errors, namespace: shop, labels: {pyrra.dev/team: pay, pyrra.dev/tier: gold, app: x},"
        " annotations: {pyrra.dev/runbook: 'https://example.org/r', pyrra.dev/note: n, slosmith/service: checkout}}"
    )
    slo = only(tmp_path, slo_text(metadata=metadata))
    assert (slo.service, slo.name, slo.team, slo.runbook) == ("checkout", "errors", "pay", "https://example.org/r")
    assert slo.labels == (("team", "pay"), ("tier", "gold"))
    assert slo.alerting is not None
    assert dict(slo.alerting.annotations)["note"] == "n"


def test_documents_of_one_service_are_put_together(tmp_path: Path) -> None:
    metadata = "{name: %s, labels: {pyrra.dev/service: checkout}}"
    text = slo_text(metadata=metadata % "errors") + "---\n" + slo_text(LATENCY, metadata=metadata % "checkout-fast")
    workspace = sound(loaded(tmp_path, text)).workspace
    assert workspace is not None
    assert [slo.id for slo in workspace.slos()] == ["checkout-errors", "checkout-fast"]


def test_what_is_not_a_matter_of_rules_is_told(tmp_path: Path) -> None:
    extra = "  performanceOverAccuracy: true\n  partial_response_strategy: warn\n"
    found = sound(loaded(tmp_path, slo_text(extra=extra)))
    assert said(found) == [
        ("RES330", 11, ("spec", "performanceOverAccuracy")),
        ("RES330", 12, ("spec", "partial_response_strategy")),
    ]


# --- wrong input


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("target:", "tarjet:", "SCH203", ("tarjet",)),
        ('"99"', '"100"', "SCH214", ("target",)),
        ('"99"', '"abc"', "SCH213", ("target",)),
        ("window: 28d", "window: 28x", "SCH211", ("window",)),
        ("window: 28d", "window: 90m", "SCH215", ("window",)),
        ("window: 28d", "window: 30m", "SCH215", ("window",)),
        ("window: 28d", "window: 2y", "SCH215", ("window",)),
        (ERRORS, "sum(rate(x[5m]))", "RES312", ("indicator", "ratio", "errors", "metric")),
        (ERRORS, REQUESTS, "SCH216", ("indicator", "ratio", "errors", "metric")),
        ("    ratio:", "    ratios:", "SCH203", ("indicator", "ratios")),
    ],
)
def test_problems(tmp_path: Path, old: str, new: str, code: str, path: tuple[str | int, ...]) -> None:
    found = said(loaded(tmp_path, slo_text().replace(old, new)))
    assert (code, ("spec", *path)) in [(problem[0], problem[2]) for problem in found]


@pytest.mark.parametrize("matchers", ['job="x"', 'le=~"0.5"', 'le="+Inf"', 'le="0.5",le="1"'])
def test_a_bucket_needs_a_bound(tmp_path: Path, matchers: str) -> None:
    text = slo_text(LATENCY.replace('job="checkout",le="0.5"', matchers))
    assert said(loaded(tmp_path, text))[0][0] == "SCH216"


def test_thresholds_that_follow_the_traffic(tmp_path: Path) -> None:
    found = loaded(tmp_path, slo_text(extra="  alerting: {burnRateType: dynamic}\n"))
    assert said(found) == [("RES329", 11, ("spec", "alerting", "burnRateType"))]


def test_a_label_that_prometheus_cannot_have(tmp_path: Path) -> None:
    text = slo_text(metadata="{name: a, labels: {pyrra.dev/x-y: z}}")
    assert said(loaded(tmp_path, text)) == [("SCH206", 3, ("metadata", "labels", "pyrra.dev/x-y"))]


def test_each_burn_rate_has_its_severity(tmp_path: Path, promtool: Path) -> None:
    severities = "{fastBurn: critical, mediumBurn: warning, longTermBurn: info, absent: none}"
    text = slo_text(extra=f"  alerting: {{severities: {severities}}}\n")
    alerting = only(tmp_path, text).alerting
    assert alerting is not None
    assert [each.severity for each in alerting.windows] == ["page", "ticket", "ticket", "ticket"]
    series = {'http_requests_total{job="checkout",code="500"}': "0+20x80"}
    fired = [
        {"slo_tier": "1h", "severity": "critical"}, {"slo_tier": "6h", "severity": "warning"},
        {"slo_tier": "1d", "severity": "ticket"}, {"slo_tier": "4d", "severity": "info"},
    ]  # fmt: skip
    expect(promtool, load(tmp_path), series, {}, at="70m", alerts={"ErrorBudgetBurn": fired})
    gone = [{"slo_tier": "absent", "severity": "none"}]
    expect(promtool, load(tmp_path), {"other": "1x90"}, {}, at="90m", alerts={"SLOMetricAbsent": gone})


@pytest.mark.parametrize(("window", "hold"), [("28d", "2m"), ("90d", "6m"), ("7d", "1m"), ("1h", "1m")])
def test_missing_data_alerts_as_soon_as_with_pyrra(tmp_path: Path, window: str, hold: str) -> None:
    alerting = only(tmp_path, slo_text().replace("window: 28d", f"window: {window}")).alerting
    assert alerting is not None
    assert (str(alerting.absent_for), alerting.absent_severity) == (hold, "page")


def test_success_may_be_narrower_than_total(tmp_path: Path, promtool: Path) -> None:
    """Slow requests are bad. Failed requests are bad too, even if they are fast."""
    metric = 'http_request_duration_seconds_%s{job="checkout",status%s}'
    indicator = LATENCY.replace('job="checkout",le="0.5"', 'job="checkout",status!~"5..",le="0.35"')
    bucket = 'http_request_duration_seconds_bucket{job="checkout",status="%s",le="%s"}'
    series = {
        bucket % ("200", "0.35"): "0+6x120", bucket % ("200", "+Inf"): "0+8x120",
        bucket % ("500", "0.35"): "0+2x120", bucket % ("500", "+Inf"): "0+2x120",
        metric % ("count", '="200"'): "0+8x120", metric % ("count", '="500"'): "0+2x120",
    }  # fmt: skip
    found = loaded(tmp_path, slo_text(indicator))
    expect(promtool, found, series, {"slo:sli_error:ratio_rate1h": 0.4})
    codes = {problem.code for problem in judged(found)}
    assert not codes & {"SLI301", "SLI302"}
    # the count must not have more matchers than the bucket
    other = LATENCY.replace('_count{job="checkout"}', '_count{job="checkout",status!~"5.."}')
    assert "SLI302" in {problem.code for problem in judged(loaded(tmp_path / "other", slo_text(other)))}


@pytest.mark.parametrize(("window", "tiers"), [
    ("1h", [("page", 7, "5m", "5m"), ("ticket", 2, "5m", "5m"), ("ticket", 1, "9m", "5m")]),
    ("6h", [("page", 7, "5m", "5m"), ("ticket", 2, "13m", "5m"), ("ticket", 1, "51m", "5m")]),
    pytest.param(
        "1d", [("page", 14, "5m", "5m"), ("page", 7, "13m", "5m"), ("ticket", 2, "51m", "5m"),
               ("ticket", 1, "3h26m", "13m")], marks=pytest.mark.all,
    ),
])  # fmt: skip
def test_short_periods(tmp_path: Path, promtool: Path, window: str, tiers: list[tuple[str, int, str, str]]) -> None:
    """`make test` has an hour and six hours, which are summed as a day is."""
    text = slo_text().replace("window: 28d", f"window: {window}")
    slo = only(tmp_path, text)
    assert [(each.severity, each.factor, str(each.long), str(each.short)) for each in all_tiers(slo)] == tiers
    series = {
        'http_requests_total{job="checkout",code="200"}': "0+970x1600",
        'http_requests_total{job="checkout",code="500"}': "0+30x1600",
    }
    # three times the budget, of so many events that it is no chance: the tickets fire and the pages do not
    at = {"1h": "2h", "6h": "7h", "1d": "25h"}[window]
    names = [each.name for each in all_tiers(slo) if each.severity == "ticket"]
    values = {f"slo:sli_error:ratio_rate{window}": 0.03, "slo:period_error_budget_remaining:ratio": -2.0}
    fired = [{"slo_tier": name} for name in names]
    expect(promtool, load(tmp_path), series, values, at=at, alerts={"ErrorBudgetBurn": fired})


def test_labels_of_all_rules_and_the_description(tmp_path: Path, promtool: Path) -> None:
    extra = (
        "  description: Orders that go through.\n"
        "  ruleOutput: {shortRulesLabels: {ruler: a, part: x}, longRulesLabels: {ruler: a},"
        " enableDescriptionAsLabel: true}\n"
    )
    found = sound(loaded(tmp_path, slo_text(extra=extra)))
    assert said(found) == [("RES330", 12, ("spec", "ruleOutput", "shortRulesLabels", "part"))]
    series = {'http_requests_total{job="checkout",code="500"}': "0+20x30"}
    values = {'sum by (ruler) (slo:sli_error:ratio_rate1h)': {'{ruler="a"}': 1.0},
              'sum by (description) (sloth_slo_info)': {'{description="Orders that go through."}': 1.0}}  # fmt: skip
    expect(promtool, found, series, values, at="30m")


def test_a_target_of_100_says_what_follows(tmp_path: Path) -> None:
    (problem,) = loaded(tmp_path, slo_text().replace('"99"', '"100"')).problems
    assert problem.code == "SCH214"
    assert "every error would alert at once" in problem.hint
    assert "99.99" in problem.hint


@pytest.mark.prometheus
@pytest.mark.parametrize("rules", ["weighted", "sloth"])
@pytest.mark.parametrize("window", [pytest.param("90d", marks=pytest.mark.all), "1y"])
def test_unit_tests_of_long_periods_pass(tmp_path: Path, promtool: Path, window: str, rules: str) -> None:
    """Their alert windows are weeks or months long, and no whole hours: 52d3h26m of a year, which `make test` has."""
    settings = f"targets: {{prometheus: {{}}}}\nrules: {rules}\n"
    found = sound(loaded(tmp_path / "specs", slo_text().replace("28d", window), settings))
    assert found.workspace is not None
    for name, text in compile_workspace(found.workspace, found.project).items():
        (tmp_path / Path(name).name).write_text(text, "utf-8")
    (long,) = long_test_files(found.workspace, found.project, "specs", [tmp_path / "checkout-errors.yaml"])
    (tmp_path / "long_test.yaml").write_text(long.text, "utf-8")
    tests = [tmp_path / "checkout-errors_test.yaml", tmp_path / "long_test.yaml"]
    assert [result.messages for result in run_rule_tests(promtool, tests, 2) if not result.passed] == []
