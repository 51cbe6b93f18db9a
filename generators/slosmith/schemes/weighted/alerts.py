"""The alerts of one SLO. Each kind of alert is a module that lists the alerts and writes their rules."""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Duration, Slo
from slosmith.model.rules import AlertingRule
from slosmith.schemes.chain import Chain
from slosmith.schemes.scheme import Alert
from slosmith.schemes.weighted import absence, burn_rate, exhaustion

_MODULES = (burn_rate, exhaustion, absence)
"""In the order of the rules."""


def alerts(slo: Slo) -> tuple[Alert, ...]:
    """All alerts. Empty for an SLO that never alerts."""
    alerting = slo.alerting
    return () if alerting is None else tuple(each for module in _MODULES for each in module.alerts(slo, alerting))


def alert_rules(chain: Chain, interval: Duration) -> Iterator[AlertingRule]:
    """The rules of the alerts. ``interval`` is the time between two evaluations."""
    alerting = chain.slo.alerting
    if alerting is not None:
        for module in _MODULES:
            for each in module.alerts(chain.slo, alerting):
                yield module.rule(chain, alerting, each, interval)
