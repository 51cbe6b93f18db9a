"""Rules of one hour: an error ratio, what is left of the budget, and one page."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from slosmith.model import BurnRateWindow, Duration, Service, Slo
from slosmith.model.rule_tests import QueryTest, TestFile, TestGroup
from slosmith.model.rules import AlertKind, RecordingKind, RecordingRule, Rule, RuleFile, RuleGroup
from slosmith.ruletests.expect import label_groups, public, round_query, series, states_of
from slosmith.ruletests.series import Timeline, constant
from slosmith.ruletests.states import FIRING, NONE
from slosmith.ruletests.untestable import testable
from slosmith.schemes.chain import chain
from slosmith.schemes.scheme import Alert, Scheme, Trigger
from slosmith.schemes.tiers import unclamped
from slosmith.sli.base import base_expressions, error_ratio_query
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import plain

HOUR = Duration.parse("1h")
RATIO = names.error_ratio(HOUR)
BURN_RATE = Decimal(10)
EVERY = Duration.parse("400d")
"""Time between two evaluations in unit tests. It is longer than every period, so an evaluation has its own samples."""


class Hourly(Scheme):
    """A page while the burn rate of the last hour is above ten."""

    name = "hourly"
    title = "hourly rules"
    about = "The rules look at one hour at a time; what is left of the budget is a mean over time."
    recordings = frozenset({
        RecordingKind.RATIO, RecordingKind.METADATA, RecordingKind.BURN_RATE, RecordingKind.BUDGET,
    })  # fmt: skip
    alert_kinds = frozenset({AlertKind.TIER})

    def windows(self, slo: Slo) -> tuple[Duration, ...]:
        return (HOUR,)

    def triggers(self, slo: Slo) -> tuple[Trigger, ...]:
        if slo.alerting is None or not slo.alerting.page:
            return ()
        share = BURN_RATE * HOUR.seconds / slo.period.rolling.seconds
        window = BurnRateWindow("1h", share, HOUR, HOUR, "page")
        return (Trigger("page", (unclamped(window, slo.objective.error_budget_ratio, slo.period.rolling),)),)

    def alerts(self, slo: Slo) -> tuple[Alert, ...]:
        if slo.alerting is None:
            return ()
        labels = {
            names.SEVERITY: slo.alerting.severity_label("page"), names.TIER: "1h", names.TEAM: slo.team,
            **dict(slo.alerting.labels), **dict(slo.alerting.page_labels), names.ID: slo.id,
        }  # fmt: skip
        shown = tuple(sorted((name, value) for name, value in labels.items() if value))
        return tuple(
            Alert(kind=AlertKind.TIER, name=slo.alerting.name, tier="1h", severity="page", labels=shown, trigger=each)
            for each in self.triggers(slo)
        )

    def compile_service(self, service: Service, interval: Duration) -> RuleFile:
        groups = tuple(RuleGroup(names.group(slo), interval, self._rules(slo)) for slo in service.slos)
        return RuleFile(service.name, groups, (f"SLOs of {service.name}, by the hour.",))

    def _rules(self, slo: Slo) -> tuple[Rule, ...]:
        links, period = chain(slo), slo.period.rolling

        def stated(name: str, value: str) -> RecordingRule:
            return links.recording(RecordingKind.METADATA, name, f"vector({value})", links.labels)

        def burn_rate(name: str, window: Duration) -> RecordingRule:
            expr = f"{links.one(names.error_ratio(window))} / {plain(slo.objective.error_budget_ratio)}"
            return links.recording(RecordingKind.BURN_RATE, name, expr, links.labels)

        def ratio(window: Duration, expr: str) -> RecordingRule:
            labels = tuple(sorted((*links.labels, (names.WINDOW, str(window)))))
            return links.recording(RecordingKind.RATIO, names.error_ratio(window), expr, labels)

        left = f"1 - {links.one(names.PERIOD_BURN_RATE)}"
        rules: list[Rule] = [
            ratio(HOUR, _error_ratio(slo)),
            ratio(period, f"avg_over_time({links.series(RATIO)}[{period.in_days}])"),
            stated(names.OBJECTIVE_RATIO, plain(slo.objective.target_ratio)),
            stated(names.ERROR_BUDGET, plain(slo.objective.error_budget_ratio)),
            stated(names.PERIOD_DAYS, plain(period.seconds / 86400)),
            burn_rate(names.CURRENT_BURN_RATE, HOUR),
            burn_rate(names.PERIOD_BURN_RATE, period),
            links.recording(RecordingKind.BUDGET, names.PERIOD_BUDGET_REMAINING, left, links.labels),
            stated(names.INFO, "1"),
        ]
        for alert in self.alerts(slo):
            expr = f"{links.one(RATIO)} > {plain(self.pairs(slo)[0].threshold_ratio)}"
            texts = (("summary", f"{links.title}: the budget burns {plain(BURN_RATE)} times too fast"),)
            rules.append(alert.rule(slo, expr, texts))
        return tuple(rules)

    def compile_tests(self, service: Service, rules: RuleFile) -> TestFile:
        slos, silent = testable(service.slos)
        groups = tuple(_tests(slo, self.triggers(slo), rules) for slo in slos)
        order = tuple(group.name for group in rules.groups)
        return TestFile(f"{rules.name}.yaml", EVERY, order, groups, tuple(silent))


def _error_ratio(slo: Slo) -> str:
    if not slo.counts_events:
        return error_ratio_query(slo.indicator, HOUR)
    events = base_expressions(slo.indicator, slo.group_by, HOUR)
    return f"(\n{events.bad}\n)\n/\n(\n{events.total}\n  > 0\n)"


def _tests(slo: Slo, triggers: tuple[Trigger, ...], rules: RuleFile) -> TestGroup:
    """The input is the recorded ratio: first just above the threshold, then just below it."""
    timeline = Timeline(EVERY, EVERY)
    labels = tuple(sorted((*public(slo), *label_groups(slo)[0])))
    budget = slo.objective.error_budget_ratio
    limit = triggers[0].pairs[0].threshold_ratio if triggers else budget
    alerts = rules.alerts().get(slo.id, [])
    queries: list[QueryTest] = []
    for evaluation, value in ((1, limit * Decimal("1.01")), (2, limit * Decimal("0.99"))):
        at = timeline.at(evaluation)
        timeline.feed(series(RATIO, (*labels, (names.WINDOW, "1h"))), evaluation, constant(value, 0, 0))
        left = 1 - Fraction(value) / Fraction(budget)
        selector = series(names.PERIOD_BUDGET_REMAINING, ((names.ID, slo.id),))
        queries.append(round_query(selector, at, [(labels, left)], f"{slo.id}: budget left"))
        if alerts:
            state = FIRING if evaluation == 1 else NONE
            queries.append(states_of(slo, alerts, [(rule, state) for rule in alerts], at, slo.id))
    return TestGroup(slo.name, EVERY, timeline.inputs(), tuple(queries))


SCHEME = Hourly()
