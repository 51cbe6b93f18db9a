"""The alerts of one SLO. Each kind of alert is a module that lists the alerts and writes their rules."""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Duration, Slo
from slosmith.model.rules import AlertingRule, AlertKind
from slosmith.schemes.chain import Chain
from slosmith.schemes.scheme import Alert
from slosmith.schemes.weighted import absence, burn_rate, exhaustion
from slosmith.schemes.weighted.ranges import read_from_tiles

_MODULES = (burn_rate, exhaustion, absence)
"""In the order of the rules."""

_BUDGETS = (AlertKind.EXHAUSTED, AlertKind.CALENDAR_EXHAUSTED)


def alerts(slo: Slo) -> tuple[Alert, ...]:
    """All alerts. Empty for an SLO that never alerts."""
    alerting = slo.alerting
    return () if alerting is None else tuple(each for module in _MODULES for each in module.alerts(slo, alerting))


def alert_rules(chain: Chain, interval: Duration, long_interval: Duration) -> Iterator[AlertingRule]:
    """The rules of the alerts. ``interval`` is the time between two evaluations; ``long_interval`` is the same for
    alerts that are :func:`read_less_often`.
    """
    alerting = chain.slo.alerting
    if alerting is not None:
        for module in _MODULES:
            for each in module.alerts(chain.slo, alerting):
                yield module.rule(chain, alerting, each, long_interval if _is_long(each) else interval)


def read_less_often(rule: AlertingRule) -> bool:
    """Whether an alert's rule belongs to the SLO's second group: its values change with hour tiles."""
    return rule.kind in _BUDGETS or any(read_from_tiles(window.long) for window in rule.windows)


def _is_long(alert: Alert) -> bool:
    pairs = alert.trigger.pairs if alert.trigger is not None else ()
    return alert.kind in _BUDGETS or any(read_from_tiles(pair.long) for pair in pairs)
