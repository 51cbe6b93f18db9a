"""Sloth's rules as a scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slosmith.model import Duration, Service, Slo
from slosmith.model.rules import AlertKind, RecordingKind, RuleFile
from slosmith.schemes.scheme import Alert, Scheme, Trigger
from slosmith.schemes.tiers import shape
from slosmith.vocabulary import names

if TYPE_CHECKING:
    from slosmith.model.rule_tests import TestFile


class Sloth(Scheme):
    """Every window is read from the raw series, and the ratio of the period is a mean over time. There is one alert for
    each severity. It fires while one of its pairs of windows fires. Thresholds are those of the catalogue, and there is
    no minimum of bad events.
    """

    name = "sloth"
    title = "Sloth's rules"
    about = (
        "The rules are those that Sloth would write (`rules: sloth`). Attainment and error budgets are averages over "
        "time of the short window's error ratio. They are not weighted by traffic."
    )
    recordings = frozenset({
        RecordingKind.RATIO, RecordingKind.METADATA, RecordingKind.BURN_RATE, RecordingKind.BUDGET,
    })  # fmt: skip
    alert_kinds = frozenset({AlertKind.COMBINED})
    severity_label = names.SLOTH_SEVERITY
    tier_label = names.SLOTH_SEVERITY
    imitates = "sloth"
    usual_catalogue = "sloth"
    delay = "rules in different groups can add one more interval"

    def windows(self, slo: Slo) -> tuple[Duration, ...]:
        from slosmith.schemes.sloth.service_rules import recorded_windows

        return recorded_windows(slo)

    def triggers(self, slo: Slo) -> tuple[Trigger, ...]:
        from slosmith.schemes.sloth.alerts import triggers

        return triggers(slo)

    def alerts(self, slo: Slo) -> tuple[Alert, ...]:
        from slosmith.schemes.sloth.alerts import alerts

        return alerts(slo)

    def adds_severity(self, slo: Slo) -> bool:
        from slosmith.schemes.sloth.alerts import adds_severity

        return adds_severity(slo)

    def longest_delay(self, interval: Duration) -> Duration:
        return interval

    def shape(self, slo: Slo) -> object:
        return shape(slo)

    def compile_service(self, service: Service, interval: Duration) -> RuleFile:
        from slosmith.schemes.sloth.service_rules import compile_service

        return compile_service(service, interval)

    def compile_tests(self, service: Service, rules: RuleFile) -> TestFile:
        # imported here, because a project may have no unit tests
        from slosmith.schemes.sloth.service_tests import compile_tests

        return compile_tests(service, rules)

    def compile_long_tests(self, service: Service, rules: RuleFile) -> TestFile | None:
        # imported here, because only `slosmith test` needs it
        from slosmith.schemes.sloth.range_tests import compile_long_tests

        return compile_long_tests(service, rules)


SCHEME = Sloth()
