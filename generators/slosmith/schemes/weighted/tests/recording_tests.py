"""Unit tests of the recordings that are computed from the two base rates: ratios, hour tiles, burn rates, metadata, and
of absence.

The base rates are the input. The raw series are missing, so the base rules give nothing. Errors are uneven over time,
so every window has another ratio, and a slightly longer or shorter window has another ratio too.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from slosmith.model import Duration, Slo
from slosmith.model.rule_tests import QueryTest, Sample, TestGroup
from slosmith.ruletests.expect import decimal, firing, round_query, series
from slosmith.ruletests.series import History, Run, Timeline, constant, window_sum
from slosmith.schemes.tiers import FIVE_MINUTES, minimum_bad_events, ratio_windows
from slosmith.schemes.weighted.ranges import read_from_tiles
from slosmith.schemes.weighted.tests.absence_tests import absence_queries, absence_texts
from slosmith.schemes.weighted.tests.agenda import BACK, ENDED, IDLE, NO_ERRORS_KNOWN, UNEVEN
from slosmith.schemes.weighted.tests.evaluate import HOUR, Events, error_ratio, fires, gap_of, intervals
from slosmith.schemes.weighted.tests.few_events import edges, few_events
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.schemes.weighted.tests.tier_tests import MINUTE
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import significant

_TOTAL_ALONE = constant(5, 0, 59)
"""What is fed where bad events are not known."""

_SHARES = (Fraction(1, 4), Fraction(1, 10), Fraction(3, 5), Fraction(1, 20), Fraction(4, 5), Fraction(3, 20))


def recordings_group(subjects: Sequence[Subject], evaluation_interval: Duration) -> TestGroup:
    """One test group for all SLOs, with the evaluations of :mod:`slosmith.schemes.weighted.tests.agenda`."""
    timeline = Timeline(MINUTE, evaluation_interval)
    queries: list[QueryTest] = []
    for subject in subjects:
        _feed(subject, timeline)
        queries += _recorded(subject, timeline)
        queries += absence_queries(subject, timeline)
        queries += _quiet(subject, timeline)
        queries += few_events(subject, timeline)
        queries += _ended(subject, timeline)
        queries += edges(subject, timeline, ENDED + len(_ends(subject.slo)))
    return TestGroup(
        "recordings and absence",
        MINUTE,
        timeline.inputs(),
        tuple(queries),
        absence_texts(subjects, timeline, _counted),
        (
            f"Rules are evaluated every {evaluation_interval}; each evaluation sees another scenario: no traffic; "
            "uneven traffic;",
            "series of bad events missing; all series missing; healthy again; a single bad event; as many bad",
            "events as alerts need; fewer; then the last events just inside or outside of each window; then bad",
            "events on both sides of the start of each window.",
        ),
    )


# --- input


def plain_windows(slo: Slo) -> tuple[Duration, ...]:
    """The windows whose ratios are computed from recorded rates."""
    return tuple(window for window in ratio_windows(slo.alerting) if not read_from_tiles(window))


def recorded_history(subject: Subject) -> Duration:
    """The longest history of a scenario here. It covers windows that no alert reads, because they are recorded too."""
    longest = max((window.milliseconds for window in plain_windows(subject.slo)), default=0)
    return Duration(longest + longest // 20 + 3_600_000)


def uneven(windows: Sequence[Duration]) -> tuple[History, History]:
    """Total and bad rates. The starts of the windows divide time into stretches, and each stretch has other traffic and
    another share of errors.

    There is no sample at the start of a window, because Prometheus versions count it differently.
    """
    blanks = {intervals(window, MINUTE): gap_of(window, MINUTE) for window in windows if window != FIVE_MINUTES}
    total: list[Run] = [Run(0, 0, 20)]
    bad: list[Run] = [Run(0, 0, 3)]
    newest = 1
    for index, start in enumerate(sorted({*blanks, max([*blanks, 60]) + 40})):
        events = 60 + 40 * (index % 3)
        share = _SHARES[index % len(_SHARES)]
        total += constant(events, newest, start - 1)
        bad += constant(int(events * share), newest, start - 1)
        newest = start + blanks.get(start, 1)
    return tuple(reversed(total)), tuple(reversed(bad))


def _feed(subject: Subject, timeline: Timeline) -> None:
    slo = subject.slo
    windows = plain_windows(slo)
    longest = max(intervals(window, MINUTE) for window in (*windows, HOUR))
    zeros = constant(0, 0, longest - 1)
    subject.feed_events(timeline, IDLE, zeros, zeros)
    subject.feed_events(timeline, UNEVEN, *_uneven(slo))
    for group in subject.groups:
        timeline.feed(subject.recorded(names.TOTAL_RATE, group), NO_ERRORS_KNOWN, _TOTAL_ALONE)
    healthy = constant(1000, 0, 59)
    subject.feed_events(timeline, BACK, healthy, constant(_healthy_errors(subject), 0, 59))


def _ends(slo: Slo) -> list[tuple[int, Duration | None, int, int]]:
    """Evaluations in which all events are old: number of the evaluation, the shortest window that contains the events
    (None: no window does), and the newest and oldest offset of the events.

    The events are at the start of each window, so a shorter range does not contain them. They are also just before the
    start of a window that is much shorter than the next one, so a longer range is detected. The last ones are older
    than all windows.
    """
    windows = plain_windows(slo)
    found: list[tuple[Duration | None, int, int]] = []
    for shorter, window in pairwise(windows):
        end, next_end = intervals(shorter, MINUTE), intervals(window, MINUTE)
        if next_end > 3 * end and shorter > FIVE_MINUTES:
            found.append((window, end + 1, end + 2))
        if next_end - 2 >= max(end, 6):
            found.append((window, next_end - 2, next_end - 1))
    beyond = max(intervals(windows[-1], MINUTE), 5) + 1
    found.append((None, beyond, beyond + 1))
    return [(evaluation, *end) for evaluation, end in enumerate(found, ENDED)]


def _uneven(slo: Slo) -> tuple[History, History]:
    return uneven(sorted({*plain_windows(slo), HOUR}))


def _healthy_errors(subject: Subject) -> int:
    lowest = min((tier.threshold_ratio for tier in subject.tiers), default=Decimal("0.01"))
    return int(lowest * 1000 / 2)


# --- expected results


def _recorded(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    slo, id_ = subject.slo, subject.slo.id
    idle, now = timeline.at(IDLE), timeline.at(UNEVEN)
    queries: list[QueryTest] = []
    if subject.weighted:
        windows = plain_windows(slo)
        total, bad = _uneven(slo)
        ratios = [error_ratio(Events(total, bad, subject.every), window, MINUTE) for window in windows]
        every = subject.select_any(names.error_ratio(window) for window in windows)
        queries.append(
            round_query(
                every,
                now,
                [
                    (subject.public_labels(group, **{names.WINDOW: str(window)}), ratio if mine else Fraction(0))
                    for mine, group in _mine_first(subject)
                    for window, ratio in zip(windows, ratios, strict=True)
                    if ratio is not None
                ],
                f"{id_}: each window has its own error ratio",
            )
        )
        zeros = [
            (subject.public_labels(group, **{names.WINDOW: str(window)}), Fraction(0))
            for _, group in _mine_first(subject)
            for window in windows
        ]
        queries.append(
            round_query(every, idle, zeros, f"{id_}: no traffic: the error ratio is 0, and data is not absent")
        )
        queries.append(
            round_query(
                every, timeline.at(NO_ERRORS_KNOWN), [], f"{id_}: the series of bad events is missing: no error ratio"
            )
        )
        queries += _burn_rates(subject, timeline, total, bad)
    queries += _tiles(subject, timeline)
    queries += _metadata(subject, now)
    return queries


def _counted(subject: Subject, evaluation: int) -> tuple[Fraction, Fraction]:
    """All and bad events of the hour before an evaluation. Missing bad events count as 0."""
    if evaluation == NO_ERRORS_KNOWN:
        return _tile(subject, _TOTAL_ALONE), Fraction(0)
    total, bad = _uneven(subject.slo)
    return _tile(subject, total), _tile(subject, bad)


def _mine_first(subject: Subject) -> list[tuple[bool, tuple[tuple[str, str], ...]]]:
    return [(index == 0, group) for index, group in enumerate(subject.groups)]


def _tile(subject: Subject, history: History) -> Fraction:
    events, _ = window_sum(history, intervals(HOUR, MINUTE) - 1)
    return Fraction(events) * subject.every


def _tiles(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    total, bad = _uneven(subject.slo)
    return [
        round_query(
            subject.select(metric),
            timeline.at(UNEVEN),
            [
                (subject.base_labels(group), _tile(subject, history) if mine or history is total else Fraction(0))
                for mine, group in _mine_first(subject)
            ],
            f"{subject.slo.id}: {said} of the last hour",
        )
        for metric, history, said in ((names.TOTAL_HOUR, total, "events"), (names.BAD_HOUR, bad, "bad events"))
    ]


def _burn_rates(subject: Subject, timeline: Timeline, total: History, bad: History) -> list[QueryTest]:
    slo, now = subject.slo, timeline.at(UNEVEN)
    budget = Fraction(slo.objective.error_budget_ratio)
    current = error_ratio(Events(total, bad, subject.every), FIVE_MINUTES, MINUTE) or Fraction(0)
    # the tile of the evaluation without traffic is 0, so the ratio of the period is the ratio of this hour
    period = _tile(subject, bad) / _tile(subject, total)
    found = []
    for metric, value, rest in (
        (names.CURRENT_BURN_RATE, current / budget, Fraction(0)),
        (names.PERIOD_BURN_RATE, period / budget, Fraction(0)),
        (names.PERIOD_BUDGET_REMAINING, 1 - period / budget, Fraction(1)),
    ):
        values = [(subject.public_labels(group), value if mine else rest) for mine, group in _mine_first(subject)]
        found.append(round_query(subject.select(metric), now, values, slo.id))
    return found


def _metadata(subject: Subject, now: Duration) -> list[QueryTest]:
    slo = subject.slo
    objective = slo.objective
    constants = {
        names.OBJECTIVE_RATIO: objective.target_ratio,
        names.ERROR_BUDGET: objective.error_budget_ratio,
        names.PERIOD_DAYS: significant(slo.period.rolling.seconds / 86400),
    }
    if objective.aspirational_ratio is not None:
        constants[names.ASPIRATIONAL_RATIO] = objective.aspirational_ratio
    samples = [Sample(subject.public(metric), decimal(value)) for metric, value in constants.items()]
    selector = subject.select_any(constants)
    info = f"sum by ({names.ID}, {names.TEAM}) ({subject.select(names.INFO)})"
    known = [(names.ID, slo.id), *([(names.TEAM, slo.team)] if slo.team else [])]
    return [
        QueryTest(selector, now, tuple(samples), (f"{slo.id}: objective and error budget",)),
        QueryTest(info, now, (Sample(series("", known), "1"),)),
    ]


# --- alerts


def _quiet(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    if not subject.tiers or not subject.weighted:
        return []
    alerts = subject.burn_rate
    said = [(IDLE, "no traffic: no alert fires"), (BACK, "error ratio below every threshold: no alert fires")]
    found = [
        firing(subject.slo, alerts, alerts, [], timeline.at(evaluation), f"{subject.slo.id}: {text}")
        for evaluation, text in said
    ]
    events = Events(*_uneven(subject.slo), subject.every)
    verdicts = [
        None if read_from_tiles(tier.long) else fires(tier, minimum_bad_events(subject.slo), events, MINUTE)
        for tier in subject.tiers
    ]
    fired = [rule for rule, fires in zip(alerts, verdicts, strict=True) if fires]
    known = [rule for rule, fires in zip(alerts, verdicts, strict=True) if fires is not None]
    if known:
        found.append(firing(subject.slo, alerts, known, fired, timeline.at(UNEVEN)))
    return found


def _ended(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    """Adds old events to the input. Windows that contain them have a ratio of 0, shorter windows have none."""
    if not subject.weighted:
        return []
    windows = plain_windows(subject.slo)
    every = subject.select_any(names.error_ratio(window) for window in windows)
    queries: list[QueryTest] = []
    for evaluation, shortest, newest, oldest in _ends(subject.slo):
        idle = constant(0, newest, oldest)
        subject.feed_events(timeline, evaluation, idle, idle)
        zeros = [
            (subject.public_labels(group, **{names.WINDOW: str(window)}), Fraction(0))
            for group in subject.groups
            for window in windows
            if shortest is not None and window >= shortest
        ]
        said = f"the last events are inside {shortest}" if shortest else "the last events are older than every window"
        queries.append(round_query(every, timeline.at(evaluation), zeros, f"{subject.slo.id}: {said}"))
    return queries
