"""SLOs for exports, and functions that read the exported files again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from hypothesis import strategies as st

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
from slosmith.resolve import resolve
from slosmith.resolve.project import build_project
from slosmith.sli.library import library

Severity = Literal["page", "ticket"]


def tier(share: str, long: str, short: str, severity: Severity) -> BurnRateWindow:
    return BurnRateWindow(long, Decimal(share), Duration.parse(long), Duration.parse(short), severity)


WINDOWS = (
    tier("0.02", "1h", "5m", "page"),
    tier("0.05", "6h", "30m", "page"),
    tier("0.1", "1d", "2h", "ticket"),
    tier("0.1", "3d", "6h", "ticket"),
)
ODD_WINDOWS = (tier("0.013", "64m", "7m", "page"), tier("0.3", "7d", "90m", "ticket"))


def selector(name: str, **labels: str) -> Selector:
    return Selector(name, tuple(Matcher(label, "=", value) for label, value in labels.items()))


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=30).map(
    lambda text: text.strip() or "x"
)
NAMES = st.from_regex(r"[a-z0-9][-a-z0-9]{0,12}[a-z0-9]", fullmatch=True)
LABELS = st.dictionaries(st.from_regex(r"x_[a-z]{1,8}", fullmatch=True), TEXT, max_size=3).map(
    lambda labels: tuple(sorted(labels.items()))
)
URLS = st.sampled_from(["", "https://example.org/a?b=c#d"])
PYRRAS = st.one_of(
    st.builds(
        lambda job: CounterRatio((selector("all_total", job=job),), bad=(selector("bad_total", job=job),)), TEXT
    ),
    st.builds(
        lambda job, le: HistogramLatency((selector("d_bucket", job=job),), (selector("d_count", job=job),), le),
        TEXT, st.sampled_from(["0.5", "500", "1000000", "0.00005"]),
    ),
    st.builds(lambda job: NativeHistogramLatency((selector("d", job=job),), Decimal("0.25")), TEXT),
    st.builds(lambda job: BooleanGauge((selector("probe_success", job=job),)), TEXT),
)  # fmt: skip
INDICATORS: st.SearchStrategy[Indicator] = st.one_of(
    PYRRAS,
    st.builds(
        lambda job: CounterRatio((selector("all_total", job=job),), good=(selector("ok_total", job=job),)), TEXT
    ),
    st.builds(
        lambda job: CounterRatio((selector("a_total", job=job), selector("b_total")), bad=(selector("c_total"),)), TEXT
    ),
    st.builds(
        lambda job, op, how: GaugeThreshold((selector("queue_length", job=job),), op, Decimal("10.5"), how),
        TEXT, st.sampled_from(["<", "<=", ">", ">="]), st.sampled_from(["sum", "max", "min", "avg"]),
    ),
    st.builds(lambda job: Freshness((selector("last_success_seconds", job=job),), Duration.parse("1h")), TEXT),
    st.just(QueryRatio("sum(rate(t[{{ .window }}]))", bad="sum(rate(b[{{.window}}]))")),
    st.just(QueryRatio("sum(increase(t[{{.window}}]))", good="sum(increase(g[{{.window}}]))")),
    st.just(RawRatio("avg_over_time(r[{{.window}}])")),
)  # fmt: skip
MONTHS = Calendar("month", tuple((month, 1) for month in range(1, 13)))
PERIODS = st.sampled_from([
    Period(Duration.parse("28d")), Period(Duration.parse("30d")), Period(Duration.parse("90d")),
    Period(Duration.parse("30d"), MONTHS),
    Period(Duration.parse("91d"), Calendar("slo-quarter", ((3, 1), (6, 1), (9, 1), (12, 1)))),
    Period(Duration.parse("365d"), Calendar("year-04-06", ((4, 6),))),
    Period(Duration.parse("30d"), Calendar("month-01-06h", MONTHS.starts, offset=6 * 3600)),
    Period(Duration.parse("30d"), Calendar("month-01-minus-02h", MONTHS.starts, offset=-2 * 3600)),
    Period(Duration.parse("91d"), Calendar("q", ((2, 10), (5, 10), (8, 10), (11, 10)), offset=25 * 3600)),
    Period(Duration.parse("14d"), Calendar("sprint", every=Duration.parse("14d"), offset=4 * 86400 + 14 * 3600)),
    Period(Duration.parse("21d"), Calendar("three", every=Duration.parse("21d"), offset=3 * 86400)),
])  # fmt: skip


@st.composite
def alertings(draw: st.DrawFn) -> Alerting:
    return Alerting(
        "default", draw(st.sampled_from([WINDOWS, ODD_WINDOWS, WINDOWS[:3]])), page=draw(st.booleans()),
        ticket=draw(st.booleans()), absence=draw(st.booleans()), annotations=draw(LABELS), name=draw(TEXT),
    )  # fmt: skip


@st.composite
def services(draw: st.DrawFn, indicators: st.SearchStrategy[Indicator] = INDICATORS) -> Service:
    service = draw(NAMES)
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    fields: dict[str, Any] = {"service": service}
    slos = tuple(
        Slo(
            **fields,
            name=name,
            indicator_name=name,
            indicator=draw(indicators),
            objective=Objective(Decimal(draw(st.integers(1, 99_999))) / 100_000),
            period=draw(PERIODS),
            team=draw(st.one_of(st.just(""), TEXT)),
            alerting=draw(st.one_of(st.none(), alertings())),
            labels=draw(LABELS),
            description=draw(TEXT),
            documentation=draw(URLS),
            runbook=draw(URLS),
            dashboard=draw(URLS),
        )
        for name in names
    )
    return Service(service, "", slos, Origin("default"), description=draw(TEXT))


def read_back(files: Mapping[str, str]) -> Workspace:
    """Loads specs without files, with our catalogue and calendars."""
    declared: list[AnyDeclaration] = []
    data = Path(dialects.__file__).parents[1] / "data"
    texts = {**files, "": (data / "catalogues" / "default.yaml").read_text("utf-8")}
    texts["calendars.yaml"] = (data / "calendars.yaml").read_text("utf-8")
    for path, text in texts.items():
        documents, problems, _ = document.read(text, path)
        assert not problems, problems
        for part in documents:
            found, problems = dialects.declare(part)
            assert not problems, problems
            declared += found
    linked, problems = dialects.link(declared)
    assert not problems, problems
    project, problems = build_project(linked)
    assert not problems, problems
    workspace, found_problems = resolve(linked, project, library())
    assert not [problem for problem in found_problems if problem.severity == "error"], found_problems
    return workspace


def key(windows: tuple[BurnRateWindow, ...]) -> list[tuple[str, Duration, Duration, Decimal]]:
    """Windows without their names, with budget shares rounded to the precision of a burn rate with twelve digits."""
    return [(each.severity, each.long, each.short, round(each.budget_share, 9)) for each in windows]


def same_objective(before: Slo, after: Slo) -> None:
    """Whether two SLOs have the same objective, names and owners."""
    assert (after.id, after.name, after.service) == (before.id, before.name, before.service)
    assert after.objective.target_ratio == before.objective.target_ratio
    assert after.description == before.description
    assert after.team == before.team
    assert [label for label in after.labels if label[0] != "team"] == list(before.labels)
    for link in ("documentation", "runbook", "dashboard"):
        assert getattr(after, link) == getattr(before, link)
