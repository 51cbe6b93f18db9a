"""The weighted rules, the default, as a scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slosmith.model import Duration, Service, Slo
from slosmith.model.rules import AlertKind, RecordingKind, RuleFile
from slosmith.schemes.scheme import Alert, Scheme, Trigger
from slosmith.schemes.tiers import FIVE_MINUTES, AlertTier, ratio_windows, shape, tiers
from slosmith.schemes.weighted.ranges import windows_delay
from slosmith.vocabulary import names

if TYPE_CHECKING:
    from slosmith.model.rule_tests import TestFile


class Weighted(Scheme):
    """Error ratios and budgets are recorded bad events / recorded events. There is an alert for each tier, with a
    threshold that can be reached and a minimum of bad events, a ticket for each spent budget, and an alert about
    missing data.
    """

    name = "weighted"
    title = "weighted rules"
    recordings = frozenset(RecordingKind)
    alert_kinds = frozenset({
        AlertKind.TIER, AlertKind.EXHAUSTED, AlertKind.CALENDAR_EXHAUSTED, AlertKind.ABSENT,
    })  # fmt: skip
    info_labels = frozenset({names.TEAM, names.INDICATOR, names.CLASS, names.SITE})
    clamps = True
    has_minimum = True
    fills_idle = True
    shortest_window = FIVE_MINUTES
    delay = f"alerts can fire up to {FIVE_MINUTES} later, because recorded rates cover {FIVE_MINUTES}"

    def windows(self, slo: Slo) -> tuple[Duration, ...]:
        return ratio_windows(slo.alerting)

    def pairs(self, slo: Slo) -> tuple[AlertTier, ...]:
        return tiers(slo)

    def triggers(self, slo: Slo) -> tuple[Trigger, ...]:
        from slosmith.schemes.weighted.burn_rate import triggers

        return triggers(slo)

    def alerts(self, slo: Slo) -> tuple[Alert, ...]:
        from slosmith.schemes.weighted.alerts import alerts

        return alerts(slo)

    def longest_delay(self, interval: Duration) -> Duration:
        return FIVE_MINUTES

    def window_delay(self, pair: AlertTier) -> Duration:
        return windows_delay(pair)

    def shape(self, slo: Slo) -> object:
        return shape(slo)

    def compile_service(self, service: Service, interval: Duration) -> RuleFile:
        from slosmith.schemes.weighted.service_rules import compile_service

        return compile_service(service, interval)

    def compile_tests(self, service: Service, rules: RuleFile) -> TestFile:
        # imported here, because a project may have no unit tests
        from slosmith.schemes.weighted.tests.service_tests import compile_tests

        return compile_tests(service, rules)

    def compile_long_tests(self, service: Service, rules: RuleFile) -> TestFile | None:
        # imported here, because only `slosmith test` needs it
        from slosmith.schemes.weighted.tests.range_tests import compile_long_tests

        return compile_long_tests(service, rules)


SCHEME = Weighted()
