"""Scores of many traces as one line of numbers, and who is better than whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

import msgspec

from bench.alerting.scoring import Score

MONTH = 30.0


class Summary(msgspec.Struct, frozen=True):
    """Times in minutes, false alerts a month of one SLO, shares 0..1; None: nothing to measure."""

    traces: int
    page_precision: float | None
    page_recall: float | None
    alert_recall: float | None
    ticket_precision: float | None
    detect_median: float | None
    detect_90: float | None
    clear_median: float | None
    false_pages: float
    false_tickets: float
    budget_known: float | None
    """The share of whole periods at whose end a budget is recorded."""
    budget_error_median: float | None
    budget_error_worst: float | None


class Measure(msgspec.Struct, frozen=True):
    """A column: how it is named, how it is read from a summary, and whether more is better."""

    key: str
    title: str
    more_is_better: bool
    slack: float
    """Differences up to this are none: what chance moves."""


MEASURES = (
    Measure("page_recall", "incidents paged", True, 0.01),
    Measure("alert_recall", "incidents seen", True, 0.01),
    Measure("page_precision", "pages right", True, 0.01),
    Measure("ticket_precision", "tickets right", True, 0.01),
    Measure("false_pages", "false pages a month", False, 0.05),
    Measure("false_tickets", "false tickets a month", False, 0.05),
    Measure("detect_median", "minutes to page", False, 1.0),
    Measure("detect_90", "minutes to page, 90th percentile", False, 2.0),
    Measure("clear_median", "minutes to clear", False, 2.0),
)


def summarize(scores: Iterable[Score], truth: str = "as defined") -> Summary:
    """One line of numbers, by one definition of right. Traces of whole periods say what budgets are worth, and no more:
    they would weigh as much as ten others.
    """
    found = list(scores)
    short = [each.judged[truth] for each in found if not each.whole]
    errors = sorted(abs(each.budget_error) for each in found if each.budget_error is not None)
    days = sum(each.days for each in found if not each.whole)
    detect = sorted(minutes for each in short for minutes in each.detect)
    clear = [minutes for each in short for minutes in each.clear]

    right, wrong = sum(each.right_pages for each in short), sum(each.false_pages for each in short)
    good, bad = sum(each.right_tickets for each in short), sum(each.false_tickets for each in short)
    given, alerted = sum(each.pages_given for each in short), sum(each.alerts_given for each in short)
    return Summary(
        traces=len(short),
        page_precision=_ratio(right, right + wrong),
        page_recall=_ratio(given, sum(each.pages_needed for each in short)),
        alert_recall=_ratio(alerted, sum(each.alerts_needed for each in short)),
        ticket_precision=_ratio(good, good + bad),
        detect_median=median(detect) if detect else None,
        detect_90=float(detect[int(0.9 * (len(detect) - 1))]) if detect else None,
        clear_median=median(clear) if clear else None,
        false_pages=wrong / days * MONTH if days else 0.0,
        false_tickets=bad / days * MONTH if days else 0.0,
        budget_known=_ratio(len(errors), sum(each.whole for each in found)),
        budget_error_median=median(errors) if errors else None,
        budget_error_worst=errors[-1] if errors else None,
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def better(one: Summary, other: Summary) -> list[str] | None:
    """The measures on which ``one`` is better, if it is worse on none; otherwise None."""
    found = []
    for measure in MEASURES:
        left, right = getattr(one, measure.key), getattr(other, measure.key)
        if left is None or right is None:
            continue
        gain = left - right if measure.more_is_better else right - left
        if gain < -measure.slack:
            return None
        if gain > measure.slack:
            found.append(measure.title)
    return found or None


def shared(scores: Sequence[Score], one: str, other: str) -> tuple[list[Score], list[Score]]:
    """The scores of two contestants in the periods that both take."""
    periods = {each.period for each in scores if each.contestant == one} & {
        each.period for each in scores if each.contestant == other
    }
    mine = [each for each in scores if each.contestant == one and each.period in periods]
    return mine, [each for each in scores if each.contestant == other and each.period in periods]
