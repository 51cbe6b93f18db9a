"""Export to OpenSLO: reading the files again gives the same SLOs, and every loss is reported."""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec
import yaml
from hypothesis import given, settings

from slosmith.export import export
from slosmith.export.event_queries import event_queries
from slosmith.model import (
    Alerting,
    BurnRateWindow,
    CounterRatio,
    Duration,
    GaugeThreshold,
    HistogramLatency,
    Indicator,
    Matcher,
    Objective,
    Origin,
    Period,
    QueryRatio,
    RawRatio,
    Service,
    Slo,
)
from slosmith.promql import fill_window
from slosmith.sli.base import error_ratio_query
from slosmith.sli.bounds import le_pattern
from tests.export.returning import key, read_back, same_objective, selector, services
from tests.promql.forms import normalise


def meaning(indicator: Indicator) -> tuple[str, ...]:
    """The events of an indicator, in the same form for all ways to write it."""
    window = Duration.parse("5m")
    if isinstance(indicator, RawRatio):
        return (normalise(error_ratio_query(indicator, window)),)
    if isinstance(indicator, HistogramLatency):  # it is exported as good events and all events
        bound = Matcher("le", "=~", le_pattern(indicator.le))
        good = tuple(bucket.with_matchers(bound) for bucket in indicator.buckets)
        indicator = CounterRatio(indicator.total, good=good)
    queries = event_queries(indicator)
    return tuple(normalise(fill_window(query, window)) for query in (queries.bad, queries.total))


def said(period: Period) -> tuple[object, ...]:
    """A calendar without its name."""
    calendar = period.calendar
    return (calendar.starts, calendar.every, calendar.offset) if calendar is not None else ()


@settings(max_examples=60, deadline=None)
@given(services())
def test_what_comes_back_is_what_went_out(service: Service) -> None:
    exported = export([service], "openslo")
    (back,) = read_back(exported.files).services
    assert back.description == service.description
    assert len(back.slos) == len(service.slos)
    for before, after in zip(service.slos, back.slos, strict=True):
        same_objective(before, after)
        assert meaning(after.indicator) == meaning(before.indicator)
        lost = {loss.field for loss in exported.losses if loss.slo == before.id}
        assert after.period.rolling == before.period.rolling
        if "period.calendar" not in lost:
            assert after.period == msgspec.structs.replace(before.period, calendar=after.period.calendar)
            assert said(after.period) == said(before.period)
        alerting = before.alerting
        if alerting is None or not (alerting.page or alerting.ticket or alerting.absence):
            assert after.alerting is None
            continue
        assert after.alerting is not None
        assert after.alerting.absence == alerting.absence
        enabled = {"page": alerting.page, "ticket": alerting.ticket}
        expected_windows = tuple(window for window in alerting.windows if enabled[window.severity])
        if expected_windows:
            assert key(after.alerting.windows) == key(expected_windows)
        else:
            assert (after.alerting.page, after.alerting.ticket) == (False, False)
    assert export([service], "openslo") == exported, "the same text every time"


@settings(max_examples=20, deadline=None)
@given(services())
def test_the_second_time_is_as_the_first(service: Service) -> None:
    """A value that OpenSLO can hold is exported exactly."""
    first = read_back(export([service], "openslo").files).services
    second = read_back(export(first, "openslo").files).services
    for before, after in zip(first[0].slos, second[0].slos, strict=True):
        assert after.indicator == before.indicator
        assert after.period == before.period


def slo_of(name: str, indicator: Indicator) -> Slo:
    return Slo(
        service="a", name=name, indicator_name=name, indicator=indicator, objective=Objective(Decimal("0.9")),
        period=Period(Duration.parse("28d")), team="",
    )  # fmt: skip


KINDS: dict[str, Indicator] = {
    "counters": CounterRatio((selector("t"),), bad=(selector("t", code="5"),)),
    "queue": GaugeThreshold((selector("q"),), "<", Decimal(3)),
    "ratio": RawRatio("avg_over_time(r[{{.window}}])"),
    "query": QueryRatio("sum(rate(t[{{.window}}]))", bad="sum(rate(b[{{.window}}]))"),
}


def test_kinds_that_openslo_has_are_written_as_such() -> None:
    service = Service(
        "a",
        "",
        tuple(slo_of(name, indicator) for name, indicator in KINDS.items()),
        Origin("default"),
        description="A.",
    )
    documents = list(yaml.safe_load_all(export([service], "openslo").files["a.yaml"]))
    specs = {part["metadata"]["name"]: part["spec"] for part in documents if part["kind"] == "SLO"}
    ratio = specs["a-counters"]["indicator"]["spec"]["ratioMetric"]
    assert ratio["counter"] is True
    assert ratio["bad"]["metricSource"]["spec"]["query"] == 't{code="5"}'
    assert specs["a-queue"]["budgetingMethod"] == "Timeslices"
    (objective,) = specs["a-queue"]["objectives"]
    assert (objective["op"], objective["value"], objective["timeSliceWindow"]) == ("lt", 3, "1m")
    assert specs["a-ratio"]["indicator"]["spec"]["ratioMetric"]["rawType"] == "failure"


def test_what_has_no_place_is_told() -> None:
    slo = msgspec.structs.replace(slo_of("Upper", KINDS["counters"]), group_by=("site",), info_labels=(("x", "y"),))
    service = Service("a", "", (slo,), Origin("default"), responsible="somebody", slo_class="stable")
    losses = export([service], "openslo").losses
    assert {(loss.slo, loss.field) for loss in losses} == {
        ("a", "class"), ("a", "responsible"), ("a-Upper", "group_by"), ("a-Upper", "info_labels"), ("a-Upper", "name"),
    }  # fmt: skip
    assert all(loss.why and loss.why[-1] != "." for loss in losses)


def test_every_policy_has_a_target_and_names_that_kubernetes_takes() -> None:
    """OpenSLO's validator refuses a policy without notification targets, and names that are not DNS labels."""
    tiers = (
        BurnRateWindow("1h.Fast", Decimal("0.02"), Duration.parse("1h"), Duration.parse("5m"), "page"),
        BurnRateWindow("x" * 40, Decimal("0.1"), Duration.parse("1d"), Duration.parse("2h"), "ticket"),
    )
    slo = msgspec.structs.replace(slo_of("Long." + "n" * 50, KINDS["counters"]), alerting=Alerting("x", tiers))
    documents = yaml.safe_load_all(export([Service("a", "", (slo,), Origin("default"))], "openslo").files["a.yaml"])
    spec = next(part["spec"] for part in documents if part["kind"] == "SLO")
    inline = [spec["indicator"], *spec["alertPolicies"]]
    for policy in spec["alertPolicies"]:
        assert len(policy["spec"]["conditions"]) == len(policy["spec"]["notificationTargets"]) == 1
        inline += [*policy["spec"]["conditions"], *policy["spec"]["notificationTargets"]]
    assert len(inline) == 7
    for part in inline:
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", part["metadata"]["name"]), part["metadata"]
