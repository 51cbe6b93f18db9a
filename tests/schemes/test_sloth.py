"""Sloth's rules: they equal the rules that Sloth writes, and promtool computes the right values from them."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from slosmith.model import Duration, Slo
from slosmith.model.rules import AlertingRule, RecordingKind, RecordingRule
from slosmith.output.compile import compile_workspace
from slosmith.output.long_tests import long_test_files
from slosmith.output.rule_text import rule_file_text
from slosmith.schemes.sloth.service_rules import compile_service as compile_sloth
from slosmith.schemes.sloth.service_rules import compile_slo
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.vocabulary.provenance import Source
from slosmith.workspace import LoadedWorkspace
from tests.formats.dialects.specs import load_files, slo_of
from tests.promql.forms import normalise

SPEC = """\
version: prometheus/v1
service: library
labels: {owner: shelf}
slos:
  - name: loans
    objective: 99.9
    labels: {category: availability}
    sli:
      events:
        error_query: sum(rate(loans_total{job="desk",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(loans_total{job="desk"}[{{ .window }}]))
    alerting:
      name: LibraryLoans
      labels: {team: shelf}
      annotations: {runbook: "https://wiki.example.org/loans"}
      page_alert: {labels: {severity: critical}}
      ticket_alert: {labels: {severity: warning}, annotations: {title: loans}}
"""

F = '{sloth_id="library-loans",sloth_service="library",sloth_slo="loans"}'
OWN = {"category": "availability", "owner": "shelf"}
IDENTITY = {"sloth_id": "library-loans", "sloth_service": "library", "sloth_slo": "loans"}


def sli(window: str) -> str:
    bad = f'sum(rate(loans_total{{job="desk",code=~"5.."}}[{window}]))'
    return f'({bad}) / (sum(rate(loans_total{{job="desk"}}[{window}])))'


def alert(*pairs: tuple[str, str, str], budget: str = "0.001") -> str:
    def over(window: str, factor: str) -> str:
        return f"max(slo:sli_error:ratio_rate{window}{F} > ({factor} * {budget})) without (sloth_window)"

    return " or ".join(f"({over(short, factor)} and {over(long, factor)})" for short, long, factor in pairs)


def period(window: str, short: str = "5m") -> str:
    ratio = f"slo:sli_error:ratio_rate{short}{F}[{window}]"
    return f"sum_over_time({ratio}) / ignoring (sloth_window) count_over_time({ratio})"


def burn(window: str) -> str:
    return (
        f"slo:sli_error:ratio_rate{window}{F} / on (sloth_id, sloth_slo, sloth_service) group_left "
        f"slo:error_budget:ratio{F}"
    )


def rules_of(slo: Slo) -> list[tuple[str, str, str, dict[str, str]]]:
    """Group, name, normalised expression and labels of every rule."""
    found = []
    for group in compile_slo(slo):
        for rule in group.rules:
            name = rule.alert if isinstance(rule, AlertingRule) else rule.record
            found.append((group.name, name, normalise(rule.expr), dict(rule.labels)))
    return found


def alerts_of(slo: Slo) -> dict[str, AlertingRule]:
    """The alerts by their severity."""
    return {rule.severity: rule for group in compile_slo(slo) for rule in group.alerts}


def ratios_of(slo: Slo) -> dict[str, str]:
    """The expressions of the recorded error ratios, including the period's."""
    rules = [rule for group in compile_slo(slo) for rule in group.rules]
    return {
        rule.record: rule.expr for rule in rules if isinstance(rule, RecordingRule) and rule.kind is RecordingKind.RATIO
    }


def test_every_rule_of_an_slo(tmp_path: Path) -> None:
    slo = slo_of(tmp_path, {"services/library.yaml": SPEC}, "library-loans")
    windows = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
    info = {
        "sloth_version": "slosmith/v1", "sloth_mode": "cli-gen-prom", "sloth_spec": "prometheus/v1",
        "sloth_objective": "99.9",
    }  # fmt: skip
    recordings = [
        ("sli", f"slo:sli_error:ratio_rate{window}", sli(window), {"sloth_window": window}) for window in windows
    ]
    meta = [
        ("slo:objective:ratio", "vector(0.999)", {}),
        ("slo:error_budget:ratio", "vector(0.001)", {}),
        ("slo:time_period:days", "vector(30)", {}),
        ("slo:current_burn_rate:ratio", burn("5m"), {}),
        ("slo:period_burn_rate:ratio", burn("30d"), {}),
        ("slo:period_error_budget_remaining:ratio", f"1 - slo:period_burn_rate:ratio{F}", {}),
        ("sloth_slo_info", "vector(1)", info),
    ]
    expected = [
        *recordings,
        ("sli", "slo:sli_error:ratio_rate30d", period("30d"), {"sloth_window": "30d"}),
        *(("meta", *rule) for rule in meta),
    ]
    alerts = [
        ("page", "critical", alert(("5m", "1h", "14.4"), ("30m", "6h", "6"))),
        ("ticket", "warning", alert(("2h", "1d", "3"), ("6h", "3d", "1"))),
    ]
    assert rules_of(slo) == [
        *(
            (f"sloth-slo-{group}-recordings-library-loans", name, normalise(expr), IDENTITY | OWN | labels)
            for group, name, expr, labels in expected
        ),
        *(
            (
                "sloth-slo-alerts-library-loans",
                "LibraryLoans",
                normalise(expr),
                {"sloth_severity": severity, "team": "shelf", "severity": label},
            )
            for severity, label, expr in alerts
        ),
    ]


def test_annotations_are_sloths_unless_the_user_says_otherwise(tmp_path: Path) -> None:
    slo = slo_of(tmp_path, {"services/library.yaml": SPEC}, "library-loans")
    alerts = alerts_of(slo)
    page, ticket = alerts["page"], alerts["ticket"]
    assert dict(page.annotations) == {
        "summary": "{{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is over expected.",
        "title": "(page) {{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is too fast.",
        "runbook": "https://wiki.example.org/loans",
    }
    assert dict(ticket.annotations)["title"] == "loans"
    assert page.hold is None


def test_28_days_are_4_weeks(tmp_path: Path) -> None:
    settings = "version: slosmith/v1\nkind: Project\nname: x\nscope: site\nperiod: {rolling: 28d}\n"
    slo = slo_of(tmp_path, {"services/library.yaml": SPEC, "slosmith.yaml": settings}, "library-loans")
    found = {name: (expr, labels) for _, name, expr, labels in rules_of(slo)}
    expr, labels = found["slo:sli_error:ratio_rate4w"]
    assert expr == normalise(period("4w"))
    assert labels["sloth_window"] == "4w"
    assert found["slo:time_period:days"][0] == "vector(28)"
    assert found["slo:period_burn_rate:ratio"][0] == normalise(burn("4w"))
    text = " ".join(rule.expr for rule in alerts_of(slo).values())
    assert [factor in text for factor in ("(13.44 * 0.001)", "(5.6 * 0.001)", "(2.8 * 0.001)")] == [True] * 3
    assert abs(Decimal(text.split("ratio_rate3d")[1].split("(")[1].split(" ")[0]) - Decimal(28) / 30) < Decimal("1e-9")


def test_windows_of_ones_own(tmp_path: Path) -> None:
    windows = """\
        apiVersion: sloth.slok.dev/v1
        kind: AlertWindows
        spec:
          sloPeriod: 7d
          page:
            quick: {errorBudgetPercent: 8, shortWindow: 10m, longWindow: 1h}
            slow: {errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h}
          ticket:
            quick: {errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d}
            slow: {errorBudgetPercent: 42, shortWindow: 6h, longWindow: 3d}
        """
    settings = "version: slosmith/v1\nkind: Project\nname: x\nscope: site\nperiod: {rolling: 7d}\n"
    files = {"services/library.yaml": SPEC, "catalogues/week.yaml": windows, "slosmith.yaml": settings}
    found = {name: expr for _, name, expr, _ in rules_of(slo_of(tmp_path, files, "library-loans"))}
    assert found["slo:sli_error:ratio_rate1w"] == normalise(period("1w", short="10m"))
    assert found["slo:current_burn_rate:ratio"] == normalise(burn("10m"))
    assert "slo:sli_error:ratio_rate5m" not in found
    pages = alert(("10m", "1h", "13.44"), ("30m", "6h", "3.5"))
    slo = slo_of(tmp_path, files, "library-loans")
    assert normalise(alerts_of(slo)["page"].expr) == normalise(pages)


def test_disabled_alerts_are_left_out_and_their_windows_stay(tmp_path: Path) -> None:
    one = SPEC.replace("{labels: {severity: critical}}", "{disable: true}")
    slo = slo_of(tmp_path / "one", {"services/library.yaml": one}, "library-loans")
    assert list(alerts_of(slo)) == ["ticket"]
    none = one.replace("{labels: {severity: warning}, annotations: {title: loans}}", "{disable: true}")
    slo = slo_of(tmp_path / "none", {"services/library.yaml": none}, "library-loans")
    groups = compile_slo(slo)
    assert [group.name for group in groups] == [
        "sloth-slo-sli-recordings-library-loans",
        "sloth-slo-meta-recordings-library-loans",
    ]
    assert len(ratios_of(slo)) == 8


def test_a_raw_ratio_stands_in_brackets_and_a_comment_swallows_nothing(tmp_path: Path) -> None:
    raw = "sli: {raw: {error_ratio_query: 'avg_over_time(desk:errors[{{.window}}]) # hourly'}}\n    alerting:"
    text = SPEC[: SPEC.index("sli:")] + raw + SPEC[SPEC.index("alerting:") + 9 :]
    slo = slo_of(tmp_path, {"services/library.yaml": text}, "library-loans")
    ratios = ratios_of(slo)
    short = ratios["slo:sli_error:ratio_rate5m"]
    assert short == "(avg_over_time(desk:errors[5m]) # hourly\n)"
    assert normalise(short) == "avg_over_time(desk:errors[5m])"
    assert ratios["slo:sli_error:ratio_rate30d"].startswith("sum_over_time(slo:sli_error:ratio_rate5m{")


def test_a_native_spec_brings_what_routing_needs(tmp_path: Path) -> None:
    native = """\
        version: slosmith/v1
        kind: Service
        name: desk
        team: shelf
        runbook: https://wiki.example.org/desk
        group_by: [floor]
        objectives:
          loans:
            target: 99%
            indicator: {counter_ratio: {total: 'loans_total{job="desk"}', bad: 'loans_total{job="desk",code="5"}'}}
        """
    slo = slo_of(tmp_path, {"services/desk.yaml": native}, "desk-loans")
    page = alerts_of(slo)["page"]
    assert dict(page.labels) == {"severity": "page", "sloth_severity": "page", "team": "shelf"}
    assert dict(page.annotations)["runbook"] == "https://wiki.example.org/desk"
    assert "sum by (floor)" in ratios_of(slo)["slo:sli_error:ratio_rate5m"]


# --- evaluation

MANY = (
    SPEC
    + """\
  - name: delay
    objective: 95
    sli:
      events:
        error_query: |
          (
            sum(rate(delay_seconds_count{job="desk"}[{{.window}}]))
            - sum(rate(delay_seconds_bucket{job="desk",le="0.5"}[{{.window}}]))
          )
        total_query: sum(rate(delay_seconds_count{job="desk"}[{{.window}}]))
    alerting: {name: LibraryDelay, ticket_alert: {disable: true}}
  - name: catalogue
    objective: 99.99
    sli: {plugin: {id: sloth-common/slok-go-http-metrics/latency, options: {filter: 'job="opac"', bucket: "0.25"}}}
    alerting: {name: LibraryCatalogue}
  - name: dust
    objective: 50
    sli: {raw: {error_ratio_query: "avg_over_time(dust:ratio[{{.window}}])"}}
    alerting: {name: LibraryDust}
"""
)


def generated(loaded: LoadedWorkspace, folder: Path) -> Path:
    """Writes the rules and unit tests of a loaded workspace. Returns their folder."""
    assert loaded.workspace is not None
    project = msgspec.structs.replace(loaded.project, targets={"prometheus": {}})
    for name, text in compile_workspace(loaded.workspace, project).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder / "prometheus"


def passes(promtool: Path, folder: Path, file: str) -> bool:
    command = [str(promtool), "test", "rules", file]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False).returncode == 0


@pytest.mark.prometheus
@pytest.mark.parametrize("settings", ["", "period: {rolling: 28d}\n", "period: {rolling: 7d}\n"])
def test_the_generated_unit_tests_pass(settings: str, promtool: Path, tmp_path: Path) -> None:
    files = {"services/library.yaml": MANY}
    if settings:
        files["slosmith.yaml"] = f"version: slosmith/v1\nkind: Project\nname: x\nscope: site\n{settings}"
    folder = generated(load_files(tmp_path / "specs", files, rules="sloth"), tmp_path)
    assert "are not tested: a ratio" in (folder / "library_test.yaml").read_text()
    assert (folder / "library_test.yaml").read_text().count("are not tested") == 1
    assert passes(promtool, folder, "library_test.yaml")


MUTANTS = {
    "a threshold 5 % higher": ("(14.4 * 0.001)", "(15.12 * 0.001)"),
    "a threshold 5 % lower": ("(1 * 0.001)", "(0.95 * 0.001)"),
    "the other way round": ("> (6 * 0.001)", "< (6 * 0.001)"),
    "either window is enough": ("    and\n", "    or\n"),
    "both pairs are needed": ("          )\n          or\n          (", "          )\n          and\n          ("),
    "a window too short": ("[6h])", "[2h])"),
    "a window too long": ("[3d])", "[4d])"),
    "another window's ratio": ("ratio_rate1d{", "ratio_rate6h{"),
    "a matcher less": ('{job="desk",code=~"5.."}[30m]', '{code=~"5.."}[30m]'),
    "a matcher less in all events": ('loans_total{job="desk"}[1h]', "loans_total[1h]"),
    "bad is all": ('loans_total{job="desk",code=~"5.."}[2h]', 'loans_total{job="desk"}[2h]'),
    "a shorter period": ('sloth_slo="loans"}[30d])\n', 'sloth_slo="loans"}[29d])\n'),
    "a sum and no mean": ("count_over_time(slo:", "max_over_time(slo:"),
    "another budget": ("expr: vector(0.001)", "expr: vector(0.0011)"),
    "the budget that is left": ("'1 - slo:period_burn", "'1 + slo:period_burn"),
    "the current burn rate of an hour": (
        f"ratio_rate5m{F}\n          / on".replace(",", ", "),
        f"ratio_rate1h{F}\n          / on".replace(",", ", "),
    ),
    "a severity less": ("          sloth_severity: ticket\n", ""),
    "another text": ("is over expected", "is over"),
}  # fmt: skip


@pytest.mark.prometheus
def test_the_generated_unit_tests_notice_what_is_wrong(promtool: Path, tmp_path: Path) -> None:
    loaded = load_files(tmp_path / "specs", {"services/library.yaml": SPEC}, rules="sloth")
    folder = generated(loaded, tmp_path)
    rules, tests = (folder / "library.yaml").read_text(), (folder / "library_test.yaml").read_text()

    def long_ranges_pass(rules: Path) -> bool:
        """What `slosmith test` adds."""
        (long,) = long_test_files(loaded.sound(), loaded.project, "specs", [rules])
        (folder / f"{rules.stem}_long_test.yaml").write_text(long.text)
        return passes(promtool, folder, f"{rules.stem}_long_test.yaml")

    def survives(item: tuple[int, tuple[str, tuple[str, str]]]) -> str:
        number, (name, (old, new)) = item
        assert old in rules, name
        mutant = folder / f"mutant-{number}.yaml"
        mutant.write_text(rules.replace(old, new, 1))
        (folder / f"mutant-{number}_test.yaml").write_text(tests.replace("- library.yaml", f"- mutant-{number}.yaml"))
        if not passes(promtool, folder, f"mutant-{number}_test.yaml"):
            return ""
        assert name in ("a shorter period", "a window too long"), f"a consumer's tests should notice {name}"
        return name if long_ranges_pass(mutant) else ""

    with ThreadPoolExecutor(2) as pool:
        survivors = [name for name in pool.map(survives, enumerate(MUTANTS.items())) if name]
    assert survivors == []
    assert passes(promtool, folder, "library_test.yaml")
    assert long_ranges_pass(folder / "library.yaml")


# 100 minutes of 100 events a second, all good; ten minutes of one event a second, all bad; ten more, all good.
EVENTS = {
    'loans_total{job="desk",code="200"}': "0+6000x100 600000x9 600000+60x10",
    'loans_total{job="desk",code="503"}': "0x100 60+60x9 600x10",
}
BAD, ALL = 600, 601_200


def evaluated(promtool: Path, folder: Path, rules: str, checks: dict[str, float]) -> str:
    """The errors of promtool for values of expressions at two hours, with rules evaluated every minute. Empty: none."""
    import yaml

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rules.yaml").write_text(rules)
    cases = [
        {"expr": f"abs({expr} - {value!r}) < bool {max(abs(value) / 50, 1e-9)!r}", "eval_time": "2h",
         "exp_samples": [{"labels": "{}", "value": 1}]}
        for expr, value in checks.items()
    ]  # fmt: skip
    test = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in EVENTS.items()],
                "promql_expr_test": cases,
            }
        ],
    }
    (folder / "test.yaml").write_text(yaml.safe_dump(test))
    command = [str(promtool), "test", "rules", "test.yaml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.prometheus
def test_the_two_ways_differ_where_traffic_does(promtool: Path, tmp_path: Path) -> None:
    """An outage at low traffic: one event in a thousand, and a twelfth of the time."""
    loaded = load_files(tmp_path, {"services/library.yaml": SPEC})
    assert loaded.workspace is not None
    service = loaded.workspace.services[0]
    interval = Duration.parse("1m")

    def value(window: str) -> str:
        return f"sum(slo:sli_error:ratio_rate{window}{F})"

    sloth = rule_file_text(compile_sloth(service, interval), Source(""))
    weighted = rule_file_text(compile_service(service, interval), Source(""))
    hour = 600 / (40 * 6000 + 1200)
    assert evaluated(promtool, tmp_path / "sloth", sloth, {value("1h"): hour, value("5m"): 0.0}) == ""
    known = {value("5m"): 0.0, value("30d"): BAD / ALL}
    assert evaluated(promtool, tmp_path / "weighted", weighted, known) == ""
    # the short ratio is 1 for five minutes, and rises and falls for nine minutes: the mean counts minutes, not events
    mean = evaluated(promtool, tmp_path / "mean", sloth, {f"clamp_max({value('30d')}, 0.05)": 0.05})
    assert mean == "", "fifty times the share of events"


@pytest.mark.prometheus
def test_a_bucket_that_is_gone_is_not_taken_for_no_slow_events(promtool: Path, tmp_path: Path) -> None:
    """Latency in Sloth's form, all events minus those in a bucket. Weighted rules record nothing."""
    query = 'sum(rate(loans_total{job="desk"}[{{.window}}])) - sum(rate(loans_bucket{job="desk",le="1"}[{{.window}}]))'
    text = SPEC.replace('sum(rate(loans_total{job="desk",code=~"5.."}[{{.window}}]))', query)
    loaded = load_files(tmp_path, {"services/library.yaml": text})
    assert loaded.workspace is not None
    rules = rule_file_text(compile_service(loaded.workspace.services[0], Duration.parse("1m")), Source(""))
    loans = 'sum(rate(loans_total{job="desk"}[5m]))'
    unknown = (f"slo:sli_bad:rate5m{F}", f"slo:sli_total:rate5m{F}", f"slo:sli_error:ratio_rate5m{F}")
    checks = {f"(absent({series}) * 0 + 1 and on () {loans})": 1.0 for series in unknown}
    found = evaluated(promtool, tmp_path / "gone", rules, {f"sum({expr})": value for expr, value in checks.items()})
    assert found == ""
