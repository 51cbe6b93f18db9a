"""Export to Sloth: reading the files again gives the same SLOs, and every loss is reported."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slosmith.export import export, export_formats
from slosmith.export.event_queries import event_queries
from slosmith.formats import dialects
from slosmith.formats.declarations import AnyDeclaration
from slosmith.formats.yaml import document
from slosmith.model import (
    Alerting,
    BooleanGauge,
    BurnRateWindow,
    Calendar,
    CounterRatio,
    Duration,
    Freshness,
    GaugeThreshold,
    HistogramLatency,
    Indicator,
    Matcher,
    NativeHistogramLatency,
    Objective,
    Origin,
    Period,
    QueryRatio,
    RawRatio,
    Selector,
    Service,
    Slo,
    Workspace,
)
from slosmith.promql import fill_window
from slosmith.resolve import resolve
from slosmith.resolve.project import build_project
from slosmith.sli.base import base_expressions, error_ratio_query
from slosmith.sli.library import library
from tests.cli.project import slosmith
from tests.promql.forms import normalise

WINDOWS = tuple(
    BurnRateWindow(long, Decimal(share), Duration.parse(long), Duration.parse(short), severity)  # type: ignore[arg-type]
    for long, share, short, severity in (
        ("1h", "0.02", "5m", "page"), ("6h", "0.05", "30m", "page"),
        ("1d", "0.1", "2h", "ticket"), ("3d", "0.1", "6h", "ticket"),
    )
)  # fmt: skip
OTHER_WINDOWS = tuple(
    msgspec.structs.replace(window, budget_share=window.budget_share * 2, name=f"x{window.name}") for window in WINDOWS
)
PERIOD = Duration.parse("30d")


def selector(name: str, **labels: str) -> Selector:
    return Selector(name, tuple(Matcher(label, "=", value) for label, value in labels.items()))


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=30)
NAMES = st.from_regex(r"[A-Za-z0-9][-A-Za-z0-9_.]{0,20}[A-Za-z0-9]", fullmatch=True)
LABELS = st.dictionaries(st.from_regex(r"x_[a-z]{1,8}", fullmatch=True), TEXT, max_size=3).map(
    lambda labels: tuple(sorted(labels.items()))
)
INDICATORS = st.one_of(
    st.builds(
        lambda job: CounterRatio((selector("all_total", job=job),), bad=(selector("bad_total", job=job),)), TEXT
    ),
    st.builds(
        lambda job: CounterRatio((selector("all_total", job=job),), good=(selector("ok_total", job=job),)), TEXT
    ),
    st.builds(
        lambda job, le: HistogramLatency((selector("d_bucket", job=job),), (selector("d_count", job=job),), le),
        TEXT, st.sampled_from(["0.5", "500", "1000000"]),
    ),
    st.builds(lambda job: NativeHistogramLatency((selector("d", job=job),), Decimal("0.25")), TEXT),
    st.builds(lambda job: BooleanGauge((selector("probe_success", job=job),)), TEXT),
    st.builds(lambda job: GaugeThreshold((selector("queue_length", job=job),), "<=", Decimal(10)), TEXT),
    st.builds(lambda job: Freshness((selector("last_success_seconds", job=job),), Duration.parse("1h")), TEXT),
    st.just(QueryRatio("sum(rate(t[{{ .window }}]))", bad="sum(rate(b[{{.window}}]))")),
    st.just(QueryRatio("sum(increase(t[{{.window}}]))", good="sum(increase(g[{{.window}}]))")),
    st.just(RawRatio("avg_over_time(r[{{.window}}])")),
)  # fmt: skip


@st.composite
def alertings(draw: st.DrawFn) -> Alerting:
    labels = {name: draw(LABELS) for name in ("labels", "page_labels", "ticket_labels")}
    annotations = {name: draw(LABELS) for name in ("annotations", "page_annotations", "ticket_annotations")}
    return Alerting(
        "default", draw(st.sampled_from([WINDOWS, OTHER_WINDOWS])), name=draw(TEXT).strip() or "Burn",
        page=draw(st.booleans()), ticket=draw(st.booleans()), **labels, **annotations,
    )  # fmt: skip


@st.composite
def services(draw: st.DrawFn) -> Service:
    service = draw(NAMES)
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    slos = tuple(
        Slo(
            service=service,
            name=name,
            indicator_name=name,
            indicator=draw(INDICATORS),
            objective=Objective(Decimal(draw(st.integers(1, 99_999))) / 100_000),
            period=Period(PERIOD),
            team=draw(st.one_of(st.just(""), TEXT.map(str.strip))),
            alerting=draw(st.one_of(st.none(), alertings())),
            labels=draw(LABELS),
            description=draw(TEXT).strip(),
        )
        for name in names
    )
    return Service(service, "", slos, Origin("default"))


def read_back(files: Mapping[str, str]) -> Workspace:
    """Loads specs without files: documents in Sloth's format, and our catalogues."""
    declared: list[AnyDeclaration] = []
    for path, text in files.items():
        documents, problems, _ = document.read(text, path)
        assert not problems, problems
        for part in documents:
            found, problems = dialects.declare(part)
            assert not problems, problems
            declared += found
    for catalogue in sorted((Path(dialects.__file__).parents[1] / "data" / "catalogues").glob("*.yaml")):
        for part in document.read(catalogue.read_text("utf-8"), "").documents:
            declared += dialects.declare(part)[0]
    project, problems = build_project(declared)
    assert not problems, problems
    workspace, problems_found = resolve(declared, project, library())
    assert not [problem for problem in problems_found if problem.severity == "error"], problems_found
    return workspace


def meaning(indicator: Indicator) -> tuple[str, ...]:
    """The events of an indicator, in the same form for all ways to write it."""
    window = Duration.parse("5m")
    if isinstance(indicator, RawRatio):
        return (normalise(error_ratio_query(indicator, window)),)
    queries = event_queries(indicator)
    return tuple(normalise(fill_window(query, window)) for query in (queries.bad, queries.total))


@settings(max_examples=60, deadline=None)
@given(services())
def test_what_comes_back_is_what_went_out(service: Service) -> None:
    exported = export([service], "sloth")
    (back,) = read_back(exported.files).services
    assert [slo.name for slo in back.slos] == [slo.name for slo in service.slos]
    for before, after in zip(service.slos, back.slos, strict=True):
        assert after.objective.target_ratio == before.objective.target_ratio
        assert meaning(after.indicator) == meaning(before.indicator)
        assert (after.description, after.period.rolling) == (before.description, PERIOD)
        assert dict(after.labels) == dict(before.labels)
        assert after.alerting is not None
        if before.alerting is None:
            assert not after.alerting.page
            assert not after.alerting.ticket
            continue
        assert (after.alerting.page, after.alerting.ticket) == (before.alerting.page, before.alerting.ticket)
        assert after.team == before.team
        lost = {loss.field for loss in exported.losses if loss.slo == before.id}
        if "catalogue" not in lost:
            assert [(w.severity, w.budget_share, w.long, w.short) for w in after.alerting.windows] == [
                (w.severity, w.budget_share, w.long, w.short) for w in before.alerting.windows
            ]
        if before.alerting.page:
            expected = {"severity": "page"} | dict(before.alerting.page_labels)
            assert dict(after.alerting.page_labels) == expected
            assert after.alerting.page_annotations == before.alerting.page_annotations
    assert export([back], "sloth").files == export([back], "sloth").files, "the same text every time"


def test_the_expressions_are_those_that_are_recorded() -> None:
    """The queries, with the window filled in, are the base expressions in another unit."""
    indicator = CounterRatio((selector("all_total", job="a"),), bad=(selector("all_total", job="a", code="5"),))
    queries, expressions = event_queries(indicator), base_expressions(indicator)
    assert fill_window(queries.bad, Duration.parse("5m")) == expressions.bad
    assert fill_window(queries.total, Duration.parse("5m")) == expressions.total
    gauge = BooleanGauge((selector("up", job="a"),))
    assert "300" not in event_queries(gauge).bad
    assert normalise(f"({fill_window(event_queries(gauge).total, Duration.parse('5m'))}) / 300") == normalise(
        base_expressions(gauge).total
    )


def test_what_has_no_place_is_told() -> None:
    quarters = Calendar("quarters", ((1, 1), (4, 1), (7, 1), (10, 1)))
    alerting = Alerting("three", WINDOWS[:3], max_error_ratio=Decimal("0.5"))
    slo = Slo(
        service="a", name="latency", indicator_name="latency",
        indicator=CounterRatio((selector("t"),), bad=(selector("b"),)),
        objective=Objective(Decimal("0.9"), Decimal("0.95"), threshold=Duration.parse("500ms")),
        period=Period(Duration.parse("28d"), quarters), team="t", group_by=("site",), alerting=alerting,
        info_labels=(("x", "y"),), expected_events_per_day=Decimal(5),
    )  # fmt: skip
    service = Service("a", "t", (slo,), Origin("default"), responsible="somebody", slo_class="stable")
    losses = export([service], "sloth").losses
    assert [(loss.slo, loss.field) for loss in losses] == [
        ("a", "class"), ("a", "name"), ("a", "responsible"),
        ("a-latency", "alerting.absence"), ("a-latency", "alerting.exhaustion"),
        ("a-latency", "alerting.max_error_ratio"), ("a-latency", "alerting.minimum_bad_events"),
        ("a-latency", "aspirational"), ("a-latency", "catalogue"), ("a-latency", "group_by"),
        ("a-latency", "info_labels"), ("a-latency", "period.calendar"), ("a-latency", "period.rolling"),
        ("a-latency", "threshold"), ("a-latency", "traffic"),
    ]  # fmt: skip
    assert all(loss.why and loss.why[-1] != "." for loss in losses)


def test_each_period_has_a_folder_of_its_own_where_there_are_several() -> None:
    """A run of Sloth has one period."""

    def slo(name: str, period: str) -> Slo:
        return Slo(
            service="shop", name=name, indicator_name=name, team="",
            indicator=CounterRatio((selector("t"),), bad=(selector("b"),)),
            objective=Objective(Decimal("0.9")), period=Period(Duration.parse(period)),
        )  # fmt: skip

    mixed = Service("shop", "", (slo("month", "30d"), slo("week", "7d"), slo("other", "30d")), Origin("default"))
    found = export([mixed], "sloth")
    assert list(found.files) == ["30d/shop.yaml", "7d/shop.yaml"]
    assert {loss.slo: loss.why for loss in found.losses if loss.field == "period.rolling"} == {
        f"shop-{name}": f"run Sloth on {period}/ by itself, with --default-slo-period={period}"
        for name, period in (("month", "30d"), ("week", "7d"), ("other", "30d"))
    }
    (back,) = read_back(found.files).services
    assert {one.name for one in back.slos} == {"month", "week", "other"}
    alike = Service("shop", "", (slo("month", "30d"),), Origin("default"))
    assert list(export([alike], "sloth").files) == ["shop.yaml"]


def test_what_is_not_lost_is_not_listed() -> None:
    """Without alerts there is no loss about alerts, but about the description and the page."""
    alerting = Alerting("usual", WINDOWS, page=False, ticket=False, absence=False, exhaustion=False)
    slo = Slo(
        service="shop", name="orders", indicator_name="orders", team="", alerting=alerting,
        indicator=CounterRatio((selector("t"),), bad=(selector("b"),)),
        objective=Objective(Decimal("0.9")), period=Period(Duration.parse("30d")),
    )  # fmt: skip
    service = Service("shop", "", (slo,), Origin("default"))
    for name in ("sloth", "openslo", "pyrra"):
        assert export([service], name).losses == (), name
    slo = msgspec.structs.replace(slo, documentation="https://example.org")
    service = Service("shop", "", (slo,), Origin("default"), description="Sells.")
    assert {loss.field for loss in export([service], "sloth").losses} == {"description", "documentation"}


def test_unknown_formats_are_refused() -> None:
    with pytest.raises(KeyError):
        export([], "yaml")
    assert "sloth" in export_formats()


SPEC = """\
version: prometheus/v1
service: seats
slos:
  - name: bookings
    objective: 99.5
    sli: {events: {error_query: "sum(rate(b[{{.window}}]))", total_query: "sum(rate(t[{{.window}}]))"}}
    alerting: {name: Seats}
"""


def test_the_command_prints_and_writes_the_files_and_lists_the_losses(tmp_path: Path) -> None:
    specs = tmp_path / "slo_specs" / "services"
    specs.mkdir(parents=True)
    (specs / "seats.yaml").write_text(SPEC)
    printed = slosmith(tmp_path, "export", "--to", "sloth", "seats")
    assert printed.returncode == 0, printed.stderr
    assert read_back({"seats.yaml": printed.stdout}).slos()[0].id == "seats-bookings"
    written = slosmith(tmp_path, "export", "--output", "out")
    assert written.returncode == 0, written.stderr
    assert (tmp_path / "out" / "seats.yaml").read_text() == printed.stdout
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["seats.yaml"]
    machine = msgspec.json.decode(slosmith(tmp_path, "export", "--format", "json").stdout)
    assert machine["files"] == {"seats.yaml": printed.stdout}
    assert machine["losses"] == []
    assert slosmith(tmp_path, "export", "--to", "slot").returncode == 2
    assert "did you mean 'seats'" in slosmith(tmp_path, "export", "seat").stderr


def test_info_labels_of_sloths_plugin_go_back_into_it() -> None:
    indicator = CounterRatio((selector("t"),), bad=(selector("b"),))
    objective, period = Objective(Decimal("0.9")), Period(Duration.parse("30d"))
    slo = Slo("shop", "xx", "xx", indicator, objective, period, "", dialect="prometheus/v1", info_labels=(("a", "b"),))
    exported = export([Service("shop", "", (slo,), Origin("default"))], "sloth")
    assert "info_labels" not in {loss.field for loss in exported.losses}
    (back,) = read_back(exported.files).services
    assert back.slos[0].info_labels == slo.info_labels
