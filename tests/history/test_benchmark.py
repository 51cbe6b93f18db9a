"""The benchmark of alerting: its traces, its definition of right, its scores and its tables."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from bench.alerting.contestants import CONTESTANTS
from bench.alerting.cost import PLAN, Cost, costs
from bench.alerting.report import Results, write
from bench.alerting.run import run
from bench.alerting.scoring import Judged, Score, score
from bench.alerting.summary import better, shared, summarize
from bench.alerting.traces import (
    BANDS,
    DISTURBANCES,
    PERIODS,
    SCENARIOS,
    TARGETS,
    Incident,
    Plan,
    Trace,
    make,
    plans,
    whole_plans,
)
from bench.alerting.truth import Rule

from slosmith.history.arithmetic import FIRING, Grid, Outcome, evaluate, read_rule_file
from slosmith.history.arithmetic import Rule as AlertRule
from slosmith.history.arithmetic.chain import AlertHistory
from slosmith.history.arithmetic.samples import STALE_BITS

MINUTE = 60_000


def test_a_thousand_traces_have_everything() -> None:
    found = list(plans(1008))
    for part, values in (("band", BANDS), ("period", PERIODS), ("target", TARGETS)):
        counts = [sum(getattr(plan, part) == value for plan in found) for value in values]
        assert len(set(counts)) == 1, (part, counts)
    pairs = {(plan.scenario, plan.disturbance) for plan in found}
    assert len(pairs) == len(SCENARIOS) * len(DISTURBANCES)
    assert found == list(plans(1008))
    assert {plan.period for plan in whole_plans(2)} == set(PERIODS)


@pytest.mark.parametrize("disturbance", DISTURBANCES)
def test_counters_count_what_happened(disturbance: str) -> None:
    """Where every scrape succeeds, the increases between scrapes are the events; and a plan has one trace."""
    plan = Plan(7, "99", 7, "1/s", "outage 10 %", disturbance)
    trace, again = make(plan), make(plan)
    assert [each.labels for each in trace.series] == [each.labels for each in again.series]
    for one, other in zip(trace.series, again.series, strict=True):
        assert one.samples.values.tobytes() == other.samples.values.tobytes()
    counted = {"200": 0.0, "500": 0.0}
    for series in trace.series:
        values = series.samples.values
        values = values[(values.view(np.uint64) != STALE_BITS) & ~np.isnan(values)]
        rises = np.diff(values, prepend=0.0)
        counted[dict(series.labels)["code"]] += float(np.where(rises < 0, values, rises).sum())
    lost = 0.0 if disturbance in ("none", "births", "deploys") else 0.001
    assert counted["500"] == pytest.approx(int(trace.bad.sum()), rel=max(lost, 1e-12))
    assert sum(counted.values()) == pytest.approx(int(trace.total.sum()), rel=max(lost, 1e-12))


def test_incidents_are_what_they_are_called() -> None:
    for scenario, ratio in (("outage 100 %", 1.0), ("outage 50 %", 0.5), ("burn 2", 0.02)):
        trace = make(Plan(3, "99", 28, "30/s", scenario, "none"))
        (incident,) = trace.incidents
        inside = slice(incident.start, incident.end)
        assert trace.bad[inside].sum() / trace.total[inside].sum() == pytest.approx(ratio, rel=0.05)
        assert incident.burn == pytest.approx(ratio / 0.01, rel=1e-9)
        spent = incident.burn * (incident.end - incident.start) / (28 * 1440)
        assert incident.share == pytest.approx(spent)
    assert make(Plan(3, "99", 28, "30/s", "healthy 0.9", "none")).incidents == ()


def trace_with(*incidents: Incident, unseen: tuple[tuple[int, int], ...] = ()) -> Trace:
    plan = Plan(1, "99", 7, "1/s", "burn 2", "none")
    nothing = np.zeros(plan.minutes, dtype=np.int64)
    return Trace(plan, nothing, nothing, np.zeros(plan.minutes), incidents, (), (), unseen)


def test_when_an_alert_is_right() -> None:
    rule = Rule()
    outage = Incident(start=3000, end=3100, burn=20.0, share=0.1, bad=50)
    trace = trace_with(outage, Incident(5000, 8000, 2.0, 0.3, 90), unseen=((4000, 4020),))
    asked = [2999, 3000, 3159, 3160, 4010, 4026, 6000]
    assert [rule.is_right(trace, minute, page=True) for minute in asked] == [
        False, True, True, False, None, False, False,
    ]  # fmt: skip
    assert [rule.is_right(trace, minute, page=False) for minute in (6000, 8359, 8360)] == [True, True, False]
    assert rule.needs_page(outage)
    for less in ({"burn": 5.9}, {"share": 0.049}, {"bad": 2}):
        assert not rule.needs_page(msgspec.structs.replace(outage, **less))
    slow = Incident(0, 1, 1.5, 0.1, 3)
    assert rule.needs_alert(slow)
    assert not rule.needs_page(slow)
    assert not rule.needs_alert(msgspec.structs.replace(slow, burn=1.4))


def firing(severity: str, spans: list[tuple[int, int]], step: int = MINUTE) -> AlertHistory:
    grid = Grid(0, step, trace_with().plan.minutes * MINUTE // step)
    states = np.zeros(grid.count, dtype=np.uint8)
    for first, last in spans:
        states[first * MINUTE // step : last * MINUTE // step] = FIRING
    labels = (("alertname", "A"), ("severity", severity))
    return AlertHistory(AlertRule(alert="A", expr="1"), "g", labels, grid, states, states.astype(np.float64))


@pytest.mark.parametrize("step", [30_000, 60_000, 120_000, 150_000])
def test_scores(step: int) -> None:
    trace = trace_with(Incident(3000, 3100, 20.0, 0.1, 50), Incident(5000, 5100, 20.0, 0.1, 50))
    pages = firing("page", [(10, 20), (2000, 2010), (3010, 3060), (3080, 3130)], step)
    tickets = firing("ticket", [(5200, 5300), (7000, 7100)], step)
    found = score(CONTESTANTS[0], trace, Outcome((), (pages, tickets)))
    assert found.judged["as defined"] == Judged(
        right_pages=2, false_pages=1, right_tickets=1, false_tickets=1, pages_needed=2, pages_given=1,
        alerts_needed=2, alerts_given=2, detect=[10], clear=[30],
    )  # fmt: skip


def test_who_is_better() -> None:
    def one(contestant: str, period: int = 7, **judged: int) -> Score:
        return Score(contestant, "1/s", "99", period, "burn 2", "none", 6.0, {"as defined": Judged(**judged)})

    base = {"pages_needed": 10, "alerts_needed": 10, "alerts_given": 9, "right_pages": 9}
    ours = [one("slosmith", pages_given=9, **base)]
    assert better(summarize([one("x", pages_given=10, **base)]), summarize(ours)) == ["incidents paged"]
    assert better(summarize([one("x", pages_given=9, **base)]), summarize(ours)) is None
    worse = [one("x", pages_given=10, false_pages=3, **base)]
    assert better(summarize(worse), summarize(ours)) is None
    assert summarize(worse).false_pages == pytest.approx(3 / 6 * 30)
    mine, theirs = shared([*ours, one("slosmith", 28), one("sloth", 28)], "slosmith", "sloth")
    assert [each.period for each in mine + theirs] == [28, 28]


@pytest.mark.slow
def test_a_trace_through_all_contestants_to_the_tables(tmp_path: Path) -> None:
    plan = Plan(5, "99", 28, "1/s", "outage 100 %", "none")
    scores = run(plan)
    assert [each.contestant for each in scores] == [each.name for each in CONTESTANTS]
    for each in scores:  # everybody sees this one
        assert each.judged["as defined"].pages_given == 1, each
        assert each.judged["as defined"].false_pages == 0, each
    results = Results(scores, {each.name: Cost(1.0, 2.0) for each in CONTESTANTS}, 1)
    assert msgspec.json.decode(msgspec.json.encode(results), type=Results) == results
    for _ in range(2):  # written twice, tables are there once
        write(tmp_path, None, results)
    page = (tmp_path / "README.md").read_text("utf-8")
    assert page.count("### By traffic") == 1
    assert page.count("| slosmith | 100.0 % | 100.0 % |") == 2  # all traces, and the band 1/s
    assert (tmp_path / "bands.svg").read_text("utf-8").startswith("<svg")


@pytest.mark.slow
def test_budgets_that_are_recorded(tmp_path: Path) -> None:
    """Over a whole week without disturbances, slosmith's and Pyrra's budgets are the events'."""
    scores = {each.contestant: each for each in run(Plan(6, "99", 7, "1/s", "outage 50 %", "none", whole=True))}
    for name in ("slosmith", "pyrra"):
        assert scores[name].budget_error == pytest.approx(0, abs=0.02), name
    assert scores["workbook"].budget_error is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["slosmith", "workbook"])
def test_the_computed_cost_is_what_the_rules_read(name: str) -> None:
    """Samples that are computed from the PromQL alone, and samples that an evaluation of the rules counts."""
    trace = make(PLAN)
    contestant = next(each for each in CONTESTANTS if each.name == name)
    texts = contestant.rules(PLAN.target, PLAN.period)
    assert texts is not None
    groups = [group for text in texts for group in read_rule_file(text)]
    outcome = evaluate(groups, trace.series, 0, (PLAN.minutes - 1) * MINUTE, count_samples=True)
    often = {group.name: MINUTE / group.interval for group in groups}
    counted = sum(count * often[group] for (group, _), count in outcome.samples_read.items())
    assert costs(name)[name].samples == pytest.approx(counted, rel=0.001)
