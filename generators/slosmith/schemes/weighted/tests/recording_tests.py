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

from slosmith.model import Duration, Labels, Slo
from slosmith.model.rule_tests import QueryTest, Sample, TestGroup
from slosmith.ruletests.expect import decimal, round_query, series, states_of
from slosmith.ruletests.series import History, Run, Timeline, constant, window_sum
from slosmith.ruletests.spans import EVALUATED_EVERY, LONGEST, SCENARIOS, apart
from slosmith.ruletests.states import NONE
from slosmith.schemes.floors import floor
from slosmith.schemes.tiers import FIVE_MINUTES
from slosmith.schemes.weighted.ranges import read_from_tiles
from slosmith.schemes.weighted.recordings import event_windows, short_windows, tiles_read_raw
from slosmith.schemes.weighted.tests.absence_tests import absence_queries, absence_texts
from slosmith.schemes.weighted.tests.agenda import BACK, ENDED, IDLE, NO_EVENTS_KNOWN, NOTHING, UNEVEN
from slosmith.schemes.weighted.tests.budget_left import feed_left, recorded_seen
from slosmith.schemes.weighted.tests.evaluate import (
    HOUR,
    MINUTE,
    PER_HOUR,
    Events,
    error_ratio,
    gap_of,
    samples_of,
    seen_share,
    verdicts,
)
from slosmith.schemes.weighted.tests.few_events import edges, few_events
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import significant

_BAD_ALONE = constant(0, 0, 59)
"""The input if all events are not known."""
_COUNTED, _COUNTED_AGO = 10_000_000, 3
"""The events of an hour before the series of all events disappeared, and the number of hours since its end."""

_CASE = "slosmith_case"
"""A label that no rule uses. Series that differ in this label only belong to the same SLO."""

_SHARES = (Fraction(1, 4), Fraction(1, 10), Fraction(3, 5), Fraction(1, 20), Fraction(4, 5), Fraction(3, 20))


def recordings_groups(subjects: Sequence[Subject]) -> tuple[TestGroup, ...]:
    """Test groups for all SLOs: idle, uneven, all events missing, everything missing, back again, a single error."""
    timeline = Timeline(MINUTE, LONGEST)
    queries: list[QueryTest] = []
    for subject in subjects:
        _feed(subject, timeline)
        queries += _recorded(subject, timeline)
        queries += absence_queries(subject, timeline)
        queries += _quiet(subject, timeline)
        queries += few_events(subject, timeline)
        queries += _ended(subject, timeline)
        queries += edges(subject, timeline, ENDED + 1)
    comment = (
        "Scenarios: no traffic; uneven traffic; series of all events missing; every series missing; healthy again;",
        "a single bad event; as many bad events as alerts need; fewer; then the last events just inside or outside",
        "of each window; then bad events on both sides of the start of each window.",
    )
    texts = absence_texts(subjects, timeline, _left)
    group = TestGroup("recordings and absence", MINUTE, (), tuple(queries), texts, comment)
    return apart(timeline, group)


# --- input


def uneven(windows: Sequence[Duration]) -> tuple[History, History]:
    """Total and bad rates. The starts of the windows divide time into stretches, and each stretch has other traffic and
    another share of errors.

    There is no sample at the start of a window, because Prometheus versions count it differently.
    """
    blanks = {samples_of(window): gap_of(window) for window in windows if window != FIVE_MINUTES}
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
    longest = max(samples_of(window) for window in (*short_windows(slo), HOUR))
    zeros = constant(0, 0, longest - 1)
    subject.feed_events(timeline, IDLE, zeros, zeros)
    subject.feed_events(timeline, UNEVEN, *_uneven(slo))
    for group in subject.groups:
        timeline.feed(subject.recorded(names.BAD_RATE, group), NO_EVENTS_KNOWN, _BAD_ALONE)
    if _has_counted_hour(subject):
        ago = _COUNTED_AGO * PER_HOUR
        total, bad = _counted_hour(subject)
        subject.feed_tiles(timeline, NO_EVENTS_KNOWN, constant(total, ago, ago), constant(bad, ago, ago))
        for group in subject.groups:
            seen = subject.recorded(names.COVERAGE_HOUR, group)
            timeline.feed(seen, NO_EVENTS_KNOWN, constant(_period_hours(subject), ago, ago))
        feed_left(subject, timeline, NO_EVENTS_KNOWN, _left(subject) or Fraction(0))
    before = samples_of(EVALUATED_EVERY)
    subject.feed_events(timeline, NOTHING, constant(0, before, before), constant(0, before, before))
    healthy = constant(1000, 0, 59)
    subject.feed_events(timeline, BACK, healthy, constant(_healthy_errors(subject), 0, 59))


def _ends(slo: Slo) -> list[tuple[Duration | None, int, int]]:
    """Cases in which all events are old: the shortest window that contains the events (None: no window does), and the
    newest and oldest offset of the events.

    The events are at the start of each window, so a shorter range does not contain them. They are also just before the
    start of a window that is much shorter than the next one, so a longer range is detected. The last ones are older
    than all windows.
    """
    windows = short_windows(slo)
    found: list[tuple[Duration | None, int, int]] = []
    for shorter, window in pairwise(windows):
        end, next_end = samples_of(shorter), samples_of(window)
        if next_end > 3 * end and shorter > FIVE_MINUTES:
            found.append((window, end + 1, end + 2))
        if next_end - 2 >= max(end, 6):
            found.append((window, next_end - 2, next_end - 1))
    beyond = max(samples_of(windows[-1]), 5) + 1
    found.append((None, beyond, beyond + 1))
    return found


def _uneven(slo: Slo) -> tuple[History, History]:
    return uneven(sorted({*short_windows(slo), HOUR}))


def _healthy_errors(subject: Subject) -> int:
    lowest = min((tier.threshold_ratio for tier in subject.tiers), default=Decimal("0.01"))
    return int(lowest * 1000 / 2)


# --- expected results


def _recorded(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    slo = subject.slo
    idle, now = timeline.at(IDLE), timeline.at(UNEVEN)
    queries: list[QueryTest] = []
    if subject.weighted:
        windows = short_windows(slo)
        total, bad = _uneven(slo)
        ratios = [error_ratio(Events(total, bad, subject.every), window) for window in windows]
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
                "each window has its own error ratio",
            )
        )
        zeros = [
            (tuple(sorted((*group, (names.WINDOW, str(window))))), Fraction(0))
            for _, group in _mine_first(subject)
            for window in windows
        ]
        by = ", ".join((*slo.group_by, names.WINDOW))
        queries.append(
            round_query(
                f"max by ({by}) ({every})",
                idle,
                zeros,
                "no traffic: the error ratio is 0, and data is not absent",
            )
        )
        queries.append(
            round_query(every, timeline.at(NO_EVENTS_KNOWN), [], "the series of all events is missing: no error ratio")
        )
        queries += _events(subject, timeline)
        queries += _burn_rates(subject, timeline, total, bad)
    queries += _tiles(subject, timeline)
    queries += _metadata(subject, now)
    return queries


def _left(subject: Subject) -> Fraction | None:
    """The rest of the budget by the events before all events went missing."""
    if not _has_counted_hour(subject):
        return None  # without events in its whole period there is no ratio
    total, bad = _counted_hour(subject)
    return 1 - Fraction(bad, total) / Fraction(subject.slo.objective.error_budget_ratio)


def _counted_hour(subject: Subject) -> tuple[int, int]:
    """All and bad events of the hour of which some budget is left."""
    return _COUNTED, int(_COUNTED * subject.slo.objective.error_budget_ratio * Decimal("0.37"))


def _has_counted_hour(subject: Subject) -> bool:
    return subject.slo.period.rolling.milliseconds > (_COUNTED_AGO + 1) * HOUR.milliseconds


def _mine_first(subject: Subject) -> list[tuple[bool, tuple[tuple[str, str], ...]]]:
    return [(index == 0, group) for index, group in enumerate(subject.groups)]


def _tile(subject: Subject, history: History, ago: int = 0) -> Fraction:
    """Events of the hour that ended ``ago`` minutes before the evaluation."""
    upto, _ = window_sum(history, ago + PER_HOUR - 1)
    after, _ = window_sum(history, ago - 1)
    return (Fraction(upto) - Fraction(after)) * subject.every


def _tiles(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    """Tiles that are made of recorded rates. The others read raw series, and :mod:`.raw` tests them."""
    total, bad = _uneven(subject.slo)
    share = [(subject.base_labels(group), seen_share(total)) for group in subject.groups]
    seen = subject.select(names.COVERAGE_HOUR)
    found = [
        round_query(seen, timeline.at(UNEVEN), share, "the seen share of an hour"),
        round_query(seen, timeline.at(NO_EVENTS_KNOWN), [], "nothing is seen without the series of all events"),
    ]
    if tiles_read_raw(subject.slo):
        return found
    return [
        *found,
        *(
            round_query(
                subject.select(metric),
                timeline.at(UNEVEN),
                [
                    (subject.base_labels(group), _tile(subject, history) if mine or history is total else Fraction(0))
                    for mine, group in _mine_first(subject)
                ],
                f"{said} of the last hour",
            )
            for metric, history, said in ((names.TOTAL_HOUR, total, "events"), (names.BAD_HOUR, bad, "bad events"))
        ),
    ]


def _events(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    """All events in the long windows of alerts."""
    total, _ = _uneven(subject.slo)
    windows = [window for window in event_windows(subject.slo) if not read_from_tiles(window)]
    found = []
    for window in windows:
        events = Fraction(window_sum(total, samples_of(window) - 1)[0]) * subject.every
        values = [(subject.base_labels(group), events) for group in subject.groups]
        found.append(round_query(subject.select(names.window_events(window)), timeline.at(UNEVEN), values))
    return found


def _burn_rates(subject: Subject, timeline: Timeline, total: History, bad: History) -> list[QueryTest]:
    slo, now = subject.slo, timeline.at(UNEVEN)
    budget = Fraction(slo.objective.error_budget_ratio)
    current = error_ratio(Events(total, bad, subject.every), FIVE_MINUTES) or Fraction(0)
    expected = [(names.CURRENT_BURN_RATE, current / budget, Fraction(0))]
    if not tiles_read_raw(slo):
        # every evaluation records a tile, and the ratio of the period is computed from these
        hours = [evaluation * samples_of(EVALUATED_EVERY) for evaluation in range(SCENARIOS)]
        failed, events = (sum((_tile(subject, one, ago) for ago in hours), Fraction(0)) for one in (bad, total))
        period = failed / events / budget
        seen = recorded_seen(subject, total) / _period_hours(subject)
        expected += [
            (names.PERIOD_BURN_RATE, period, Fraction(0)),
            (names.PERIOD_BUDGET_REMAINING, 1 - period * seen, Fraction(1)),
        ]
    found = []
    for metric, value, rest in expected:
        values = [(subject.public_labels(group), value if mine else rest) for mine, group in _mine_first(subject)]
        found.append(round_query(subject.select(metric), now, values))
    return found


def _period_hours(subject: Subject) -> int:
    return subject.slo.period.rolling.milliseconds // HOUR.milliseconds


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
        QueryTest(selector, now, tuple(samples), ("objective and error budget",)),
        QueryTest(info, now, (Sample(series("", known), "1"),)),
    ]


# --- alerts


def _quiet(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    if not subject.tiers or not subject.weighted:
        return []
    alerts = subject.burn_rate
    said = [(IDLE, "no traffic: no alert fires"), (BACK, "error ratio below every threshold: no alert fires")]
    none = [(rule, NONE) for rule in alerts]
    found = [states_of(subject.slo, alerts, none, timeline.at(evaluation), text) for evaluation, text in said]
    events = Events(*_uneven(subject.slo), subject.every)
    states = subject.states([
        (None,) if read_from_tiles(tier.long) else verdicts(tier, floor(subject.slo), events)
        for tier in subject.tiers
    ])  # fmt: skip
    if any(state is not None for _, state in states):
        found.append(states_of(subject.slo, alerts, states, timeline.at(UNEVEN)))
    return found


def _ended(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    """Adds old events to the input. Windows that contain them have a ratio of 0, shorter windows have none.

    Ratios are computed for each series, so one evaluation is enough: each case is a series with another label.
    """
    if not subject.weighted:
        return []
    windows = short_windows(subject.slo)
    values: list[tuple[Labels, Fraction]] = []
    for number, (shortest, newest, oldest) in enumerate(_ends(subject.slo), 1):
        case = ((_CASE, str(number)),)
        for group in subject.groups:
            for metric in (names.TOTAL_RATE, names.BAD_RATE):
                timeline.feed(subject.recorded(metric, (*group, *case)), ENDED, constant(0, newest, oldest))
            values += [
                (tuple(sorted((*group, *case, (names.WINDOW, str(window))))), Fraction(0))
                for window in windows
                if shortest is not None and window >= shortest
            ]
    by = ", ".join((*subject.slo.group_by, _CASE, names.WINDOW))
    every = f"max by ({by}) ({subject.select_any(names.error_ratio(window) for window in windows)})"
    said = "windows see the last events just inside them, and not those just outside"
    return [round_query(every, timeline.at(ENDED), values, said)]
