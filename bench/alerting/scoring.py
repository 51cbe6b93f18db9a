"""What a contestant's alerts are worth on one trace."""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.alerting.contestants import Contestant
from bench.alerting.traces import MINUTE, Trace
from bench.alerting.truth import Rule
from slosmith.history.arithmetic import FIRING, Outcome

TRUTHS = {
    "as defined": Rule(),
    "burn x 1.5": Rule().scaled(1.5),
    "burn x 0.5": Rule().scaled(0.5),
    "from 2 %": msgspec.structs.replace(Rule(), page_needed_share=0.02),
}
"""The definition; pages judged by burn rates half as high again, or half as high; and pages needed from 2 % on."""


class Judged(msgspec.Struct):
    """Counts over one trace, by one definition of right. Times in minutes."""

    right_pages: int = 0
    false_pages: int = 0
    right_tickets: int = 0
    false_tickets: int = 0
    pages_needed: int = 0
    pages_given: int = 0
    alerts_needed: int = 0
    alerts_given: int = 0
    detect: list[int] = []
    """From the start of each incident that needs a page to the first page."""
    clear: list[int] = []
    """From the end of each such incident until no page fires."""


class Score(msgspec.Struct):
    """A contestant on a trace. ``budget_error`` is recorded minus true remaining budget, in shares of the budget; None
    where no number is recorded.
    """

    contestant: str
    band: str
    target: str
    period: int
    scenario: str
    disturbance: str
    days: float
    judged: dict[str, Judged]
    whole: bool = False
    budget_error: float | None = None


def score(contestant: Contestant, trace: Trace, outcome: Outcome) -> Score:
    """Judge what fired."""
    plan = trace.plan
    pages, tickets = _firing(contestant, trace, outcome)
    days = (plan.minutes - plan.warm_up) / 1440
    judged = {name: _judge(rule, trace, pages, tickets) for name, rule in TRUTHS.items()}
    error = None
    if plan.whole:
        left = contestant.budget_left(outcome, plan.budget_ratio)
        error = None if left is None or math.isnan(left) else left - true_budget_left(trace)
    return Score(
        contestant.name,
        plan.band,
        plan.target,
        plan.period,
        plan.scenario,
        plan.disturbance,
        days,
        judged,
        plan.whole,
        error,
    )


def true_budget_left(trace: Trace) -> float:
    """Of the last period, by the events that happened."""
    length = trace.plan.period * 1440
    total, bad = int(trace.total[-length:].sum()), int(trace.bad[-length:].sum())
    return 1 - bad / total / trace.plan.budget_ratio if total else 1.0


def _firing(contestant: Contestant, trace: Trace, outcome: Outcome) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """In which minutes any page fires, and any ticket."""
    length = trace.plan.minutes
    found = np.zeros((2, length), dtype=np.bool_)
    for alert in outcome.alerts:
        labels = dict(alert.labels)
        severity = labels.get("severity") or labels.get("sloth_severity", "")
        kind = 0 if severity in contestant.page else 1
        firing = alert.states == FIRING
        step = alert.grid.step
        if step < MINUTE:  # evaluated more often: fires in a minute in which it fires once
            firing = firing[: len(firing) // 2 * 2].reshape(-1, 2).any(axis=1)
            step = MINUTE
        latest = np.arange(length) * MINUTE // step
        found[kind] |= firing[np.minimum(latest, len(firing) - 1)]
    return found[0], found[1]


def _judge(rule: Rule, trace: Trace, pages: NDArray[np.bool_], tickets: NDArray[np.bool_]) -> Judged:
    found = Judged()
    for minute in _begins(pages, trace.plan.warm_up):
        right = rule.is_right(trace, minute, page=True)
        found.right_pages += right is True
        found.false_pages += right is False
    for minute in _begins(tickets, trace.plan.warm_up):
        right = rule.is_right(trace, minute, page=False)
        found.right_tickets += right is True
        found.false_tickets += right is False
    either = pages | tickets
    for incident in trace.incidents:
        if rule.needs_page(incident):
            found.pages_needed += 1
            span = pages[incident.start : incident.end + rule.page_grace]
            if span.any():
                found.pages_given += 1
                found.detect.append(int(np.argmax(span)))
                after = pages[incident.end :]
                if len(after) and after[0]:
                    found.clear.append(int(np.argmin(after)) if not after.all() else len(after))
        if rule.needs_alert(incident):
            found.alerts_needed += 1
            found.alerts_given += bool(either[incident.start : incident.end + rule.ticket_grace].any())
    return found


def _begins(firing: NDArray[np.bool_], warm_up: int) -> list[int]:
    """The minutes in which it begins to fire, those of the warm-up left out."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], firing)).astype(np.int8)) == 1)
    return [minute for minute in edges.tolist() if minute >= warm_up]
