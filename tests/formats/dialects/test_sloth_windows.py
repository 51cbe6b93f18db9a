"""Unusual alert windows, in Sloth's AlertWindows and in slokit's specs, and other additions of slokit."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from slosmith.model import Duration, HistogramLatency, Slo
from slosmith.promql import selector_text
from slosmith.schemes.tiers import all_tiers
from slosmith.workspace import LoadedWorkspace
from tests.formats.dialects.evaluation import expect, loaded, said, sound

SPEC = """\
version: prometheus/v1
service: shop
slos:
  - name: orders
    objective: 99
    PERIOD
    sli:
      events:
        error_query: sum(rate(orders_total{result="failed"}[{{.window}}]))
        total_query: sum(rate(orders_total[{{.window}}]))
    alerting: {name: Orders, WINDOWS}
"""
QUICK = """\
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 30d
  page:
    quick: {errorBudgetPercent: 2, shortWindow: 2m, longWindow: 1h}
    slow: {errorBudgetPercent: 5, shortWindow: 30m, longWindow: 6h}
  ticket:
    quick: {errorBudgetPercent: 10, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 10, shortWindow: 6h, longWindow: 3d}
"""
# one order in five fails until two minutes before the end of two hours
RECENT = {
    'orders_total{result="ok"}': "0+8x117 946+10x2",
    'orders_total{result="failed"}': "0+2x117 234+0x2",
}


def spec(period: str = "", windows: str = "labels: {a: b}") -> str:
    return SPEC.replace("    PERIOD\n", f"    period: {period}\n" if period else "").replace("WINDOWS", windows)


def own_windows(*rows: str) -> str:
    """slokit's ``windows``, made from severity, long window, short window and burn rate."""
    items = [dict(zip(("severity", "long", "short", "factor"), row.split(), strict=True)) for row in rows]
    return f"windows: [{', '.join('{' + ', '.join(f'{k}: {v}' for k, v in item.items()) + '}' for item in items)}]"


def slo_of(found: LoadedWorkspace) -> Slo:
    workspace = sound(found).workspace
    assert workspace is not None
    (slo,) = workspace.slos()
    return slo


@pytest.mark.parametrize("rules", ["weighted", "sloth"])
def test_a_window_of_two_minutes(rules: str, tmp_path: Path, promtool: Path) -> None:
    files = {"services/a.yaml": spec(), "catalogues/quick.yaml": QUICK}
    found = loaded(tmp_path, files, f"rules: {rules}\n")
    windows = slo_of(found).alerting.windows  # type: ignore[union-attr]
    if rules == "sloth":
        assert said(found) == []
        assert str(windows[0].short) == "2m"
        # both minutes are good; the hour still contains the failures
        values = {"slo:sli_error:ratio_rate2m": 0.0, "round(slo:sli_error:ratio_rate1h, 0.1)": 0.2}
        expect(promtool, found, RECENT, values, at="2h")
    else:
        assert [code for code, _, _ in said(found)] == ["RES333"]
        assert (str(windows[0].short), windows[0].budget_share) == ("5m", Decimal("0.02"))
        tiers = [{"slo_tier": tier} for tier in ("1h", "6h", "1d", "3d")]
        expect(promtool, found, RECENT, {}, at="1h57m", alerts={"Orders": tiers})


def test_short_windows_keep_their_burn_rate(tmp_path: Path) -> None:
    windows = own_windows("page 3m 1m 10", "page 4m 2m 9")
    tiers = all_tiers(slo_of(loaded(tmp_path, spec(windows=windows))))
    # both windows become 5m, and the one with the lower burn rate is kept
    assert [(tier.factor, str(tier.long), str(tier.short)) for tier in tiers] == [(9, "5m", "5m")]


# --- slokit


@pytest.mark.parametrize(("period", "settings", "rolling"), [
    ("", "", "30d"), ("", "period: {rolling: 28d}\n", "28d"),
    ("7d", "period: {rolling: 28d}\n", "7d"), ("6h", "", "6h"),
])  # fmt: skip
def test_burn_rates_hold_for_whatever_period(tmp_path: Path, period: str, settings: str, rolling: str) -> None:
    windows = own_windows("page 1h 10m 12", "ticket 3h 1h 2.5")
    slo = slo_of(loaded(tmp_path, spec(period, windows), settings))
    assert slo.period.rolling == Duration.parse(rolling)
    said_of = [(tier.severity, tier.factor, str(tier.long), str(tier.short)) for tier in all_tiers(slo)]
    assert said_of == [("page", 12, "1h", "10m"), ("ticket", Decimal("2.5"), "3h", "1h")]


@pytest.mark.parametrize("rules", ["weighted", "sloth"])
def test_own_windows_fire_at_their_burn_rate(rules: str, tmp_path: Path, promtool: Path) -> None:
    windows = own_windows("page 1h 10m 19", "page 30m 6m 21")
    settings = f"rules: {rules}\nalerting: {{max_error_ratio: 90%}}\n"
    found = loaded(tmp_path, spec("7d", windows), settings)
    series = {'orders_total{result="ok"}': "0+8x120", 'orders_total{result="failed"}': "0+2x120"}
    label = {"slo_tier": "1h"} if rules == "weighted" else {"sloth_severity": "page"}
    expect(promtool, found, series, {"slo:sli_error:ratio_rate1h": 0.2}, alerts={"Orders": [label]})
    found = loaded(tmp_path, spec("7d", windows.replace("19", "20.5")), settings)
    expect(promtool, found, series, {}, alerts={"Orders": []})


def test_latency_by_histogram_and_bound(tmp_path: Path, promtool: Path) -> None:
    text = spec().split("    sli:")[0] + (
        '    sli: {latency: {histogram_metric: order_seconds, threshold: "0.30", selector: \'job="api"\'}}\n'
        "    alerting: {name: Slow}\n"
    )
    found = loaded(tmp_path, text)
    slo = slo_of(found)
    assert isinstance(slo.indicator, HistogramLatency)
    assert selector_text(slo.indicator.total[0]) == 'order_seconds_count{job="api"}'
    assert (slo.indicator.le, slo.objective.threshold) == ("0.3", Duration(300))
    series = {'order_seconds_bucket{job="api",le="0.3"}': "0+9x120", 'order_seconds_count{job="api"}': "0+12x120"}
    expect(promtool, found, series, {"slo:sli_error:ratio_rate1h": 0.25})


@pytest.mark.parametrize(("old", "new", "code", "path"), [
    ("period: 7d", "period: 90m", "SCH215", ("period",)),
    ("period: 7d", "period: 7", "SCH211", ("period",)),
    ("short: 5m", "short: 2h", "SCH207", ("alerting", "windows", 0, "short")),
    ("severity: page", "severity: pages", "SCH206", ("alerting", "windows", 0, "severity")),
    ("factor: 2", "factor: 0", "SCH207", ("alerting", "windows", 0, "factor")),
    ("long: 1h,", "", "SCH204", ("alerting", "windows", 0)),
    ("long: 1h", "long: 8d", "RES331", ("period",)),
])  # fmt: skip
def test_problems(tmp_path: Path, old: str, new: str, code: str, path: tuple[str | int, ...]) -> None:
    text = spec("7d", "windows: [{severity: page, long: 1h, short: 5m, factor: 2}]").replace(old, new)
    assert (code, ("slos", 0, *path)) in [(found[0], found[2]) for found in said(loaded(tmp_path, text))]


# --- no alerts


def test_a_project_may_have_no_alerts(tmp_path: Path, promtool: Path) -> None:
    """Like Sloth's --disable-alerts: all values are recorded, and there are no alerts."""
    off = ", ".join(f"{name}: {{disable: true}}" for name in ("page", "ticket", "absence", "exhaustion"))
    for rules in ("weighted", "sloth"):
        found = loaded(tmp_path / rules, spec(), f"rules: {rules}\nalerting: {{{off}}}\n")
        series = {'orders_total{result="ok"}': "0+1x60", 'orders_total{result="failed"}': "0+1x60"}
        values = {f"slo:sli_error:ratio_rate{window}": 0.5 for window in ("5m", "1h", "3d")}
        nothing: dict[str, float | dict[str, float]] = {"count by (alertname) (ALERTS)": {}}
        expect(promtool, found, series, {**values, **nothing}, at="1h")
