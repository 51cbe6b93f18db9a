"""The numbers on dashboards. promtool computes them from recorded series with known values."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from slosmith.dashboards import fleet_dashboard, service_dashboard
from slosmith.dashboards.panel_queries import Query, all_queries
from slosmith.model import Service, Workspace
from tests.dashboards.fleet import lift_wing_service, odd_service, slo

pytestmark = pytest.mark.prometheus

Sample = tuple[str, float]

SERVICE = "model-0"
SITES = {"eqiad": 0, "codfw": 1}


def identity(name: str, service: str = SERVICE) -> str:
    return f'sloth_id="{service}-{name}", sloth_service="{service}", sloth_slo="{name}"'


def series(metric: str, value: float, name: str, more: str = "", service: str = SERVICE) -> dict[str, str]:
    labels = identity(name, service) + (f", {more}" if more else "")
    return {"series": f"{metric}{{{labels}}}", "values": f"{value}x12"}


def recordings() -> list[dict[str, str]]:
    """Two SLOs of one service, a good one (eqiad) and a bad one (codfw), and one of another service without a calendar.

    All values are multiples of negative powers of two, so sums, quotients and comparisons are exact.
    """
    found = []
    quarter = 'calendar="slo-quarter"'
    for site, shape in (
        ("eqiad", {"burn": 0.5, "left": 0.5, "error": 0.25, "spent": 0.25, "now": 0.75, "seen": 0.875}),
        ("codfw", {"burn": 2.0, "left": -1.0, "error": 0.5, "spent": 1.5, "now": 4.0, "seen": 0.75}),
    ):
        name = f"availability-{site}"
        # a user label has just changed, so all series exist twice for some minutes
        for labels in ('tier="old"', 'tier="new"'):
            found += [
                series("slo:objective:ratio", 0.75, name, labels),
                series("slo:aspirational_objective:ratio", 0.875, name, labels),
                series("slo:error_budget:ratio", 0.25, name, labels),
                series("slo:period_burn_rate:ratio", shape["burn"], name, labels),
                series("slo:current_burn_rate:ratio", shape["now"], name, labels),
                series("slo:period_error_budget_remaining:ratio", shape["left"], name, labels),
                series("slo:calendar_sli_error:ratio", shape["error"], name, f"{labels}, {quarter}"),
                series("slo:calendar_error_budget_spent:ratio", shape["spent"], name, f"{labels}, {quarter}"),
                series("slo:calendar_error_budget_remaining:ratio", 1 - shape["spent"], name, f"{labels}, {quarter}"),
                series("slo:coverage:ratio", shape["seen"], name, labels),
                series("slo:calendar_coverage:ratio", shape["seen"] / 2, name, f"{labels}, {quarter}"),
                series("slo:sli_error:ratio_rate5m", 0.25 * shape["now"], name, f'{labels}, sloth_window="5m"'),
                series("slo:sli_error:ratio_rate1h", 0.1344, name, f'{labels}, sloth_window="1h"'),
                series("slo:sli_error:ratio_rate4w", 0.25 * shape["burn"], name, f'{labels}, sloth_window="4w"'),
            ]
        found += [
            series("slo:sli_total:rate5m", 8, name),
            series("slo:sli_bad:rate5m", 2, name),
            series("slo:period_sli_total:increase", 1024, name),
            series("slo:period_sli_bad:increase", 128, name),
            series("slo:calendar_sli_total:increase", 2048, name, quarter),
            series("slo:calendar_sli_bad:increase", 256, name, quarter),
            series(
                "sloth_slo_info",
                1,
                name,
                f'slo_class="stable", slo_indicator="availability", slo_site="{site}", sloth_objective="75", team="ml"',
            ),
        ]
    found += [
        series("slo:objective:ratio", 0.5, "probe", service="other"),
        series("slo:error_budget:ratio", 0.5, "probe", service="other"),
        series("slo:period_burn_rate:ratio", 0.25, "probe", service="other"),
        series("slo:period_error_budget_remaining:ratio", 0.75, "probe", service="other"),
        series("slo:current_burn_rate:ratio", 0.25, "probe", service="other"),
        series("sloth_slo_info", 1, "probe", 'slo_indicator="probe", team="search"', "other"),
    ]
    for metric, second in (("start", 60), ("end", 660)):
        found.append(
            {"series": f'slo:calendar_period:{metric}_seconds{{calendar="slo-quarter"}}', "values": f"{second}x12"}
        )
    firing = 'alertname="ErrorBudgetBurn", alertstate="firing", severity="critical", slo_tier='
    pending = 'alertname="SLOMetricAbsent", alertstate="pending", severity="warning", slo_tier="absent"'
    found += [
        series("ALERTS", 1, "availability-codfw", firing + '"1h"'),
        series("ALERTS", 1, "availability-codfw", firing + '"6h"'),
        series("ALERTS", 1, "availability-eqiad", pending),
    ]
    return found


@cache
def queries_of_service() -> tuple[Query, ...]:
    return tuple(all_queries(service_dashboard(lift_wing_service(SERVICE)).json_text))


@cache
def queries_of_fleet(**chosen: str) -> tuple[Query, ...]:
    long = Service("other", "search", (slo("other", "probe", odd_service().slos[0].indicator),), odd_service().origin)
    found = Workspace((lift_wing_service(SERVICE), long, odd_service()))
    return tuple(all_queries(fleet_dashboard(found).json_text, {name: [value] for name, value in chosen.items()}))


def evaluate(
    promtool: Path, folder: Path, cases: Iterable[tuple[str, list[Sample]]], given: list[dict[str, str]]
) -> None:
    """promtool computes each expression at minute 10, and compares it with the samples."""
    tests = [
        {
            "expr": expr,
            "eval_time": "10m",
            "exp_samples": [{"labels": labels, "value": value} for labels, value in samples],
        }
        for expr, samples in cases
    ]
    file = folder / "dashboard_test.yaml"
    file.write_text(
        json.dumps(
            {
                "rule_files": [],
                "evaluation_interval": "1m",
                "tests": [{"interval": "1m", "input_series": given, "promql_expr_test": tests}],
            }
        )
    )
    done = subprocess.run([promtool, "test", "rules", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def panel(found: Iterable[Query], title: str, index: int = 0) -> str:
    return [query.expr for query in found if query.panel == title][index]


def sites(eqiad: float, codfw: float) -> list[Sample]:
    return [
        (f"{{{identity('availability-codfw')}}}", codfw),
        (f"{{{identity('availability-eqiad')}}}", eqiad),
    ]


def test_numbers_of_a_section(promtool: Path, tmp_path: Path) -> None:
    """The panels with these titles. The first panel of a title is that of availability."""
    found = queries_of_service()
    cases: list[tuple[str, list[Sample]]] = [
        (panel(found, "Objective"), [("{}", 0.75)]),
        (panel(found, "Objective", 1), [("{}", 0.875)]),
        (panel(found, "Budget left, 28d"), sites(0.5, -1)),
        (panel(found, "Budget spent, slo-quarter"), sites(0.25, 1.5)),
        (panel(found, "Attainment, 28d"), sites(0.875, 0.5)),
        (panel(found, "Attainment, slo-quarter to date"), sites(0.75, 0.5)),
        (panel(found, "Burn rate now"), sites(0.75, 4)),
        (panel(found, "Burn rate by window"), sites(0.75, 4)),
        # the threshold of 1h is 26.88 %: the ratio over the hour is half of it; the 5m window is lower or higher
        (panel(found, "How close each alert is to firing"), sites(0.5, 0.5)),
        (panel(found, "Error ratio by window"), sites(0.1875, 1)),
        (panel(found, "Events per second", 0), sites(8, 8)),
        (panel(found, "Events per second", 1), sites(2, 2)),
        (panel(found, "Events in each period", 2), sites(256, 256)),
        (panel(found, "Events in each period", 5), sites(512, 512)),
        # minute 10 is after nine of the ten minutes from second 60 to second 660
        (next(query.expr for query in found if query.legend == "time elapsed"), [("{}", 0.9)]),
    ]
    evaluate(promtool, tmp_path, cases, recordings())


def test_the_lower_window_says_how_near_an_alert_is(promtool: Path, tmp_path: Path) -> None:
    expr = panel(queries_of_service(), "How close each alert is to firing")
    for long, short, near in ((0.2688, 0.5376, 1.0), (0.5376, 0.2688, 1.0), (0.5376, 0.1344, 0.5)):
        given = [
            series("slo:sli_error:ratio_rate1h", long, "availability-eqiad", 'sloth_window="1h"'),
            series("slo:sli_error:ratio_rate5m", short, "availability-eqiad", 'sloth_window="5m"'),
        ]
        evaluate(promtool, tmp_path, [(expr, [(f"{{{identity('availability-eqiad')}}}", near)])], given)


def test_overview_of_a_service(promtool: Path, tmp_path: Path) -> None:
    found = queries_of_service()
    expected = [
        sites(0.75, 0.75),
        sites(0.5, -1),
        sites(0.875, 0.75),
        sites(0.875, 0.5),
        sites(0.25, 1.5),
        sites(0.75, 0.5),
        sites(0.4375, 0.375),
        # with an error ratio of exactly the budget, the objective is met
        sites(1, 0),
        sites(0.75, 4),
        sites(0, 2),
    ]
    cases = [(panel(found, "SLOs", index), samples) for index, samples in enumerate(expected)]
    cases.append((panel(found, "Alerts firing"), [("{}", 2)]))
    detail: list[Sample] = [
        (f"{{{identity('availability-eqiad')}}}", 0),
        *(
            (f'{{alertname="ErrorBudgetBurn", severity="critical", slo_tier="{tier}", '
             f"{identity('availability-codfw')}}}", 1)
            for tier in ("1h", "6h")
        ),
    ]  # fmt: skip
    cases += [(panel(found, "Alerts now"), detail), (panel(found, "Alerts over time"), detail)]
    evaluate(promtool, tmp_path, cases, recordings())


def test_silence_is_zero_and_not_nothing(promtool: Path, tmp_path: Path) -> None:
    quiet = [each for each in recordings() if not each["series"].startswith("ALERTS")]
    fleet = queries_of_fleet()
    cases: list[tuple[str, list[Sample]]] = [
        (panel(queries_of_service(), "Alerts firing"), [("{}", 0)]),
        (panel(queries_of_service(), "Alerts now"), sites(0, 0)),
        (panel(fleet, "Alerts firing", 0), [("{}", 0)]),
        (panel(fleet, "Alerts firing", 1), [("{}", 0)]),
    ]
    evaluate(promtool, tmp_path, cases, quiet)


OTHER = f"{{{identity('probe', 'other')}}}"


def test_the_fleet(promtool: Path, tmp_path: Path) -> None:
    found = queries_of_fleet()
    table = "Every SLO, worst budget first"
    both = sites
    rows: list[Sample] = [
        (
            f'{{{identity(f"availability-{site}")}, slo_class="stable", slo_indicator="availability", '
            f'slo_site="{site}", team="ml", dashboard_uid="slo-model-0"}}',
            1,
        )
        for site in SITES
    ]
    rows.append(
        (f'{{{identity("probe", "other")}, slo_indicator="probe", team="search", dashboard_uid="slo-other"}}', 1)
    )
    cases: list[tuple[str, list[Sample]]] = [
        (panel(found, "SLOs"), [("{}", 3)]),
        (panel(found, "Met so far"), [("{}", 1)]),
        (panel(found, "Missed so far"), [("{}", 1)]),
        (panel(found, "slo-quarter budget spent"), [("{}", 1)]),
        (panel(found, "Rolling budget spent"), [("{}", 1)]),
        (panel(found, "Alerts firing"), [("{}", 2)]),
        (panel(found, "Alerts firing", 1), [("{}", 0), ('{severity="critical"}', 2)]),
        (panel(found, table, 0), rows),
        (panel(found, table, 1), [*both(0.5, -1), (OTHER, 0.75)]),
        (panel(found, table, 2), [*both(0.75, 0.75), (OTHER, 0.5)]),
        (panel(found, table, 3), [*both(0.875, 0.5), (OTHER, 0.875)]),
        (panel(found, table, 4), [*both(0.5, -1), (OTHER, 0.75)]),
        (panel(found, table, 5), both(0.75, 0.5)),
        (panel(found, table, 6), both(0.25, 1.5)),
        (panel(found, table, 7), both(1, 0)),
        (panel(found, table, 8), [*both(0.75, 4), (OTHER, 0.25)]),
        (panel(found, table, 9), [*both(0, 2), (OTHER, 0)]),
        (panel(found, "Least budget left"), [*both(0.5, -1), (OTHER, 0.75)]),
        (panel(found, "Highest burn rate now"), [*both(0.75, 4), (OTHER, 0.25)]),
        (panel(found, "By class", 0), [("{}", 1), ('{slo_class="stable"}', 2)]),
        (panel(found, "By class", 1), [("{}", 0), ('{slo_class="stable"}', 1)]),
        (panel(found, "By class", 2), [("{}", 0), ('{slo_class="stable"}', 1)]),
        (panel(found, "By class", 3), [("{}", 0), ('{slo_class="stable"}', 1)]),
        (panel(found, "By class", 4), [("{}", 0.75), ('{slo_class="stable"}', -1)]),
        (panel(found, "By team", 4), [('{team="ml"}', -1), ('{team="search"}', 0.75)]),
        (panel(found, "SLOs with a spent budget or a high burn rate", 0), [("{}", 1)]),
        (panel(found, "SLOs with a spent budget or a high burn rate", 1), [("{}", 1)]),
        (panel(found, "SLOs with a spent budget or a high burn rate", 2), [("{}", 1)]),
    ]
    evaluate(promtool, tmp_path, cases, recordings())


def test_the_lower_of_both_budgets_is_the_worst(promtool: Path, tmp_path: Path) -> None:
    given = [
        *(each for each in recordings() if "calendar_error_budget_remaining" not in each["series"]),
        series("slo:calendar_error_budget_remaining:ratio", 0.125, "availability-eqiad", 'calendar="slo-quarter"'),
    ]
    expr = panel(queries_of_fleet(), "Least budget left")
    evaluate(promtool, tmp_path, [(expr, [*sites(0.125, -1), (OTHER, 0.75)])], given)


def test_a_filter_leaves_what_it_says(promtool: Path, tmp_path: Path) -> None:
    cases: list[tuple[str, list[Sample]]] = [
        (panel(queries_of_fleet(site="eqiad"), "SLOs"), [("{}", 1)]),
        (panel(queries_of_fleet(site="eqiad"), "Highest burn rate now"), sites(0.75, 4)[1:]),
        (panel(queries_of_fleet(team="search"), "Least budget left"), [(OTHER, 0.75)]),
        (panel(queries_of_fleet(**{"class": "stable"}), "SLOs"), [("{}", 2)]),
        (panel(queries_of_fleet(site="eqiad"), "Alerts firing"), [("{}", 0)]),
        (panel(queries_of_fleet(site="nowhere"), "SLOs"), [("{}", 0)]),
    ]
    evaluate(promtool, tmp_path, cases, recordings())


def test_a_long_name_still_leads_to_its_dashboard(promtool: Path, tmp_path: Path) -> None:
    name = odd_service().name
    given = [series("sloth_slo_info", 1, "probe", 'slo_indicator="probe", team="search"', name)]
    uid = next(each.uid for each in [service_dashboard(odd_service())])
    rows = [(f'{{{identity("probe", name)}, slo_indicator="probe", team="search", dashboard_uid="{uid}"}}', 1.0)]
    evaluate(promtool, tmp_path, [(panel(queries_of_fleet(), "Every SLO, worst budget first"), rows)], given)


def test_groups_are_shown_apart_and_the_fleet_sees_the_worst(promtool: Path, tmp_path: Path) -> None:
    name = odd_service().name
    groups = {'dc="a", wiki="x"': 0.5, 'dc="a", wiki="y"': -2.0}
    given = [
        series("slo:error_budget:ratio", 0.25, "grouped", service=name),
        series("sloth_slo_info", 1, "grouped", 'slo_indicator="grouped", team="search"', name),
    ]
    for labels, left in groups.items():
        given += [
            series("slo:period_error_budget_remaining:ratio", left, "grouped", labels, name),
            series("slo:sli_error:ratio_rate5m", 0.25 * left + 1, "grouped", f'{labels}, sloth_window="5m"', name),
        ]
    whose = identity("grouped", name)
    found = [
        query
        for query in all_queries(service_dashboard(odd_service()).json_text)
        if 'sloth_slo="grouped"' in query.expr
    ]
    cases: list[tuple[str, list[Sample]]] = [
        (panel(found, "Budget left, 28d"), [(f"{{{labels}, {whose}}}", left) for labels, left in groups.items()]),
        (
            panel(found, "Burn rate by window"),
            [(f"{{{labels}, {whose}}}", left + 4) for labels, left in groups.items()],
        ),
        (panel(queries_of_fleet(), "Least budget left"), [(f"{{{whose}}}", -2.0)]),
    ]
    evaluate(promtool, tmp_path, cases, given)


def test_breakdowns_count_as_the_recordings_do(promtool: Path, tmp_path: Path) -> None:
    """Per minute: 120 good and 60 bad requests of one backend, 60 good ones of another, none of a third."""
    found = queries_of_service()
    common = (
        'site="eqiad", prometheus="k8s-mlserve", kubernetes_namespace="istio-system", '
        'destination_service_namespace="model-0"'
    )

    def counter(metric: str, backend: str, step: int, more: str) -> dict[str, str]:
        labels = f'{common}, destination_canonical_service="{backend}", {more}'
        return {"series": f"{metric}{{{labels}}}", "values": f"0+{step}x12"}

    requests, duration = "istio_requests_total", "istio_request_duration_milliseconds"
    given = [
        counter(requests, "model-0-a", 120, 'response_code="200"'),
        counter(requests, "model-0-a", 60, 'response_code="503"'),
        counter(requests, "model-0-b", 60, 'response_code="404"'),
        counter(requests, "model-0-c", 0, 'response_code="200"'),
        counter(requests, "other", 60, 'response_code="200"'),
        counter(f"{duration}_bucket", "model-0-a", 60, 'response_code="200", le="250"'),
        counter(f"{duration}_bucket", "model-0-a", 90, 'response_code="200", le="500"'),
        counter(f"{duration}_bucket", "model-0-a", 120, 'response_code="200", le="+Inf"'),
        counter(f"{duration}_count", "model-0-a", 120, 'response_code="200"'),
    ]

    def by(label: str, values: dict[str, float]) -> list[Sample]:
        return [(f'{{{label}="{value}"}}', number) for value, number in values.items()]

    service = "destination_canonical_service"
    cases: list[tuple[str, list[Sample]]] = [
        (panel(found, "Events per second by service"), by(service, {"model-0-a": 3, "model-0-b": 1, "model-0-c": 0})),
        (panel(found, "Bad events by service"), by(service, {"model-0-a": 1 / 3, "model-0-b": 0, "model-0-c": 0})),
        (panel(found, "Events per second by response code"), by("response_code", {"200": 2, "404": 1, "503": 1})),
        # the panels of latency come after the two of availability with the same title
        (panel(found, "Events per second by service", 2), by(service, {"model-0-a": 2})),
        (panel(found, "Bad events by service", 2), by(service, {"model-0-a": 0.25})),
        (panel(found, "Latency quantiles"), [("{}", 250)]),
    ]
    evaluate(promtool, tmp_path, cases, given)
