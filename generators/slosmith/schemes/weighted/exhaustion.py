"""The tickets about a spent error budget, of the rolling period and of the calendar period."""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Alerting, Duration, Slo
from slosmith.model.rules import AlertingRule, AlertKind
from slosmith.schemes.chain import Chain
from slosmith.schemes.floors import budget_minimum
from slosmith.schemes.scheme import Alert
from slosmith.schemes.weighted.alert_texts import alert, annotated
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import percent_exact, plain

LEFT = "{{ if lt $value -10.0 }}less than -1000%{{ else }}{{ $value | humanizePercentage }}{{ end }}"
"""Prometheus writes a million percent as ``1e+06%``: at 99.99 %, an outage of a few hours spends that much."""


def alerts(slo: Slo, alerting: Alerting) -> Iterator[Alert]:
    """One alert for each budget."""
    if not alerting.exhaustion:
        return
    budgets = [(AlertKind.EXHAUSTED, slo.period.rolling.in_days)]
    if slo.period.calendar is not None:
        budgets.append((AlertKind.CALENDAR_EXHAUSTED, slo.period.calendar.name))
    for kind, period in budgets:
        yield alert(slo, alerting, kind, alerting.exhausted_name, names.budget_tier(period), "ticket")


def rule(chain: Chain, alerting: Alerting, alert: Alert, interval: Duration) -> AlertingRule:
    """Fires while nothing of the budget is left, and the period has a minimum of bad events."""
    slo, calendar = chain.slo, chain.slo.period.calendar
    if alert.kind is AlertKind.CALENDAR_EXHAUSTED and calendar is not None:
        remaining, coverage = chain.calendar_series(names.CALENDAR_BUDGET_REMAINING), names.CALENDAR_COVERAGE
        bad = chain.calendar_series(names.CALENDAR_BAD)
        during = f"the current reporting period ({calendar.name})"
        meaning = "If traffic stays as it was, the period misses its objective, even without any more bad events."
    else:
        remaining, coverage = chain.series(names.PERIOD_BUDGET_REMAINING), names.COVERAGE
        bad = chain.series(names.PERIOD_BAD)
        during = f"the last {slo.period.rolling.in_days}"
        meaning = "The budget recovers when old bad events leave the window and few new ones come."
    expr = f"({remaining} <= 0)"
    if minimum := budget_minimum(slo):
        expr += f"\nand on ({chain.on})\n({bad} >= {plain(minimum)})"
    # the name and not the number: a query that fails would make the whole annotation useless
    left = f"Budget left: {LEFT} (below 0%: overspent). {coverage} is the share of the period that was seen."
    budget = percent_exact(slo.objective.error_budget_ratio)
    if slo.counts_events:
        description = (
            f"The error budget of {chain.subject} for {during} is spent. {left} "
            f"The objective allows {budget} of events to be {chain.bad}. {meaning}"
        )
    else:
        description = (
            f"The error budget of {chain.subject} for {during} is spent. {left} "
            f"The objective allows a mean error ratio of {budget}."
        )
    summary = f"{chain.title}: the error budget of {during} is spent"
    texts = annotated(slo, alerting, alert, summary=summary, description=description)
    return alert.rule(
        slo, expr, texts, (f"Tier {alert.tier} ({alert.severity}): the error budget of {during} is spent.",)
    )
