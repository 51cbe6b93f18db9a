"""Nothing is lost in silence: a value that is changed changes what is written, or what is listed as lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from slosmith.export import export, export_formats
from slosmith.model import (
    Alerting,
    Calendar,
    CounterRatio,
    Decision,
    Dependency,
    Duration,
    HistogramLatency,
    NoGuarantee,
    Objective,
    Operations,
    Origin,
    Period,
    Service,
    Slo,
    Waiver,
)
from tests.export.returning import MONTHS, WINDOWS, selector, tier

FORMATS = tuple(export_formats())
LABELS = (("x_room", "a"),)
SOMEWHERE = Origin("service", "a.yaml")

ALERTING = Alerting("default", WINDOWS)
SLO = Slo(
    service="shop",
    name="orders",
    indicator_name="orders",
    indicator=CounterRatio((selector("orders_total"),), bad=(selector("orders_failed_total"),)),
    objective=Objective(Decimal("0.99")),
    period=Period(Duration.parse("30d")),
    team="web",
    alerting=ALERTING,
)
LATENCY = msgspec.structs.replace(
    SLO,
    name="latency",
    indicator=HistogramLatency((selector("d_seconds_bucket"),), (selector("d_seconds_count"),), "0.5"),
    objective=Objective(Decimal("0.99"), threshold=Duration.parse("500ms")),
)

SERVICE_CHANGES: Mapping[str, Any] = {
    "slo_class": "stable",
    "description": "A shop.",
    "documentation": "https://example.org/d",
    "responsible": "Somebody.",
    "clients_external": ("a",),
    "clients_internal": ("a",),
    "dependencies": (Dependency("database", True, SOMEWHERE),),
    "operations": Operations(time_to_detect=Duration.parse("10m")),
    "decisions": (Decision("2026-01-01", "It fits.", "It was measured.", SOMEWHERE),),
    "waivers": (Waiver("ALT205", "Soon.", "web", "2026-03-01", SOMEWHERE),),
    "no_guarantees": (NoGuarantee("latency", "Batch.", "2026-01-01", SOMEWHERE),),
}
SLO_CHANGES: Mapping[str, Any] = {
    "indicator": CounterRatio((selector("orders_total"),), bad=(selector("other_total"),)),
    "objective": Objective(Decimal("0.98")),
    "team": "shop",
    "group_by": ("path",),
    "alerting": None,
    "labels": LABELS,
    "info_labels": LABELS,
    "revision": "2",
    "description": "Orders.",
    "documentation": "https://example.org/d",
    "runbook": "https://example.org/r",
    "dashboard": "https://example.org/b",
    "expected_events_per_day": Decimal(1000),
}
OBJECTIVE_CHANGES: Mapping[str, Any] = {
    "target_ratio": Decimal("0.98"),
    "aspirational_ratio": Decimal("0.999"),
    "threshold": Duration.parse("400ms"),
    "measured_threshold": Duration.parse("450ms"),
}
ALERTING_CHANGES: Mapping[str, Any] = {
    "windows": (tier("0.03", "1h", "5m", "page"), *WINDOWS[1:]),
    "name": "Orders",
    "absent_name": "OrdersGone",
    "exhausted_name": "OrdersSpent",
    "max_error_ratio": Decimal("0.1"),
    "minimum_bad_events": Decimal(7),
    "absent_for": Duration.parse("7m"),
    "absent_severity": "page",
    "absent_severity_label": "info",
    "page": False,
    "ticket": False,
    "absence": False,
    "exhaustion": False,
    "labels": LABELS,
    "annotations": LABELS,
    "page_labels": LABELS,
    "page_annotations": LABELS,
    "ticket_labels": LABELS,
    "ticket_annotations": LABELS,
    "annotation_names": (("runbook", "runbook_url"),),
    "severities": (("page", "critical"), ("ticket", "warning")),
}


def service(*slos: Slo) -> Service:
    return Service("shop", "web", slos, Origin("default"))


def changed() -> Iterator[tuple[str, Service, Service]]:
    """What is changed, and the services before and after."""
    before = service(SLO)
    for field, value in SERVICE_CHANGES.items():
        yield f"service.{field}", before, msgspec.structs.replace(before, **{field: value})
    for field, value in SLO_CHANGES.items():
        yield f"slo.{field}", before, service(msgspec.structs.replace(SLO, **{field: value}))
    for name, period in {
        "rolling": Period(Duration.parse("28d")),
        "calendar": Period(Duration.parse("30d"), MONTHS),
        "other calendar": Period(Duration.parse("30d"), Calendar("odd", ((2, 3), (9, 9)))),
    }.items():
        yield f"period.{name}", before, service(msgspec.structs.replace(SLO, period=period))
    for field, value in OBJECTIVE_CHANGES.items():
        # the bucket stays: it measures another threshold then
        fields = (
            {"measured_threshold": Duration.parse("500ms"), field: value} if "threshold" in field else {field: value}
        )
        objective = msgspec.structs.replace(LATENCY.objective, **fields)
        yield f"objective.{field}", service(LATENCY), service(msgspec.structs.replace(LATENCY, objective=objective))
    for field, value in ALERTING_CHANGES.items():
        alerting = msgspec.structs.replace(ALERTING, **{field: value})
        yield f"alerting.{field}", before, service(msgspec.structs.replace(SLO, alerting=alerting))
    for name in ("hold", "keep"):
        timed = msgspec.structs.replace(WINDOWS[0], **{name: Duration.parse("1h")})
        alerting = msgspec.structs.replace(ALERTING, windows=(timed, *WINDOWS[1:]))
        yield f"window.{name}", before, service(msgspec.structs.replace(SLO, alerting=alerting))
    labelled = msgspec.structs.replace(WINDOWS[0], severity_label="critical")
    alerting = msgspec.structs.replace(ALERTING, windows=(labelled, *WINDOWS[1:]))
    yield "window.severity_label", before, service(msgspec.structs.replace(SLO, alerting=alerting))


CHANGES = {name: (before, after) for name, before, after in changed()}
NO_CONTENT = {
    "service": {"name", "team", "slos", "origin", "runbook", "dashboard", "sites", "dialect"},
    "slo": {
        # names are the identity; the period is changed by itself; the queries contain site and scope
        "service", "name", "indicator_name", "period", "site", "slo_class", "scope", "dialect", "template",
        "external_site", "origin", "origins",
    },
    "objective": set[str](),
    "alerting": {"catalogue"},
}  # fmt: skip
"""Fields that say nothing which the SLOs do not say."""


@pytest.mark.parametrize(("kind", "of"), [
    ("service", Service), ("slo", Slo), ("objective", Objective), ("alerting", Alerting),
])  # fmt: skip
def test_every_field_of_the_model_is_changed(kind: str, of: type[msgspec.Struct]) -> None:
    """A field that is added to the model has to be exported, or listed as lost."""
    fields = {name.partition(".")[2] for name in CHANGES if name.startswith(f"{kind}.")}
    assert fields | NO_CONTENT[kind] == set(of.__struct_fields__)
    assert not fields & NO_CONTENT[kind]


LISTED = {
    "objective.threshold": "threshold",
    "objective.measured_threshold": "threshold",
    "alerting.windows": "catalogue",
    "window.hold": "catalogue.for",
    "window.keep": "catalogue.for",
    "alerting.max_error_ratio": "alerting.max_error_ratio",
    "alerting.minimum_bad_events": "alerting.minimum_bad_events",
    "alerting.exhausted_name": "alerting.exhaustion",
    "alerting.absent_name": "alerting.absence",
    "alerting.absent_for": "alerting.absence",
    "alerting.absent_severity": "alerting.absence",
    "alerting.absent_severity_label": "alerting.absence",
}
"""Changes of something that is lost before the change too, and the name of the loss."""


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_written_or_listed_as_lost(change: str, to: str) -> None:
    before, after = (export([each], to) for each in CHANGES[change])
    lost = {loss.field for loss in after.losses}
    known = change in LISTED and any(field.startswith(LISTED[change]) for field in lost)
    assert known or (before.files, before.losses) != (after.files, after.losses)
