"""The chain of every kind of SLO as rulers of several kinds evaluate it.

Prometheus sees what a rule has recorded in the same evaluation. A Thanos ruler without local storage and vmalert see it
one evaluation later (docs/targets/rulers.md). Groups are evaluated in any order, and at different seconds. The numbers
must be the same, apart from this delay, and alerts must not fire much later.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import msgspec
import numpy as np
import pytest

from slosmith.history.arithmetic import FIRING, Group, Outcome, Samples, Series, evaluate, read_rule_file
from slosmith.history.arithmetic.samples import SAMPLE
from slosmith.model import DAY, HOUR, Calendar, Duration, Labels, Objective, Origin, Period, Service
from slosmith.output.rule_text import rule_file_text
from slosmith.schemes.weighted.recordings import tiles_read_raw
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.vocabulary import names
from slosmith.vocabulary.provenance import Source
from tests.truth.histories import IDLE, SPAN, KindCase
from tests.truth.kinds import kind_cases, raw_ratio_case
from tests.truth.lift_wing import moment
from tests.truth.template_histories import template_cases

MINUTE = 60_000
NEAR = 0.005
"""How far a number may be from the numbers of Prometheus."""
NUMBERS_LATER = 4
"""Evaluations: a chain reads what it has recorded up to so many times, one after another."""
ALERTS_LATER = 2
"""Evaluations."""
MONTH = Calendar("month", tuple((month, 1) for month in range(1, 13)))

KINDS = {case.slo.service: case for case in [*kind_cases(), raw_ratio_case()]}
CASES = KINDS | {case.slo.service: case for case in template_cases()}
NAMES = [pytest.param(name, marks=() if name in KINDS else pytest.mark.all) for name in CASES]
"""Every kind in `make test`, and every template in `make test-all`."""
SECONDS = 23_000
"""Milliseconds into the minute of an evaluation. Prometheus evaluates at a second that depends on the group's name."""
RULERS = {
    "other order": {"order": -1},
    "other seconds": {"apart": 17_000},
    "late": {"late": True},
    "late, other order and seconds": {"late": True, "order": -1, "apart": 17_000},
}
BUDGETS = (names.PERIOD_BUDGET_REMAINING, names.CALENDAR_BUDGET_REMAINING)
FROM_TILES = {
    names.TOTAL_HOUR, names.BAD_HOUR, names.PERIOD_TOTAL, names.PERIOD_BAD, names.PERIOD_BURN_RATE,
    names.CALENDAR_TOTAL, names.CALENDAR_BAD, names.CALENDAR_ERROR_RATIO, names.CALENDAR_BUDGET_SPENT, *BUDGETS,
    *(names.error_ratio(Duration.parse(window)) for window in ("1d", "3d", "28d")),
    *(names.window_events(Duration.parse(window)) for window in ("1d", "3d")),
}  # fmt: skip
"""What is computed from hour tiles. Tiles of gauges are sums of recorded rates, not of raw series."""
FIVE_MINUTES = Duration(5 * MINUTE)
EVENTS_BELOW_A_DAY = {names.window_events(Duration.parse(window)) for window in ("1h", "6h")}
YOUNG = 130
"""Minutes at the start. While a window has few samples, one more or less is much of it."""

pytestmark = pytest.mark.slow


def groups_of(case: KindCase) -> list[Group]:
    slo = msgspec.structs.replace(
        case.slo, period=Period(Duration.parse("28d"), MONTH), objective=Objective(Decimal("0.999"))
    )
    service = Service(slo.service, "truth", (slo,), Origin("default"))
    return list(read_rule_file(rule_file_text(compile_service(service), Source("truth"))))


def series_of(case: KindCase) -> list[Series]:
    found = []
    for raw in case.series:
        present = np.array([value is not None for value in raw.values])
        times = (raw.start + 60 * np.arange(len(raw.values), dtype=np.int64)) * 1000
        values = np.array([0 if value is None else value for value in raw.values], dtype=np.float64)
        labels = tuple(sorted({**raw.labels, "__name__": raw.metric}.items()))
        found.append(Series(labels, Samples.scraped(times[present], values[present])))
    return [*found, *calendar()]


def calendar() -> list[Series]:
    """The start and the end of the reporting period, which does not change in the history."""
    times = np.arange(SPAN.start, SPAN.end, 60, dtype=np.int64) * 1000
    return [
        Series(
            tuple(sorted({"__name__": metric, names.CALENDAR: MONTH.name}.items())),
            Samples.scraped(times, np.full(len(times), float(moment(day)))),
        )
        for metric, day in ((names.CALENDAR_START, "2024-05-01"), (names.CALENDAR_END, "2024-06-01"))
    ]


def run(case: KindCase, *, order: int = 1, apart: int = 0, late: bool = False) -> Outcome:
    """What a ruler makes of the history. Its groups are evaluated ``apart`` milliseconds after each other."""
    groups = [
        msgspec.structs.replace(group, phase=(SECONDS + apart * index) % group.interval)
        for index, group in enumerate(groups_of(case))
    ][::order]
    return evaluate(groups, series_of(case), SPAN.start * 1000, SPAN.end * 1000, late=late)


@cache
def usual(name: str) -> Outcome:
    """What Prometheus makes of it."""
    return run(CASES[name])


@pytest.mark.parametrize("ruler", RULERS)
@pytest.mark.parametrize("name", NAMES)
def test_numbers(name: str, ruler: str) -> None:
    """Each number is between the numbers that Prometheus records in the last evaluations, within half a percent; a
    window may miss its newest recorded rate.
    """
    expected = {each.labels: each for each in usual(name).recorded}
    found = {each.labels: each for each in run(CASES[name], **RULERS[ruler]).recorded}  # type: ignore[arg-type]
    assert found.keys() == expected.keys()
    wrong = [message for labels in found for message in differences(name, labels, expected, found[labels])]
    assert wrong == []


def differences(name: str, labels: Labels, expected: dict[Labels, Series], found: Series) -> list[str]:
    """The first number that is not near, and the first time at which a number is missing too long."""
    times, values = present(found.samples)
    known_at, known = present(expected[labels].samples)
    every = int(np.diff(known_at).min())
    if dict(labels)["__name__"] in BUDGETS:
        values, known = 1 - values, 1 - known  # the spent part
    near, skipped = allowance(name, labels, expected)
    wrong = []
    for time, value in zip(times.tolist(), values.tolist(), strict=True):
        if minute_of(time) < YOUNG or any(start <= minute_of(time) < end for start, end in skipped):
            continue
        # the next evaluation too: a group may be evaluated some seconds later than in Prometheus
        recent = known[np.searchsorted(known_at, time - (NUMBERS_LATER + 1) * every, "right") :][: NUMBERS_LATER + 2]
        low, high = (recent.min(), recent.max()) if len(recent) else (np.nan, np.nan)
        slack = NEAR * max(abs(low), abs(high)) + near + 1e-12
        if not low - slack <= value <= high + slack:
            wrong.append(f"{dict(labels)} at {minute_of(time)}: {value}, not {low} to {high}")
            break
    far = [time for time in known_at.tolist() if not len(times) or np.abs(times - time).min() > NUMBERS_LATER * every]
    return [*wrong, *(f"{dict(labels)} is missing at {minute_of(time)}" for time in far[:1])]


def allowance(
    name: str, labels: Labels, expected: dict[Labels, Series]
) -> tuple[float, tuple[tuple[float, float], ...]]:
    """How much more than half a percent a number may differ, and minutes (from, to) that are not compared.

    If a ruler sees a recorded rate one evaluation later, a window below a day misses its newest rate, so it begins one
    evaluation late. So does an hour tile of a gauge, and the first seen hour of an SLO.
    """
    known = dict(labels)
    metric, window = known["__name__"], Duration.parse(known.get(names.WINDOW, "5m"))

    def most(of: str, **more: str) -> float:
        series = {key: value for key, value in known.items() if key not in (names.WINDOW, names.CALENDAR)}
        found = expected[tuple(sorted({**series, **more, "__name__": of}.items()))]
        return float(present(found.samples)[1].max())

    if metric in FROM_TILES and not tiles_read_raw(CASES[name].slo):
        return 0, ((0, SPAN.minutes),)
    if metric in EVENTS_BELOW_A_DAY:
        return MINUTE / 1000 * most(names.TOTAL_RATE), ()
    if metric == names.error_ratio(window) and FIVE_MINUTES < window < DAY:
        # while few rates in the window have events, each of them can be most of the ratio
        idle = (IDLE.start, IDLE.stop + min(window.milliseconds, 2 * HOUR.milliseconds) // MINUTE)
        five = {names.WINDOW: "5m"}
        return most(names.error_ratio(FIVE_MINUTES), **five) * MINUTE / window.milliseconds, (idle,)
    if metric in (names.COVERAGE, names.CALENDAR_COVERAGE, *BUDGETS):
        return 0, ((0, 600),)
    return 0, ()


def minute_of(time: int) -> float:
    return (time - SPAN.start * 1000) / MINUTE


def present(samples: Samples) -> tuple[np.ndarray, np.ndarray]:
    chosen = np.ones(len(samples.times), dtype=np.bool_) if samples.kinds is None else samples.kinds == SAMPLE
    return samples.times[chosen], samples.values[chosen]


@pytest.mark.parametrize("ruler", RULERS)
@pytest.mark.parametrize("name", NAMES)
def test_alerts(name: str, ruler: str) -> None:
    """The same alerts fire, at most two evaluations later."""
    expected, found = firing(usual(name)), firing(run(CASES[name], **RULERS[ruler]))  # type: ignore[arg-type]
    assert found.keys() == expected.keys()
    late = []
    for labels, (times, states) in expected.items():
        every = int(np.diff(times).min())
        its_times, its_states = found[labels]
        for start in onsets(times, states):
            # a group may be evaluated some seconds later than in Prometheus
            soon = its_states[(its_times >= start) & (its_times < start + (ALERTS_LATER + 1) * every)]
            if not soon.any():
                late.append(f"{dict(labels)} at {minute_of(start)}")
    assert late == []


def onsets(times: np.ndarray, states: np.ndarray) -> list[int]:
    """The times at which an alert begins to fire, and fires for ten evaluations. Not in the first ten minutes of the
    rules, in which windows have a few rates only.
    """
    starts = np.flatnonzero(~states[:-1] & states[1:]) + 1
    return [
        int(times[start]) for start in starts if states[start : start + 10].all() and minute_of(int(times[start])) > 10
    ]


def firing(outcome: Outcome) -> dict[Labels, tuple[np.ndarray, np.ndarray]]:
    """Alerts that fire at some time -> the times of their evaluations (milliseconds), and whether they fire."""
    found = {alert.labels: (alert.grid.times, alert.states == FIRING) for alert in outcome.alerts}
    return {labels: (times, states) for labels, (times, states) in found.items() if states.any()}


def test_the_histories_have_alerts() -> None:
    """Pages, tickets and spent budgets, so the tests above compare something."""
    tiers = {dict(labels)[names.TIER] for name in KINDS for labels in firing(usual(name))}
    assert {"1h", "6h", "1d", "3d", "budget-28d", "budget-month"} <= tiers, tiers
    assert sum(len(onsets(*alert)) for name in KINDS for alert in firing(usual(name)).values()) > 50
