"""The expected texts of alerts about the rest of the budget, computed from the SLO and the input.

Evaluations are on full hours, so the recorded budget contains all events before them.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from slosmith.ruletests.series import History, Run, Timeline, window_sum
from slosmith.ruletests.spans import EVALUATED_EVERY, SCENARIOS
from slosmith.schemes.chain import chain
from slosmith.schemes.weighted.budget_text import HOW_LONG_UNKNOWN, NOT_KNOWN, SPENT, opening, rate_of
from slosmith.schemes.weighted.tests.evaluate import HOUR, PER_HOUR, Events, hours_of, recent, samples_of
from slosmith.schemes.weighted.tests.subject import RECENT, Subject
from slosmith.vocabulary import names

if TYPE_CHECKING:
    from slosmith.schemes.tiers import AlertTier

SEEN_AGO = 2
"""The hour, before the evaluation, whose recorded seen share the tests set."""

_BEFORE = 2
"""Samples, one a minute, between the evaluation and the one before it."""

LEFT = (Fraction(63, 100), Fraction(61, 100), Fraction(57, 100), Fraction(43, 100), Fraction(37, 100))
"""Shares of the budget that can be left because of it, approximately. A test takes one whose texts do not depend on
rounding.
"""

_NOISE = Fraction(1, 10_000)
"""Minimum distance of a number from the next printed number, in units of its last digit."""


def recorded_seen(subject: Subject, total: History) -> Fraction:
    """The seen hours of the rolling period that the rules record at the evaluations of a test that ends with these
    rates.
    """
    found = Fraction(0)
    for evaluation in range(SCENARIOS):
        ago = evaluation * hours_of(EVALUATED_EVERY)
        if ago < subject.slo.period.rolling.milliseconds // HOUR.milliseconds:
            upto = window_sum(total, PER_HOUR * (ago + 1) - 1)[1]
            found += Fraction(upto - window_sum(total, PER_HOUR * ago - 1)[1], PER_HOUR)
    return found


def seen_hours(subject: Subject, events: Events, left: Fraction) -> Fraction | None:
    """The seen hours of one hour that are needed so that about ``left`` of the budget is left, with those that the
    rules record. None: this is not possible, because the period does not contain this hour, or because nothing was
    spent.
    """
    rolling = subject.slo.period.rolling.milliseconds
    total, bad = _of_period(subject, events)
    if rolling <= (SEEN_AGO + 1) * HOUR.milliseconds or not total or not bad:
        return None
    burn = bad / total / Fraction(subject.slo.objective.error_budget_ratio)
    wanted = (1 - left) / burn * (rolling // HOUR.milliseconds) - recorded_seen(subject, events.total)
    return Fraction(round(wanted * 1000), 1000)


def feed_budget(subject: Subject, timeline: Timeline, evaluation: int, events: Events, hours: Fraction | None) -> None:
    """Adds the seen share of this hour to the input of the first group, and the budget as it was recorded two minutes
    ago: alerts of short windows read it before the rules of long windows are evaluated.
    """
    group = subject.groups[0]
    if hours is not None:
        offset = SEEN_AGO * HOUR.milliseconds // timeline.interval.milliseconds
        timeline.feed(subject.recorded(names.COVERAGE_HOUR, group), evaluation, (Run(offset, offset, _short(hours)),))
    total, bad = _of_period(subject, events)
    seen = _seen(subject, events, hours)
    if total and seen:
        left = 1 - bad / total / Fraction(subject.slo.objective.error_budget_ratio) * seen
        for series, value in (
            (subject.recorded(names.PERIOD_TOTAL, group), total),
            (subject.recorded(names.COVERAGE, group), seen),
            (subject.public(names.PERIOD_BUDGET_REMAINING, group), left),
        ):
            timeline.feed(series, evaluation, (Run(_BEFORE, _BEFORE, _short(value)),))


def feed_left(subject: Subject, timeline: Timeline, evaluation: int, left: Fraction) -> None:
    """Adds the rest of the budget as it was recorded two minutes ago."""
    for group in subject.groups:
        series = subject.public(names.PERIOD_BUDGET_REMAINING, group)
        timeline.feed(series, evaluation, (Run(_BEFORE, _BEFORE, _short(left)),))


def _short(value: Fraction) -> Decimal:
    """``value`` with twelve digits."""
    return Decimal(f"{float(value):.12g}")


def _seen(subject: Subject, events: Events, hours: Fraction | None) -> Fraction:
    """The seen share of the rolling period. ``hours`` were added to the seen hours."""
    period = subject.slo.period.rolling.milliseconds // HOUR.milliseconds
    return (recorded_seen(subject, events.total) + (hours or 0)) / period


def of_tier(subject: Subject, tier: AlertTier, events: Events, hours: Fraction | None) -> str | None:
    """The text of a tier that fires. None if a digit of it depends on the rounding of sums. ``hours`` were added to the
    seen hours.
    """
    total, bad = _of_period(subject, events)
    budget = Fraction(subject.slo.objective.error_budget_ratio)
    seen = _seen(subject, events, hours)
    if not total or not seen:
        return f"{opening(chain(subject.slo))}: {NOT_KNOWN}."
    percent = 100 * (1 - bad / total / budget * seen)
    shown = _percent(percent)
    if shown is None:
        return None
    start = f"{opening(chain(subject.slo))}: {shown}. "
    if percent <= 0:
        return start + SPENT
    rate, count = window_sum(recent(events.bad, RECENT), samples_of(tier.short) - 1)
    if not rate:
        return start + HOW_LONG_UNKNOWN
    # the template passes six decimals of it from one query to the next
    seconds = round(percent, 6) / 100 * budget * total / seen / (Fraction(rate) / count)
    rolling = subject.slo.period.rolling
    lasts = f"longer than {rolling.in_days}" if seconds > Fraction(rolling.seconds) else _duration(seconds)
    return None if lasts is None else f"{start}It lasts {lasts}{rate_of(chain(subject.slo), tier.short)}."


def without_data(subject: Subject, left: Fraction | None) -> str | None:
    """The text of the absence alert. ``left`` is the rest of the budget, None if nothing was counted."""
    shown = NOT_KNOWN if left is None else _percent(100 * left)
    if shown is None:
        return None
    return f"{opening(chain(subject.slo))}, by what was counted: {shown}. {HOW_LONG_UNKNOWN}"


def _of_period(subject: Subject, events: Events) -> tuple[Fraction, Fraction]:
    """All and bad events of the rolling period."""
    last = samples_of(subject.slo.period.rolling) - 1
    total, bad = (Fraction(window_sum(history, last)[0]) * events.every for history in (events.total, events.bad))
    return total, bad


def _percent(value: Fraction) -> str | None:
    if abs((value * 10) % 1 - Fraction(1, 2)) < _NOISE:
        return None
    return f"{Decimal(round(value * 10)) / 10:.1f}%"


def _duration(seconds: Fraction) -> str | None:
    """The text of ``humanizeDuration``, which cuts off parts of a second."""
    rest = seconds % 1
    if seconds < 1 or min(rest, 1 - rest) < 1000 * _NOISE:
        return None
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days}d {hour}h {minute}m {second}s"
    if hours:
        return f"{hour}h {minute}m {second}s"
    return f"{minute}m {second}s" if minutes else f"{float(seconds):.4g}s"
