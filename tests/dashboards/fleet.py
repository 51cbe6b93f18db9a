"""SLOs for the tests of dashboards: many like those of Lift Wing, and some of other kinds."""

from __future__ import annotations

from decimal import Decimal

from slosmith.dashboards import Dashboard, DashboardSettings, fleet_dashboard, service_dashboard
from slosmith.model import (
    Alerting,
    BooleanGauge,
    BurnRateWindow,
    Calendar,
    CounterRatio,
    Decision,
    Dependency,
    Duration,
    HistogramLatency,
    Indicator,
    Matcher,
    NativeHistogramLatency,
    NoGuarantee,
    Objective,
    Operations,
    Origin,
    Period,
    QueryRatio,
    RawRatio,
    Selector,
    Service,
    Slo,
    Workspace,
)

QUARTER = Calendar("slo-quarter", ((3, 1), (6, 1), (9, 1), (12, 1)))
ROLLING = Duration.parse("28d")


def _window(name: str, share: str, long: str, short: str, severity: str) -> BurnRateWindow:
    assert severity in ("page", "ticket")
    return BurnRateWindow(
        name, Decimal(share), Duration.parse(long), Duration.parse(short), "page" if severity == "page" else "ticket"
    )


ALERTING = Alerting(
    catalogue="default",
    windows=(
        _window("1h", "0.02", "1h", "5m", "page"),
        _window("6h", "0.05", "6h", "30m", "page"),
        _window("1d", "0.1", "1d", "2h", "ticket"),
        _window("3d", "0.1", "3d", "6h", "ticket"),
    ),
    severities=(("page", "critical"), ("ticket", "warning")),
)


def gateway(namespace: str, service: str, site: str) -> tuple[Matcher, ...]:
    return (
        Matcher("site", "=", site),
        Matcher("prometheus", "=", "k8s-mlserve"),
        Matcher("kubernetes_namespace", "=", "istio-system"),
        Matcher("destination_service_namespace", "=", namespace),
        Matcher("destination_canonical_service", "=~", service),
    )


def availability(namespace: str, service: str, site: str) -> CounterRatio:
    total = Selector("istio_requests_total", gateway(namespace, service, site))
    return CounterRatio(total=(total,), bad=(total.with_matchers(Matcher("response_code", "=~", "5..")),))


def latency(namespace: str, service: str, site: str, le: str) -> HistogramLatency:
    matchers = (*gateway(namespace, service, site), Matcher("response_code", "=~", "2.."))
    return HistogramLatency(
        buckets=(Selector("istio_request_duration_milliseconds_bucket", matchers),),
        total=(Selector("istio_request_duration_milliseconds_count", matchers),),
        le=le,
    )


def slo(
    service: str,
    indicator_name: str,
    indicator: Indicator,
    *,
    site: str | None = None,
    target: str = "0.98",
    aspirational: str | None = None,
    threshold: str | None = None,
    calendar: Calendar | None = QUARTER,
    rolling: Duration = ROLLING,
    alerting: Alerting | None = ALERTING,
    group_by: tuple[str, ...] = (),
    slo_class: str | None = "stable",
) -> Slo:
    return Slo(
        service=service,
        name=indicator_name if site is None else f"{indicator_name}-{site}",
        indicator_name=indicator_name,
        indicator=indicator,
        objective=Objective(
            Decimal(target),
            None if aspirational is None else Decimal(aspirational),
            None if threshold is None else Duration.parse(threshold),
        ),
        period=Period(rolling, calendar),
        team="ml",
        site=site,
        slo_class=slo_class,
        alerting=alerting,
        group_by=group_by,
    )


def lift_wing_service(
    name: str, sites: tuple[str, ...] = ("eqiad", "codfw"), target: str = "0.98", le: str = "500"
) -> Service:
    """A service like most of Lift Wing's: two indicators at two sites."""
    slos: list[Slo] = []
    for site in sites:
        slos.append(
            slo(
                name,
                "availability",
                availability(name, f"{name}.*", site),
                site=site,
                target=target,
                aspirational="0.99",
            )
        )
        slos.append(
            slo(name, "latency", latency(name, f"{name}.*", site, le), site=site, target=target, threshold="500ms")
        )
    return Service(
        name=name,
        team="ml",
        slos=tuple(slos),
        origin=Origin("service", f"services/{name}.yaml"),
        slo_class="stable",
        description="Scores revisions; *quickly* <b>enough</b>.",
        documentation="https://docs.example.org/slo",
        runbook="https://docs.example.org/runbook",
        responsible="Machine Learning",
        sites=sites,
        clients_external=("API gateway",),
        clients_internal=("recommendations",),
        dependencies=(
            Dependency("mw-api", True, Origin("service"), target_ratio=Decimal("0.999")),
            Dependency("logstash", False, Origin("service")),
        ),
        operations=Operations(Duration.parse("10m"), Duration.parse("2h"), Decimal(1), monitoring="Alerts and this."),
        decisions=(Decision("2024-05-01", "500 ms", "It is a bucket | and fast enough.", Origin("service")),),
        no_guarantees=(NoGuarantee("freshness", "Nobody needs it.", "2024-05-01", Origin("service")),),
    )


def odd_service() -> Service:
    """One SLO of every other kind: no site, no calendar, no alerts, grouped, raw, free queries, several periods."""
    probe = Selector("probe_success", (Matcher("job", "=", "blackbox"),))
    total = Selector("http_requests_total", (Matcher("path", "=~", r'/a\.b"$|/c'),))
    name = "Odd.One_with-a-name-that-is-too-long-for-a-uid"
    return Service(
        name=name,
        team="search",
        origin=Origin("service", "services/odd.yaml"),
        slos=(
            slo(name, "probe", BooleanGauge((probe,)), calendar=None, slo_class=None),
            slo(name, "raw", RawRatio('my_ratio{window="{{.window}}"}'), slo_class=None),
            slo(
                name,
                "quiet",
                QueryRatio("rate(a[{{.window}}])", bad="rate(b[{{.window}}])"),
                alerting=None,
                slo_class=None,
                target="0.95",
                rolling=Duration.parse("30d"),
            ),
            slo(
                name,
                "grouped",
                CounterRatio(total=(total,), good=(total.with_matchers(Matcher("code", "!~", "5..")),)),
                group_by=("wiki", "dc"),
                slo_class=None,
            ),
            slo(
                name,
                "native",
                NativeHistogramLatency((Selector("h_seconds"),), Decimal("0.5")),
                slo_class=None,
                threshold="500ms",
                calendar=None,
                alerting=None,
            ),
            slo(name, "mixed", availability("ns", "a|b", "eqiad"), site="eqiad", slo_class=None),
            slo(name, "mixed", availability("ns", "a|b", "codfw"), site="codfw", target="0.95", slo_class=None),
        ),
    )


def workspace(services: int = 3) -> Workspace:
    """``services`` like those of Lift Wing, and the one with other kinds of SLOs, sorted by name."""
    all_services = [odd_service(), *(lift_wing_service(f"model-{index}") for index in range(services))]
    return Workspace(tuple(sorted(all_services, key=lambda service: service.name)), calendars=(QUARTER,))


def drawn_dashboards(
    workspace: Workspace, settings: DashboardSettings | None = None, rules: str = "weighted"
) -> list[Dashboard]:
    """The dashboard of the fleet and one for each service, sorted by name."""
    of_services = [service_dashboard(service, settings, rules=rules) for service in workspace.services]
    return sorted([fleet_dashboard(workspace, settings, rules=rules), *of_services], key=lambda each: each.name)
