"""Pyrra's static burn rates, after the formulas that its documentation gives for a ratio indicator.

Windows are parts of the period: 1h, 6h, 1d and 4d of 28 days at 14, 7, 2 and 1 times the budget, each with a short
window and a ``for``. Burn rates are evaluated every 30 seconds, the increases of the period every 30 to 240. Absence is
critical after the time that a full outage needs to page.
"""

from __future__ import annotations

from bench.alerting.contestants.contestant import Contestant, last
from slosmith.history.arithmetic import Outcome

_TIERS = (
    (14, 60.0, 5.0, 2.0, "critical"),
    (7, 360.0, 30.0, 15.0, "critical"),
    (2, 1440.0, 120.0, 60.0, "warning"),
    (1, 5760.0, 360.0, 180.0, "warning"),
)
"""Factor; long and short window and ``for`` in minutes of 28 days; severity."""
_SELECTOR = 'http_requests_total{job="api"}'
_ERRORS = 'http_requests_total{code=~"5..",job="api"}'


def _minutes(of_28_days: float, period: int) -> int:
    return int(of_28_days * period / 28 + 0.5)


def _rules(target: str, period: int) -> tuple[str, ...]:
    objective = float(target) / 100
    tiers = [
        (factor, _minutes(long, period), _minutes(short, period), _minutes(hold, period), severity)
        for factor, long, short, hold, severity in _TIERS
    ]
    windows = sorted({window for _, long, short, _, _ in tiers for window in (long, short)})
    burn = [
        f"  - record: http_requests:burnrate{window}m\n"
        f"    expr: sum(rate({_ERRORS}[{window}m])) / sum(rate({_SELECTOR}[{window}m]))\n"
        f"    labels: {{slo: api, job: api}}\n"
        for window in windows
    ]
    alerts = [
        f"  - alert: ErrorBudgetBurn\n"
        f'    expr: http_requests:burnrate{short}m{{slo="api"}} > ({factor} * (1-{objective:.10g})) and '
        f'http_requests:burnrate{long}m{{slo="api"}} > ({factor} * (1-{objective:.10g}))\n'
        f"    for: {hold}m\n"
        f"    labels: {{severity: {severity}, long: {long}m, slo: api}}\n"
        for factor, long, short, hold, severity in tiers
    ]
    absent = round(14 * (1 - objective) * tiers[0][1] + tiers[0][3])
    return (
        f"groups:\n- name: api-increase\n  interval: {_interval(period)}s\n  rules:\n"
        f"  - record: http_requests:increase{period}d\n"
        f"    expr: sum by (code) (increase({_SELECTOR}[{period}d]))\n"
        f"    labels: {{slo: api, job: api}}\n"
        f"  - alert: SLOMetricAbsent\n    expr: absent({_SELECTOR}) == 1\n    for: {absent}m\n"
        f"    labels: {{severity: critical, slo: api}}\n"
        f"- name: api\n  interval: 30s\n  rules:\n{''.join(burn)}{''.join(alerts)}"
        f"- name: api-generic\n  interval: 30s\n  rules:\n"
        f"  - record: pyrra_availability\n    labels: {{slo: api}}\n"
        f'    expr: 1 - sum(http_requests:increase{period}d{{code=~"5..",slo="api"}} or vector(0)) / '
        f'sum(http_requests:increase{period}d{{slo="api"}})\n',
    )


def _interval(period: int) -> int:
    """Seconds between evaluations of the increases: half a minute more for every week, up to eight."""
    return 30 + 30 * min(period // 7, 7)


def _left(outcome: Outcome, budget_ratio: float) -> float | None:
    availability = last(outcome, "pyrra_availability")
    return None if availability is None else 1 - (1 - availability) / budget_ratio


PYRRA = Contestant("pyrra", "Pyrra 0.10, static burn rates", _rules, _left)
