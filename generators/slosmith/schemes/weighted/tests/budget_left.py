"""The expected texts of alerts about the rest of the budget, computed from the SLO and the input.

Evaluations are on full hours, so the recorded budget contains all events before them.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from slosmith.model import Duration
from slosmith.ruletests.series import History, Timeline, constant, window_sum
from slosmith.ruletests.spans import EVALUATED_EVERY, LONGEST
from slosmith.schemes.chain import chain
from slosmith.schemes.weighted.budget_text import HOW_LONG_UNKNOWN, NOT_KNOWN, SPENT, opening, rate_of
from slosmith.schemes.weighted.tests.evaluate import HOUR, Events, intervals
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.vocabulary import names

if TYPE_CHECKING:
    from slosmith.schemes.tiers import AlertTier

_HOURS_AGO = 2
"""The time of the good events. Because of them, a part of the budget is left."""

_LEFT = Fraction(63, 100)
"""The share of the budget that is left because of them, approximately."""

_EVALUATED_HOURS = EVALUATED_EVERY.milliseconds // HOUR.milliseconds

_NOISE = Fraction(1, 10_000)
"""Minimum distance of a number from the next printed number, in units of its last digit."""


def good_hour(subject: Subject, events: Events, interval: Duration) -> Fraction | None:
    """The number of good events two hours ago that is needed so that some budget is left. None: this is not possible,
    because the period does not contain this hour, or because a window of an alert reads it.
    """
    rolling = subject.slo.period.rolling.milliseconds
    if any(events.tiles) or rolling <= (_HOURS_AGO + 1) * HOUR.milliseconds:
        return None
    total, bad = _of_period(subject, events, interval, Fraction(0))
    budget = Fraction(subject.slo.objective.error_budget_ratio)
    wanted = Fraction(round(bad / ((1 - _LEFT) * budget) - total))
    return wanted if wanted > 0 else None


def feed_good_hour(subject: Subject, timeline: Timeline, evaluation: int, events: Fraction) -> None:
    """Adds the tile of this hour to the input of the first group."""
    offset = _HOURS_AGO * HOUR.milliseconds // timeline.interval.milliseconds
    tile = subject.recorded(names.TOTAL_HOUR, subject.groups[0])
    timeline.feed(tile, evaluation, constant(int(events), offset, offset))


def of_tier(subject: Subject, tier: AlertTier, events: Events, interval: Duration, good_events: Fraction) -> str | None:
    """The text of a tier that fires. None if a digit of it depends on the rounding of sums."""
    total, bad = _of_period(subject, events, interval, good_events)
    budget = Fraction(subject.slo.objective.error_budget_ratio)
    if not total:
        return f"{opening(chain(subject.slo))}: {NOT_KNOWN}."
    percent = 100 * (1 - bad / total / budget)
    shown = _percent(percent)
    if shown is None:
        return None
    start = f"{opening(chain(subject.slo))}: {shown}. "
    if percent <= 0:
        return start + SPENT
    rate, count = window_sum(events.bad, intervals(tier.short, interval) - 1)
    if not rate:
        return start + HOW_LONG_UNKNOWN
    # the template passes six decimals of it from one query to the next
    seconds = round(percent, 6) / 100 * budget * total / (Fraction(rate) / count)
    rolling = subject.slo.period.rolling
    lasts = f"longer than {rolling.in_days}" if seconds > Fraction(rolling.seconds) else _duration(seconds)
    return None if lasts is None else f"{start}It lasts {lasts}{rate_of(chain(subject.slo), tier.short)}."


def without_data(subject: Subject, tiles: list[tuple[Fraction, Fraction]]) -> str | None:
    """The text of the absence alert. ``tiles`` are total and bad events of the hours in its period."""
    total, bad = (sum(parts, Fraction(0)) for parts in zip(*tiles, strict=True)) if tiles else (Fraction(0),) * 2
    shown: str | None = NOT_KNOWN
    if total:
        shown = _percent(100 * (1 - bad / total / Fraction(subject.slo.objective.error_budget_ratio)))
    if shown is None:
        return None
    return f"{opening(chain(subject.slo))}, by what was counted: {shown}. {HOW_LONG_UNKNOWN}"


def _of_period(
    subject: Subject, events: Events, interval: Duration, good_events: Fraction
) -> tuple[Fraction, Fraction]:
    """All and bad events of the rolling period: of the last hour, of the tiles before it, and of the good hour."""
    hours = subject.slo.period.rolling.milliseconds // HOUR.milliseconds
    per_hour = HOUR.milliseconds // interval.milliseconds

    def counted(history: History, tiles: History) -> Fraction:
        if tiles:
            now = Fraction(window_sum(history, per_hour - 1)[0]) * events.every
            return now + Fraction(window_sum(tiles, hours * per_hour - 1, per_hour)[0])
        # every evaluation of the test records the hour before it
        evaluations = range(0, min(LONGEST.milliseconds // HOUR.milliseconds, hours), _EVALUATED_HOURS)
        upto = [window_sum(history, (ago + 1) * per_hour - 1)[0] for ago in evaluations]
        after = [window_sum(history, ago * per_hour - 1)[0] for ago in evaluations]
        return Fraction(sum(upto) - sum(after)) * events.every

    histories = (events.total, events.bad)
    tiles = events.tiles if any(events.tiles) else ((), ())
    total, bad = (counted(history, its) for history, its in zip(histories, tiles, strict=True))
    return total + good_events, bad


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
