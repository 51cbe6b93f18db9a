"""From declarations to the model: objectives, sites, scope, indicators, alerting, labels, and the origins of values."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from slosmith.model import (
    BooleanGauge,
    CounterRatio,
    Duration,
    HistogramLatency,
    Matcher,
    NativeHistogramLatency,
    Origin,
    QueryRatio,
    RawRatio,
    Slo,
)
from slosmith.workspace import LoadedWorkspace, load

PROJECT = """\
version: slosmith/v1
kind: Project
name: example
team: everyone
sites: [eqiad, codfw]
global_matchers: {site: "{site}", prometheus: k8s-mlserve}
severities: {page: critical}
period: {rolling: 30d, calendar: month}
urls: {dashboard: "https://grafana.example/d/slo-{service}?var-class={class}", runbook: "https://example.org/{service}"}
alerting: {minimum_bad_events: 7, labels: {from: project, level: project}}
labels: {org: wmf}
dependencies: {mw-api: {target: 99.9%}}
"""
CLASS = """\
version: slosmith/v1
kind: SLOClass
name: stable
description: Stable services.
team: ml
period: {rolling: 28d}
indicator_source: {template: istio-gateway, with: {service: "x-predictor"}}
objectives:
  availability: {target: 98%}
  latency: {target: 98%, threshold: 500ms, alerting: {max_error_ratio: 60%}}
aspirational: {availability: {target: 99%}}
overrides:
  availability: {target: {min: 95%, max: 99%}}
  latency: {threshold: [500ms, 5s]}
alerting: {catalogue: default, minimum_bad_events: 6, labels: {level: class}}
labels: {tier: gold, origin: class}
"""


def load_specs(root: Path, service: str, project: str = PROJECT, **more: str) -> LoadedWorkspace:
    files = {"slosmith.yaml": project, "classes/stable.yaml": CLASS, "services/api.yaml": service, **more}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return load(root)


def slos(root: Path, body: str, **options: Any) -> dict[str, Slo]:
    """The SLOs of a service ``api`` by name."""
    loaded = load_specs(root, f"version: slosmith/v1\nkind: Service\nname: api\n{body}", **options)
    assert loaded.workspace is not None, loaded.problems
    return {slo.name: slo for slo in loaded.workspace.slos()}


FROM_CLASS = "class: stable\nindicator_source: {with: {namespace: a}}\n"


def test_class_by_site_and_indicator(tmp_path: Path) -> None:
    found = slos(tmp_path, f"{FROM_CLASS}sites: [eqiad, codfw]\n")
    assert list(found) == ["availability-eqiad", "availability-codfw", "latency-eqiad", "latency-codfw"]
    slo = found["latency-codfw"]
    assert (slo.id, slo.site, slo.indicator_name) == ("api-latency-codfw", "codfw", "latency")
    assert (slo.service, slo.slo_class, slo.team, slo.scope) == ("api", "stable", "ml", "global")
    assert slo.objective.target_ratio == Decimal("0.98")
    assert slo.objective.error_budget_ratio == Decimal("0.02")
    assert slo.objective.threshold == Duration.parse("500ms")
    assert found["availability-eqiad"].objective.aspirational_ratio == Decimal("0.99")
    assert slo.objective.aspirational_ratio is None
    assert isinstance(slo.indicator, HistogramLatency)
    assert slo.indicator.le == "500"
    for selector in (*slo.indicator.buckets, *slo.indicator.total):
        assert selector.matchers[:2] == (
            Matcher("prometheus", "=", "k8s-mlserve"),
            Matcher("site", "=", "codfw"),
        )
        assert Matcher("destination_canonical_service", "=~", "x-predictor") in selector.matchers, (
            "the class's parameter"
        )
        assert Matcher("destination_service_namespace", "=", "a") in selector.matchers, "the service's parameter"


def test_targets_are_exact(tmp_path: Path) -> None:
    body = "objectives:\n" + "".join(
        f"  {name}: {{target: {target}, indicator: {{boolean_gauge: {{gauges: up}}}}}}\n"
        for name, target in (("a", "99.95%"), ("b", "99.95"), ("c", "99.999999999999%"), ("d", "97"), ("e", "0.1%"))
    )
    ratios = {name: str(slo.objective.target_ratio) for name, slo in slos(tmp_path, body).items()}
    assert ratios == {"a": "0.9995", "b": "0.9995", "c": "0.99999999999999", "d": "0.97", "e": "0.001"}


@pytest.mark.parametrize(
    ("field", "kind", "path"),
    [
        ("target", "class", ("objectives", "latency", "target")),
        ("threshold", "service", ("objectives", "latency", "threshold")),
        ("period", "class", ("period", "rolling")),
        ("calendar", "project", ("period", "calendar")),
        ("catalogue", "class", ("alerting", "catalogue")),
        ("minimum_bad_events", "service", ("alerting", "minimum_bad_events")),
        ("max_error_ratio", "class", ("objectives", "latency", "alerting", "max_error_ratio")),
        ("team", "class", ("team",)),
        ("runbook", "project", ("urls", "runbook")),
        ("documentation", "service", ("documentation",)),
        ("dashboard", "service", ("objectives", "latency", "dashboard")),
        ("indicator", "service", ("indicator_source",)),
        ("template", "class", ("indicator_source", "template")),
        ("labels", "service", ("labels",)),
        ("expected_events_per_day", "service", ("traffic",)),
        ("absent_for", "service", ("alerting", "absence", "for")),
        ("absent_severity", "service", ("alerting", "absence", "severity")),
    ],
)
def test_provenance(tmp_path: Path, field: str, kind: str, path: tuple[str, ...]) -> None:
    body = FROM_CLASS + (
        "objectives: {latency: {threshold: 5s, dashboard: 'https://example.org/latency'}}\n"
        "documentation: https://example.org/doc\n"
        "alerting: {minimum_bad_events: 8, absence: {for: 1h, severity: page}}\n"
        "labels: {a: b}\ntraffic: {events_per_day: 10}\n"
    )
    slo = slos(tmp_path, body)["latency"]
    file = {"class": "classes/stable.yaml", "service": "services/api.yaml", "project": "slosmith.yaml"}[kind]
    assert slo.origin_of(field) == Origin(kind, file, path)  # type: ignore[arg-type]
    assert [name for name, _ in slo.origins] == sorted(name for name, _ in slo.origins)


def test_defaults_have_the_origin_default(tmp_path: Path) -> None:
    body = "objectives: {up: {target: 99%, indicator: {boolean_gauge: {gauges: up}}}}\n"
    slo = slos(tmp_path, body, project="version: slosmith/v1\nkind: Project\nname: x\n")["up"]
    assert slo.period.rolling == Duration.parse("28d")
    assert slo.period.calendar is None
    assert slo.origin_of("period") == slo.origin_of("calendar") == slo.origin_of("catalogue") == Origin("default")
    assert slo.alerting is not None
    assert [window.name for window in slo.alerting.windows] == ["1h", "6h", "1d", "3d"]
    assert slo.alerting.severity_label("page") == "page"
    assert slo.indicator == BooleanGauge(slo.indicator.gauges)  # type: ignore[union-attr]


def test_alerting_layers(tmp_path: Path) -> None:
    body = (
        f"{FROM_CLASS}alerting: {{labels: {{level: service}}, ticket: {{disable: true, annotations: {{note: x}}}}}}\n"
    )
    found = slos(tmp_path, body)
    availability, latency = found["availability"].alerting, found["latency"].alerting
    assert availability is not None
    assert latency is not None
    assert availability.minimum_bad_events == 6, "the class over the project"
    assert availability.max_error_ratio == Decimal("0.5")
    assert latency.max_error_ratio == Decimal("0.6"), "the class's objective over the class"
    assert availability.labels == (("from", "project"), ("level", "service")), "labels are merged"
    assert (availability.page, availability.ticket) == (True, False)
    assert availability.ticket_annotations == (("note", "x"),)
    assert availability.severity_label("page") == "critical"
    assert availability.severity_label("ticket") == "ticket"


def test_no_alerting(tmp_path: Path) -> None:
    found = slos(tmp_path, f"{FROM_CLASS}objectives: {{latency: {{alerting: {{disable: true}}}}}}\n")
    assert found["latency"].alerting is None
    assert found["availability"].alerting is not None


def test_links_are_percent_encoded(tmp_path: Path) -> None:
    loaded = load_specs(tmp_path, f"version: slosmith/v1\nkind: Service\nname: api\n{FROM_CLASS}")
    assert loaded.workspace is not None
    assert loaded.workspace.services[0].dashboard == "https://grafana.example/d/slo-api?var-class=stable"
    assert loaded.project.url("dashboard", "a b/ü?", "{service}") == (
        "https://grafana.example/d/slo-a%20b%2F%C3%BC%3F?var-class=%7Bservice%7D"
    )


def test_labels_of_all_layers(tmp_path: Path) -> None:
    own = "labels: {tier: silver}\ninfo_labels: {owner: x}\nobjectives: {latency: {labels: {fast: 'no'}}}\n"
    body = FROM_CLASS + own
    found = slos(tmp_path, body)
    assert found["latency"].labels == (("fast", "no"), ("org", "wmf"), ("origin", "class"), ("tier", "silver"))
    assert found["availability"].labels == (("org", "wmf"), ("origin", "class"), ("tier", "silver"))
    assert found["latency"].info_labels == (("owner", "x"),)


def test_site_scope(tmp_path: Path) -> None:
    found = slos(tmp_path, f"{FROM_CLASS}sites: [eqiad, codfw]\nscope: site\n")
    assert list(found) == ["availability", "latency"], "one rule file, run inside each site"
    slo = found["availability"]
    assert (slo.site, slo.scope) == (None, "site")
    assert isinstance(slo.indicator, CounterRatio)
    assert not {matcher.label for matcher in slo.indicator.total[0].matchers} & {"site", "prometheus"}


def test_global_scope_without_sites(tmp_path: Path) -> None:
    slo = slos(tmp_path, FROM_CLASS)["availability"]
    assert isinstance(slo.indicator, CounterRatio)
    assert slo.indicator.total[0].matchers[0] == Matcher("prometheus", "=", "k8s-mlserve")
    assert "site" not in {matcher.label for matcher in slo.indicator.total[0].matchers}


def test_a_matcher_that_the_spec_has_is_left_alone(tmp_path: Path) -> None:
    gauge = "{boolean_gauge: {gauges: 'up{prometheus=\"ops\"}'}}"
    body = f"sites: [eqiad]\nobjectives: {{up: {{target: 99%, indicator: {gauge}}}}}\n"
    slo = slos(tmp_path, body)["up-eqiad"]
    assert isinstance(slo.indicator, BooleanGauge)
    assert slo.indicator.gauges[0].matchers == (Matcher("site", "=", "eqiad"), Matcher("prometheus", "=", "ops"))


def test_queries_per_site(tmp_path: Path) -> None:
    body = """\
sites: [eqiad, codfw]
objectives:
  jobs:
    target: 99%
    indicator:
      query_ratio:
        total: sum(rate(x{site="{{.site}}"}[{{ .window }}]))
        good: sum(rate(y{site="{{ .site }}"}[{{.window}}]))
  raw: {target: 99%, indicator: {raw_ratio: {error_ratio: 'avg_over_time(r{site="{{.site}}"}[{{.window}}])'}}}
"""
    found = slos(tmp_path, body)
    assert found["jobs-codfw"].indicator == QueryRatio(
        'sum(rate(x{site="codfw"}[{{ .window }}]))', good='sum(rate(y{site="codfw"}[{{.window}}]))'
    )
    assert found["raw-eqiad"].indicator == RawRatio('avg_over_time(r{site="eqiad"}[{{.window}}])')


def test_thresholds_become_bounds(tmp_path: Path) -> None:
    histogram = "indicator: {histogram_latency: {buckets: 'x_bucket{a=\"b\"}', unit: %s}}"
    body = (
        "objectives:\n"
        f"  s: {{target: 99%, threshold: 500ms, {histogram % 'seconds'}}}\n"
        f"  ms: {{target: 99%, threshold: 5s, {histogram % 'milliseconds'}}}\n"
        f"  measured: {{target: 99%, threshold: 500ms, measured_threshold: 400ms, {histogram % 'seconds'}}}\n"
        "  le: {target: 99%, threshold: 500ms, indicator: {histogram_latency: {buckets: x_bucket, le: 0.50}}}\n"
        "  native:\n    target: 99%\n    threshold: 250ms\n"
        "    indicator: {native_histogram_latency: {histograms: x, unit: seconds}}\n"
    )
    found = slos(tmp_path, body)
    bounds = {name: slo.indicator.le for name, slo in found.items() if isinstance(slo.indicator, HistogramLatency)}
    assert bounds == {"s": "0.5", "ms": "5000", "measured": "0.4", "le": "0.5"}
    native = found["native"].indicator
    assert isinstance(native, NativeHistogramLatency)
    assert native.threshold == Decimal("0.25")
    assert found["measured"].objective.threshold == Duration.parse("500ms"), "the objective's threshold stays"
    histogram_slo = found["s"].indicator
    assert isinstance(histogram_slo, HistogramLatency)
    assert histogram_slo.total[0].metric == "x_count"
    assert histogram_slo.total[0].matchers == histogram_slo.buckets[0].matchers


def test_a_threshold_of_its_own_leaves_the_measured_one_of_the_class_behind(tmp_path: Path) -> None:
    slo_class = CLASS.replace("threshold: 500ms, alerting", "threshold: 500ms, measured_threshold: 250ms, alerting")
    more = {"classes/stable.yaml": slo_class}
    first = slos(tmp_path / "a", FROM_CLASS, **more)["latency"].indicator
    second = slos(tmp_path / "b", f"{FROM_CLASS}objectives: {{latency: {{threshold: 5s}}}}\n", **more)[
        "latency"
    ].indicator
    assert isinstance(first, HistogramLatency)
    assert isinstance(second, HistogramLatency)
    assert (first.le, second.le) == ("250", "5000")


def test_objectives_can_share_a_template_indicator(tmp_path: Path) -> None:
    body = f"{FROM_CLASS}objectives: {{quick: {{target: 50%, threshold: 100ms, indicator: latency}}}}\n"
    slo = slos(tmp_path, body)["quick"]
    assert isinstance(slo.indicator, HistogramLatency)
    assert (slo.indicator.le, slo.template, slo.indicator_name) == ("100", "istio-gateway", "quick")


def test_no_guarantee_takes_an_objective_away(tmp_path: Path) -> None:
    body = f"{FROM_CLASS}no_guarantee: [{{indicator: latency, reason: Batch., date: 2026-01-01}}]\n"
    loaded = load_specs(tmp_path, f"version: slosmith/v1\nkind: Service\nname: api\n{body}")
    assert loaded.workspace is not None
    service = loaded.workspace.services[0]
    assert [slo.name for slo in service.slos] == ["availability"]
    assert (service.no_guarantees[0].indicator, service.no_guarantees[0].date) == ("latency", "2026-01-01")


def test_traffic_per_period(tmp_path: Path) -> None:
    slo = slos(tmp_path, f"{FROM_CLASS}traffic: {{events_per_period: 2800}}\n")["availability"]
    assert slo.expected_events_per_day == 100


def test_dependencies_and_the_rest_of_a_service(tmp_path: Path) -> None:
    body = (
        f"{FROM_CLASS}dependencies: {{hard: [mw-api, other], soft: [logstash]}}\nrevision: '2'\n"
        "operations: {time_to_detect: 10m, expected_outages: 1.5}\nclients: {internal: [jobs]}\nresponsible: us\n"
        "waivers: [{code: ALT101, reason: r, owner: o, expires: 2027-01-01}]\ngroup_by: [wiki]\n"
    )
    other = f"version: slosmith/v1\nkind: Service\nname: other\n{FROM_CLASS}"
    loaded = load_specs(
        tmp_path, f"version: slosmith/v1\nkind: Service\nname: api\n{body}", **{"services/other.yaml": other}
    )
    assert loaded.workspace is not None
    service = loaded.workspace.services[0]
    found = {item.name: (item.hard, item.target_ratio, item.service) for item in service.dependencies}
    assert found == {
        "mw-api": (True, Decimal("0.999"), False), "other": (True, None, True), "logstash": (False, None, False),
    }  # fmt: skip
    assert service.operations.time_to_detect == Duration.parse("10m")
    assert service.operations.expected_outages == Decimal("1.5")
    assert (service.clients_internal, service.responsible) == (("jobs",), "us")
    assert (service.waivers[0].code, service.waivers[0].expires) == ("ALT101", "2027-01-01")
    assert {slo.group_by for slo in service.slos} == {("wiki",)}
    assert {slo.revision for slo in service.slos} == {"2"}


def test_the_workspace_is_sorted_and_does_not_depend_on_file_order(tmp_path: Path) -> None:
    texts = {
        f"services/{name}.yaml": f"version: slosmith/v1\nkind: Service\nname: {name}\n{FROM_CLASS}" for name in "cab"
    }
    service = f"version: slosmith/v1\nkind: Service\nname: api\n{FROM_CLASS}"
    first = load_specs(tmp_path / "one", service, **texts)
    second = load_specs(tmp_path / "two", service, **dict(reversed(texts.items())))
    assert first.workspace == second.workspace
    assert first.workspace is not None
    assert [found.name for found in first.workspace.services] == ["a", "api", "b", "c"]
    assert [found.name for found in first.workspace.calendars] == ["month", "quarter", "slo-quarter", "year"]


def test_class_in_the_workspace(tmp_path: Path) -> None:
    loaded = load_specs(tmp_path, f"version: slosmith/v1\nkind: Service\nname: api\n{FROM_CLASS}")
    assert loaded.workspace is not None
    (found,) = loaded.workspace.classes
    availability, latency = found.objectives
    assert availability.allowed_target == (Decimal("0.95"), Decimal("0.99"))
    assert availability.aspirational_ratio == Decimal("0.99")
    assert latency.allowed_target is None
    assert found.period is not None
    assert (str(found.period.rolling), found.period.calendar and found.period.calendar.name) == ("4w", "month")


def test_catalogues_and_calendars_of_the_project(tmp_path: Path) -> None:
    catalogue = (
        "version: slosmith/v1\nkind: AlertCatalogue\nname: calm\n"
        "windows: [{budget_share: 10%, long: 3d, short: 6h, severity: ticket}]\n"
    )
    project = PROJECT + "calendars: {half: [07-01, 01-01], month: {starts: [01-15], description: Own.}}\n"
    body = f"{FROM_CLASS}alerting: {{catalogue: calm}}\n"
    slo = slos(tmp_path, body, project=project, **{"catalogues/calm.yaml": catalogue})["availability"]
    assert slo.alerting is not None
    (window,) = slo.alerting.windows
    assert (window.name, window.budget_share, window.severity) == ("3d", Decimal("0.1"), "ticket")
    loaded = load(tmp_path)
    calendars = {found.name: found.starts for found in loaded.project.calendars}
    assert calendars["half"] == ((1, 1), (7, 1))
    assert calendars["month"] == ((1, 15),), "a project's calendar replaces ours"
    assert calendars["slo-quarter"] == ((3, 1), (6, 1), (9, 1), (12, 1))


@pytest.mark.parametrize(
    ("target", "allowed"), [("95%", True), ("99%", True), ("94.99%", False), ("99.01%", False), ("98%", True)]
)
def test_the_bounds_of_an_override_are_allowed_themselves(tmp_path: Path, target: str, allowed: bool) -> None:
    body = f"{FROM_CLASS}objectives: {{availability: {{target: {target}}}}}\n"
    loaded = load_specs(tmp_path, f"version: slosmith/v1\nkind: Service\nname: api\n{body}")
    assert [problem.code for problem in loaded.problems] == ([] if allowed else ["RES307"])


def test_what_equals_the_class_is_no_override(tmp_path: Path) -> None:
    found = slos(tmp_path, f"{FROM_CLASS}objectives: {{latency: {{target: 98%, threshold: 500ms}}}}\n")
    assert found["latency"].origin_of("target").kind == "service"
