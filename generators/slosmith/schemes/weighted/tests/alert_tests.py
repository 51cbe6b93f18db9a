"""Unit tests of burn-rate alerts. Every tier has scenarios. A scenario is one evaluation, at the same time for all
SLOs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest

from slosmith.model.rule_tests import AlertTest, ExpectedAlert, QueryTest, TestGroup
from slosmith.model.rules import AlertingRule
from slosmith.ruletests.expect import rendered_alert, states_of
from slosmith.ruletests.series import Timeline, constant
from slosmith.ruletests.spans import LONGEST, apart, fits
from slosmith.ruletests.states import FIRING
from slosmith.schemes.chain import chain
from slosmith.schemes.floors import floor
from slosmith.schemes.weighted.budget_text import left
from slosmith.schemes.weighted.tests.budget_left import LEFT, feed_budget, of_tier, seen_hours
from slosmith.schemes.weighted.tests.evaluate import MINUTE, error_ratio
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.schemes.weighted.tests.tier_tests import Omitted, Scenario, scenarios
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import percent

_NONE = Omitted("", "")


def tier_groups(subjects: Sequence[Subject]) -> list[TestGroup]:
    """For every tier a test group for each of its scenarios."""
    most = max((len(subject.tiers) for subject in subjects), default=0)
    shown: set[AlertingRule] = set()
    return [group for index in range(most) for group in _tier_groups(subjects, index, shown)]


def _tier_groups(subjects: Sequence[Subject], index: int, shown: set[AlertingRule]) -> list[TestGroup]:
    having = [subject for subject in subjects if index < len(subject.tiers)]
    weighted = [subject for subject in having if subject.weighted]
    found: list[TestGroup] = []
    if weighted:
        found += _EventsGroup(weighted, index, shown).build()
    raw = [subject for subject in having if not subject.weighted]
    if raw:
        found += _raw_ratio_groups(raw, index)
    return found


def _tier_name(subjects: Sequence[Subject], index: int) -> str:
    tiers = dict.fromkeys((subject.tiers[index].name, subject.tiers[index].severity) for subject in subjects)
    return "burn rate, tier " + " and ".join(f"{name} ({severity})" for name, severity in tiers)


class _EventsGroup:
    def __init__(self, subjects: Sequence[Subject], index: int, shown: set[AlertingRule]) -> None:
        """``shown``: alerts whose texts have been compared already."""
        self.subjects, self.index, self.shown = subjects, index, shown
        self.timeline = Timeline(MINUTE, LONGEST)
        self.queries: list[QueryTest] = []
        self.alerts: list[AlertTest] = []
        self.notes: list[str] = []

    def build(self) -> tuple[TestGroup, ...]:
        plans = [
            scenarios(
                subject.tiers,
                self.index,
                floor(subject.slo),
                subject.every,
                young=self._young(subject),
            )
            for subject in self.subjects
        ]
        evaluation = 0
        # tiers with one name can have different windows; a tier whose window fits has more scenarios
        for step in zip_longest(*plans, fillvalue=_NONE):
            if all(isinstance(scenario, Omitted) for scenario in step):
                self._omit(step)
                continue
            evaluation += 1
            self._omit(step)
            for subject, scenario in zip(self.subjects, step, strict=True):
                if isinstance(scenario, Scenario):
                    self._place(subject, scenario, evaluation)
            if evaluation == 1 or any(isinstance(one, Scenario) and one.held for one in step):
                self._texts(step, evaluation)
        young = any(map(self._young, self.subjects))
        comment = (
            "Input: recorded rates of events, and events of each hour.",
            *(
                ["There have been events for some hours only: `slosmith test` tests how far the long window reaches."]
                if young
                else []
            ),
            *self.notes,
        )
        name = _tier_name(self.subjects, self.index)
        return apart(self.timeline, TestGroup(name, MINUTE, (), tuple(self.queries), tuple(self.alerts), comment))

    def _young(self, subject: Subject) -> bool:
        return not fits(subject.tiers[self.index].long)

    def _omit(self, step: tuple[Scenario | Omitted, ...]) -> None:
        for subject, scenario in zip(self.subjects, step, strict=True):
            if isinstance(scenario, Omitted) and scenario is not _NONE:
                self.notes.append(f"Not tested for {subject.slo.id}: {scenario.title} ({scenario.reason}).")

    def _place(self, subject: Subject, scenario: Scenario, evaluation: int) -> None:
        subject.feed_with_tiles(self.timeline, evaluation, scenario.events.total, scenario.events.bad)
        at = self.timeline.at(evaluation)
        states = subject.states(scenario.active)
        comment = f"{subject.slo.id}: {scenario.title}"
        self.queries.append(states_of(subject.slo, subject.burn_rate, states, at, comment))

    def _texts(self, step: tuple[Scenario | Omitted, ...], evaluation: int) -> None:
        """The expected labels and annotations of all alerts that fire at the evaluation. promtool compares them by the
        name of the alert.
        """
        expected: dict[str, list[ExpectedAlert]] = {}
        fired: set[AlertingRule] = set()
        for subject, scenario in zip(self.subjects, step, strict=True):
            if isinstance(scenario, Omitted):
                continue
            states = dict(subject.states(scenario.active))
            if None in states.values():
                self.notes.append("Annotations are not compared: Prometheus versions differ in which alerts fire here.")
                return
            seen = self._seen_hours(subject, scenario, states)
            feed_budget(subject, self.timeline, evaluation, scenario.events, seen)
            for index, rule in enumerate(subject.burn_rate):
                if states[rule] != FIRING:
                    continue
                ratio = error_ratio(scenario.events, subject.tiers[index].long)
                own = subject.public_labels(subject.groups[0])
                known = self._budget_left(subject, index, scenario, seen)
                shown = rendered_alert(rule, own, float(ratio), known) if ratio is not None else None
                if shown is None:
                    self.notes.append(
                        f"Annotations of {rule.alert} are not compared: they contain templates "
                        "that slosmith cannot render."
                    )
                    return
                expected.setdefault(rule.alert, []).append(ExpectedAlert(*shown))
                fired.add(rule)
        if fired <= self.shown:
            return
        self.shown |= fired
        at = self.timeline.at(evaluation)
        for alert, alerts in sorted(expected.items()):
            self.alerts.append(AlertTest(alert, at, tuple(alerts), ("Labels and annotations of the alerts.",)))

    def _seen_hours(
        self, subject: Subject, scenario: Scenario, states: Mapping[AlertingRule, str | None]
    ) -> Fraction | None:
        """The seen hours with which all texts about the rest of the budget can be compared."""
        pairs = zip(subject.tiers, subject.burn_rate, strict=True)
        firing = [tier for tier, rule in pairs if states[rule] == FIRING]
        found = [seen_hours(subject, scenario.events, share) for share in LEFT]
        good = (
            seen for seen in found if all(of_tier(subject, tier, scenario.events, seen) is not None for tier in firing)
        )
        return next(good, found[0])

    def _budget_left(self, subject: Subject, index: int, scenario: Scenario, seen: Fraction | None) -> dict[str, str]:
        """The template of the text about the rest of the budget, and its expected text."""
        tier = subject.tiers[index]
        text = of_tier(subject, tier, scenario.events, seen)
        return {} if text is None else {left(chain(subject.slo), tier): text}


def _raw_ratio_groups(subjects: Sequence[Subject], index: int) -> tuple[TestGroup, ...]:
    """In a raw ratio, each window is a query of its own. So the input of this group is the recorded ratios."""
    timeline = Timeline(MINUTE, LONGEST)
    queries: list[QueryTest] = []
    for number, (said, long_over, short_over) in enumerate(
        (("both windows just above", True, True), ("both windows exactly at", None, None),
         ("long window just above, short window just below", True, False),
         ("short window just above, long window just below", False, True)), 1,
    ):  # fmt: skip
        for subject in subjects:
            tier = subject.tiers[index]
            if tier.long == tier.short and long_over is not short_over:
                continue
            values = {tier.long: _near(tier.threshold_ratio, long_over)}
            values[tier.short] = _near(tier.threshold_ratio, short_over)
            for window, value in values.items():
                for group in subject.groups[:1]:
                    labels = {names.WINDOW: str(window)}
                    timeline.feed(
                        subject.public(names.error_ratio(window), group, **labels), number, constant(value, 0, 0)
                    )
            over = [
                other
                for other, its in enumerate(subject.tiers)
                if all(values.get(window, Decimal(0)) > its.threshold_ratio for window in (its.long, its.short))
            ]
            title = f"{said} {percent(tier.threshold_ratio)}: {'fires' if index in over else 'does not fire'}"
            everything = range(len(subject.tiers))
            active = [(False, False, index in over) for index in everything]
            about = f"{subject.slo.id}: {title}"
            queries.append(
                states_of(subject.slo, subject.burn_rate, subject.states(active), timeline.at(number), about)
            )
    name = f"{_tier_name(subjects, index)}, raw ratios"
    comment = ("Input: recorded error ratios. Each window is a query of its own, without event counts.",)
    return apart(timeline, TestGroup(name, MINUTE, (), tuple(queries), comment=comment))


def _near(threshold: Decimal, over: bool | None) -> Decimal:
    if over is None:
        return threshold
    return min(threshold * Decimal("1.01"), (threshold + 1) / 2) if over else threshold * Decimal("0.99")
