"""Unit tests of Sloth's rules. There are fewer than for our rules, because Sloth's rules do less.

Three steps are tested: from raw series to the error ratio of every window; from the short ratio to the ratio of the
period and to the burn rates; from ratios to alerts. There is no test of a missing SLI, because Sloth's rules do not
detect it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from slosmith.model import BurnRateWindow, Duration, Labels, Service, Slo
from slosmith.model.rule_tests import AlertTest, ExpectedAlert, QueryTest, Sample, TestFile, TestGroup
from slosmith.model.rules import AlertingRule, RuleFile
from slosmith.ruletests.expect import decimal, identity, label_groups, public, rendered_alert, round_query, series
from slosmith.ruletests.series import History, Run, Timeline, constant
from slosmith.ruletests.spans import EVALUATED_EVERY, LONGEST, apart, fits
from slosmith.ruletests.untestable import testable
from slosmith.schemes.sloth.service_rules import base_window
from slosmith.schemes.sloth.window_tests import window_groups
from slosmith.schemes.tiers import burn_factor
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import significant

HOUR = Duration(3_600_000)

_RATIOS = (Fraction(1, 4), Fraction(1, 2), Fraction(0), Fraction(3, 4))
"""Short ratios, one for each hour, oldest first. Their mean is the ratio of the period."""


class _Subject(msgspec.Struct, frozen=True):
    """An SLO and its alerts."""

    slo: Slo
    alerts: tuple[AlertingRule, ...]

    def labels(self, window: Duration | None = None) -> Labels:
        """The labels of a recording, with the labels of the group in the tests."""
        more = {} if window is None else {names.WINDOW: str(window)}
        return tuple(sorted((*public(self.slo, *more.items()), *label_groups(self.slo)[0])))

    def series(self, metric: str, window: Duration | None = None) -> str:
        return series(metric, self.labels(window))

    def select(self, metric: str) -> str:
        return series(metric, identity(self.slo))


def compile_tests(service: Service, rules: RuleFile) -> TestFile:
    """Unit tests for ``rules``, the rules of this scheme for ``service``."""
    slos, silent = testable(service.slos)
    alerts = rules.alerts()
    subjects = [_Subject(slo, tuple(alerts.get(slo.id, ()))) for slo in slos]
    raw, notes = window_groups(slos)
    groups = [*raw, _period_group(subjects)] if subjects else []
    alerting = [subject for subject in subjects if subject.alerts]
    if alerting:
        groups += _alerts_groups(alerting)
    return TestFile(
        rule_file=f"{rules.name}.yaml",
        evaluation_interval=EVALUATED_EVERY,
        group_order=tuple(group.name for group in rules.groups),
        groups=tuple(groups),
        comment=(
            "Unit tests of the rule file that is named below. Run them in this folder: promtool test rules FILE",
            *silent,
            *notes,
        ),
    )


# --- the period, burn rates, metadata


def period_history(slo: Slo, *, whole: bool = False) -> tuple[History, Fraction]:
    """The short error ratio, and its mean over the rolling period. With ``whole`` there are samples on both sides of
    the start of the period. There is no sample where Prometheus versions count differently.
    """
    hours = -(-slo.period.rolling.milliseconds // HOUR.milliseconds)
    ratios = _RATIOS[-hours:]
    recent = tuple(
        Run(len(ratios) - 1 - index, len(ratios) - 1 - index, _exact(ratio)) for index, ratio in enumerate(ratios)
    )
    if not whole and not fits(slo.period.rolling):
        return recent, sum(ratios, Fraction(0)) / len(ratios)
    kept = (Run(hours - 1, hours - 1, Decimal(1)),) if hours > len(_RATIOS) else ()
    counted = [*(Fraction(1) for _ in kept), *ratios]
    return (Run(hours + 1, hours + 1, Decimal(1)), *kept, *recent), sum(counted, Fraction(0)) / len(counted)


def _period_group(subjects: Sequence[_Subject]) -> TestGroup:
    timeline = Timeline(HOUR, LONGEST)
    queries: list[QueryTest] = []
    for subject in subjects:
        at = timeline.at(1)
        history, period = period_history(subject.slo)
        timeline.feed(subject.series(names.error_ratio(base_window(subject.slo)), base_window(subject.slo)), 1, history)
        queries += _expected_metadata(subject, at, _RATIOS[-1], period)
    return TestGroup(
        "period, burn rates and metadata",
        HOUR,
        timeline.inputs(),
        tuple(queries),
        comment=("Input: the recorded short error ratio. The ratio of the period is its mean over time.",),
    )


def _expected_metadata(subject: _Subject, at: Duration, current: Fraction, period: Fraction) -> list[QueryTest]:
    slo = subject.slo
    objective = slo.objective
    budget = Fraction(objective.error_budget_ratio)
    rolling = slo.period.rolling
    found = [
        round_query(
            subject.select(names.error_ratio(rolling)),
            at,
            [(subject.labels(rolling), period)],
            f"{slo.id}: the mean over {rolling.in_days}",
        )
    ]
    # the join keeps the label `window` of the ratio
    for metric, window, value in (
        (names.CURRENT_BURN_RATE, base_window(slo), current / budget),
        (names.PERIOD_BURN_RATE, rolling, period / budget),
        (names.PERIOD_BUDGET_REMAINING, rolling, 1 - period / budget),
    ):
        found.append(round_query(subject.select(metric), at, [(subject.labels(window), value)]))
    constants = (
        (names.OBJECTIVE_RATIO, objective.target_ratio),
        (names.ERROR_BUDGET, objective.error_budget_ratio),
        (names.PERIOD_DAYS, significant(rolling.seconds / 86400)),
    )
    for metric, constant_value in constants:
        # metadata has no group labels
        sample = Sample(series(metric, public(slo)), decimal(constant_value))
        found.append(QueryTest(subject.select(metric), at, (sample,)))
    return found


def _exact(ratio: Fraction) -> Decimal:
    return Decimal(ratio.numerator) / Decimal(ratio.denominator)


# --- alerts


class _Scene(msgspec.Struct, frozen=True):
    """A pair of windows, and whether each window is just above its threshold."""

    index: int
    long_over: bool
    short_over: bool
    said: str


_CASES = (
    (True, True, "both windows just above"),
    (True, False, "long window just above, short window just below"),
    (False, True, "short window just above, long window just below"),
)


def _alerts_groups(subjects: Sequence[_Subject]) -> tuple[TestGroup, ...]:
    timeline = Timeline(HOUR, EVALUATED_EVERY)
    queries: list[QueryTest] = []
    alerts: list[AlertTest] = []
    most = max(len(_windows(subject.slo)) for subject in subjects)
    scenes = [_Scene(index, *case) for index in range(most) for case in _CASES]
    for number, scene in enumerate(scenes, 1):
        at = timeline.at(number)
        expected: dict[str, list[ExpectedAlert]] = {}
        comparable = scene.long_over and scene.short_over
        for subject in subjects:
            values = _values(subject.slo, scene)
            for window, value in values.items():
                timeline.feed(subject.series(names.error_ratio(window), window), number, constant(value, 0, 0))
            fires = [rule for rule in subject.alerts if _fires(subject.slo, rule, values)]
            if values:
                queries.append(_which_fire(subject, fires, at, scene))
            for rule in fires:
                shown = rendered_alert(rule, subject.labels(), 0.0)
                if shown is None:
                    comparable = False
                else:
                    expected.setdefault(rule.alert, []).append(ExpectedAlert(*shown))
        if comparable:
            alerts += [AlertTest(name, at, tuple(found)) for name, found in sorted(expected.items())]
    comment = ("Input: recorded error ratios. At each evaluation another pair of windows is near its threshold.",)
    return apart(timeline, TestGroup("alerts", HOUR, (), tuple(queries), tuple(alerts), comment))


def _windows(slo: Slo) -> tuple[BurnRateWindow, ...]:
    return slo.alerting.windows if slo.alerting is not None else ()


def _values(slo: Slo, scene: _Scene) -> dict[Duration, Decimal]:
    """The input ratios of the windows of this pair. Other windows have no input. Empty if the SLO has no such pair."""
    windows = _windows(slo)
    if scene.index >= len(windows):
        return {}
    window = windows[scene.index]
    if window.long == window.short:
        return {}
    threshold = _threshold(slo, window)
    over, under = threshold * Decimal("1.01"), threshold * Decimal("0.99")
    return {
        window.long: over if scene.long_over else under,
        window.short: over if scene.short_over else under,
    }


def _threshold(slo: Slo, window: BurnRateWindow) -> Decimal:
    return burn_factor(window, slo.period.rolling) * slo.objective.error_budget_ratio


def _fires(slo: Slo, rule: AlertingRule, values: dict[Duration, Decimal]) -> bool:
    return any(
        all(values.get(length, Decimal(0)) > _threshold(slo, window) for length in (window.long, window.short))
        for window in rule.windows
    )


def _which_fire(subject: _Subject, fires: Sequence[AlertingRule], at: Duration, scene: _Scene) -> QueryTest:
    slo = subject.slo
    window = _windows(slo)[scene.index]
    alerts = series(names.ALERTS, ((names.ALERT_STATE, "firing"), (names.ID, slo.id)))
    samples = tuple(
        Sample(series("", ((names.SLOTH_SEVERITY, severity),)), "1")
        for severity in sorted(dict(rule.labels)[names.SLOTH_SEVERITY] for rule in fires)
    )
    said = f"{slo.id}: {window.long}/{window.short}, {scene.said}"
    return QueryTest(f"count by ({names.SLOTH_SEVERITY}) ({alerts})", at, samples, (said,))
