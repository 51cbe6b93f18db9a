"""Export to Pyrra: reading the files again gives the same SLOs, and every loss is reported."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from slosmith.export import export
from slosmith.formats.dialects.pyrra.windows import absent_for, pyrra_windows
from slosmith.model import (
    Alerting,
    BurnRateWindow,
    CounterRatio,
    Duration,
    Freshness,
    Objective,
    Origin,
    Period,
    QueryRatio,
    RawRatio,
    Service,
    Slo,
)
from tests.export.returning import PYRRAS, WINDOWS, key, read_back, same_objective, selector, services


@settings(max_examples=60, deadline=None)
@given(services(PYRRAS), st.booleans(), st.sampled_from([(), ("site", "handler")]))
def test_what_comes_back_is_what_went_out(service: Service, pyrras: bool, group_by: tuple[str, ...]) -> None:
    slos = [msgspec.structs.replace(slo, group_by=group_by) for slo in service.slos]
    if pyrras:
        slos = [_with_pyrras_windows(slo) for slo in slos]
    service = msgspec.structs.replace(service, slos=tuple(slos))
    exported = export([service], "pyrra")
    (back,) = read_back(exported.files).services
    for before, after in zip(service.slos, back.slos, strict=True):
        same_objective(before, after)
        lost = {loss.field for loss in exported.losses if loss.slo == before.id}
        assert after.indicator == before.indicator
        assert after.period.rolling == before.period.rolling
        assert after.group_by == before.group_by
        assert ("period.calendar" in lost) == (before.period.calendar is not None)
        if before.alerting is None:
            assert after.alerting is None
            continue
        assert after.alerting is not None
        assert after.alerting.name == before.alerting.name
        assert after.alerting.absence == before.alerting.absence
        assert set(before.alerting.annotations) <= set(after.alerting.annotations)
        enabled = before.alerting.page or before.alerting.ticket
        assert (after.alerting.page or after.alerting.ticket) == enabled
        assert not (pyrras and "catalogue" in lost)
        if enabled and "catalogue" not in lost:
            assert key(after.alerting.windows) == key(before.alerting.windows)
            labels = {each.name: each.severity_label or each.severity for each in before.alerting.windows}
            assert {each.name: each.severity_label or each.severity for each in after.alerting.windows} == labels
        if before.alerting.absence:
            assert after.alerting.absent_severity == before.alerting.absent_severity
            assert ("alerting.absence.for" in lost) == (after.alerting.absent_for != before.alerting.absent_for)
    assert export([service], "pyrra") == exported, "the same text every time"


def _with_pyrras_windows(slo: Slo) -> Slo:
    if slo.alerting is None:
        return slo
    windows = list(pyrra_windows(slo.period.rolling).values())
    own = [msgspec.structs.replace(windows[0], severity_label="p1"), *windows[1:]]
    own[2] = msgspec.structs.replace(own[2], severity="page", severity_label="critical")
    alerting = msgspec.structs.replace(
        slo.alerting, windows=tuple(own), absent_severity="page", absent_for=absent_for(slo.period.rolling)
    )
    return msgspec.structs.replace(slo, alerting=alerting)


def slo_of(name: str, **fields: object) -> Slo:
    values = {
        "service": "a", "name": name, "indicator_name": name, "objective": Objective(Decimal("0.9")),
        "indicator": CounterRatio((selector("t"),), bad=(selector("b"),)), "period": Period(Duration.parse("28d")),
        "team": "",
    }  # fmt: skip
    return Slo(**{**values, **fields})  # type: ignore[arg-type]


def test_kinds_that_pyrra_has_not_are_left_out_and_told() -> None:
    slos = (
        slo_of("good", indicator=CounterRatio((selector("t"),), good=(selector("g"),))),
        slo_of("two", indicator=CounterRatio((selector("t"), selector("u")), bad=(selector("b"),))),
        slo_of("fresh", indicator=Freshness((selector("x"),), Duration.parse("1h"))),
        slo_of("query", indicator=QueryRatio("sum(rate(t[{{.window}}]))", bad="sum(rate(b[{{.window}}]))")),
        slo_of("raw", indicator=RawRatio("r")),
    )
    exported = export([Service("a", "", slos, Origin("default"))], "pyrra")
    assert exported.files == {}
    assert {(loss.slo, loss.field) for loss in exported.losses} == {(slo.id, "indicator") for slo in slos}


def test_what_has_no_place_is_told() -> None:
    alerting = Alerting("default", WINDOWS, ticket=False, labels=(("x", "y"),))
    exported = export([Service("a", "", (slo_of("x", alerting=alerting),), Origin("default"))], "pyrra")
    assert {loss.field for loss in exported.losses} == {
        "alerting.absence.for", "alerting.exhaustion", "alerting.labels", "alerting.max_error_ratio",
        "alerting.minimum_bad_events",
        "alerting.page", "alerting.ticket", "catalogue",
    } - {"alerting.page"}  # fmt: skip


def test_alerts_keep_the_labels_that_route_them() -> None:
    """Pyrra's own are critical and warning; others are written, whatever the windows are."""

    def severities(windows: tuple[BurnRateWindow, ...], page: str, ticket: str) -> dict[str, str]:
        mapping = (("page", page), ("ticket", ticket))
        slo = slo_of("x", alerting=Alerting("default", windows, severities=mapping, absent_severity="page"))
        (text,) = export([Service("a", "", (slo,), Origin("default"))], "pyrra").files.values()
        found: dict[str, str] = yaml.safe_load(text)["spec"].get("alerting", {}).get("severities", {})
        return found

    pages, tickets = ("absent", "fastBurn", "mediumBurn"), ("slowBurn", "longTermBurn")
    for windows in (WINDOWS, tuple(pyrra_windows(Duration.parse("28d")).values())):
        assert severities(windows, "critical", "warning") == {}
        assert severities(windows, "critical", "mail") == dict.fromkeys(tickets, "mail")
        assert severities(windows, "page", "ticket") == {
            **dict.fromkeys(pages, "page"),
            **dict.fromkeys(tickets, "ticket"),
        }
    labelled = tuple(msgspec.structs.replace(window, severity_label="info") for window in WINDOWS[2:])
    assert severities((*WINDOWS[:2], *labelled), "critical", "warning") == dict.fromkeys(tickets, "info")
