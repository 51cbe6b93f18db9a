"""The interface of a rule scheme. A scheme makes rules for SLOs. Other code uses this interface, and never asks which
scheme it has.
"""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

import msgspec

from slosmith.model import AlertSeverity, Duration, Labels, Service, Slo
from slosmith.model.rules import AlertingRule, AlertKind, RecordingKind, RuleFile
from slosmith.schemes.floors import Floor, floor
from slosmith.schemes.tiers import AlertTier
from slosmith.vocabulary import names

if TYPE_CHECKING:
    from slosmith.model.rule_tests import TestFile


class Trigger(msgspec.Struct, frozen=True):
    """The condition of an alert on burn rates. It fires while both windows of at least one of ``pairs`` are above the
    threshold of the pair.
    """

    severity: AlertSeverity
    pairs: tuple[AlertTier, ...]
    """One or more, in the order of evaluation. A threshold may be a ratio that no outage reaches."""

    def detection_seconds(self, error_ratio: Decimal) -> Decimal | None:
        """Seconds from the start of a constant ``error_ratio``, with no errors before it, until the alert fires: the
        time of the fastest pair. None: it never fires.
        """
        found = [pair.detection_seconds(error_ratio) for pair in self.pairs]
        return min((seconds for seconds in found if seconds is not None), default=None)

    def reset_seconds(self, error_ratio: Decimal) -> Decimal | None:
        """Seconds from the end of a constant ``error_ratio`` until the alert clears: the time of the slowest pair. The
        errors lasted so long that every pair that can fire has fired. None: the alert never fired.
        """
        found = [pair.reset_seconds(error_ratio) for pair in self.pairs]
        return max((seconds for seconds in found if seconds is not None), default=None)


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert of an SLO, without its PromQL and its texts."""

    kind: AlertKind
    name: str
    """The alert's name."""
    tier: str
    """Distinguishes the SLO's alerts of one name, for people: the tier, the budget, or the severity."""
    severity: AlertSeverity
    labels: Labels
    """The labels in the rule. Prometheus adds the labels of the series."""
    trigger: Trigger | None = None
    """None: the alert does not depend on the burn rate."""
    hold: Duration | None = None
    """Its ``for``. None: it fires immediately."""
    keep: Duration | None = None
    """Its ``keep_firing_for``. None: it clears immediately."""

    def rule(self, slo: Slo, expr: str, annotations: Labels, comment: tuple[str, ...] = ()) -> AlertingRule:
        """The rule of this alert."""
        return AlertingRule(
            kind=self.kind,
            slo=slo.id,
            severity=self.severity,
            tier=self.tier,
            windows=() if self.trigger is None else tuple(pair.window for pair in self.trigger.pairs),
            alert=self.name,
            expr=expr,
            labels=self.labels,
            annotations=annotations,
            hold=self.hold,
            keep=self.keep,
            comment=comment,
        )


class Scheme(Protocol):
    """A way to make rules for SLOs: a folder of :mod:`slosmith.schemes`, or a module that another package names as an
    entry point. The module has ``SCHEME``, an object with the attributes and methods below.

    All methods are pure. Dashboards, explanations, policy and targets use these attributes and methods only. They never
    ask which scheme it is. Metrics and labels have the names in :mod:`slosmith.vocabulary.names`. Every scheme records
    the values that dashboards show: objective, error budget, period and info series (METADATA), error ratios (RATIO),
    burn rates (BURN_RATE) and the rest of the rolling budget (BUDGET).
    """

    name: str
    """The value of `rules:` in slosmith.yaml: the name of the folder or of the entry point."""
    title: str
    """The scheme's rules as the subject of a sentence: ``Sloth's rules``."""
    about: str = ""
    """One or two sentences that people need to understand its numbers. Empty if the numbers are as usual."""

    recordings: frozenset[RecordingKind]
    """The kinds of recordings that its rules make. Nothing else is shown."""
    alert_kinds: frozenset[AlertKind]
    """The kinds of alerts that it has."""

    severity_label: str = names.SEVERITY
    """The label that distinguishes pages from tickets."""
    tier_label: str = names.TIER
    """The label that distinguishes an SLO's alerts of one name."""
    info_labels: frozenset[str] = frozenset()
    """Labels of the info series, without the identity labels."""

    clamps: bool = False
    """Whether thresholds above ``max_error_ratio`` are clamped to it."""
    has_minimum: bool = False
    """Whether alerts need ``minimum_bad_events`` to fire."""
    fills_idle: bool = False
    """Whether error ratios are 0 while there are no events. If False, a query must give 0 itself."""
    shortest_window: Duration | None = None
    """Shorter windows of a catalogue are set to this length. None: the lengths of the catalogue are used unchanged."""
    imitates: str = ""
    """The tool that defines how specs in other formats are read (:attr:`ObjectiveDeclaration.read_by`). Empty: slosmith
    defines it.
    """
    usual_catalogue: str = ""
    """The alert catalogue of specs that name none, in the periods that it is made for. Empty: the default."""
    delay: str = ""
    """A delay that is not part of the computed times of alerts, in words for people. Empty: there is none."""

    @abstractmethod
    def windows(self, slo: Slo) -> tuple[Duration, ...]:
        """The windows of recorded error ratios, shortest first, without the rolling period."""

    @abstractmethod
    def triggers(self, slo: Slo) -> tuple[Trigger, ...]:
        """The conditions of the alerts on burn rates, in the order of the alerts. Empty for an SLO that
        never alerts.
        """

    @abstractmethod
    def alerts(self, slo: Slo) -> tuple[Alert, ...]:
        """All alerts of an SLO, in the order in which people read them. Their rules may be in other groups."""

    @abstractmethod
    def compile_service(self, service: Service, interval: Duration) -> RuleFile:
        """The rules of a service, evaluated every ``interval``."""

    @abstractmethod
    def compile_tests(self, service: Service, rules: RuleFile) -> TestFile:
        """Unit tests of ``rules``: the rules of ``service``, or a target's version of them with other texts."""

    def compile_long_tests(self, service: Service, rules: RuleFile) -> TestFile | None:
        """Tests of ranges of ``rules`` that are too long for :meth:`compile_tests`, see ``slosmith.ruletests.spans``.
        Their queries are expressions of rules: they evaluate no rule file. None if there is nothing to test.
        """
        return None

    def shape(self, slo: Slo) -> object | None:
        """A value, hashable, that SLOs share only if they have the same number of rules, in groups of their own.
        Counting rules then compiles one SLO of each shape. None: it is not known, and all rules are compiled.
        """
        return None

    def adds_severity(self, slo: Slo) -> bool:
        """Whether the SLO's alerts get the label ``severity`` with the project's value for it."""
        return True

    def pairs(self, slo: Slo) -> tuple[AlertTier, ...]:
        """Every pair of windows that can make an alert fire."""
        return tuple(pair for trigger in self.triggers(slo) for pair in trigger.pairs)

    def floor(self, slo: Slo) -> Floor:
        """The number of bad events that an alert needs in its long window to fire. 0 if the rules do not
        count events.
        """
        return floor(slo) if self.has_minimum else Floor(slo.objective.error_budget_ratio, Decimal(0))

    def longest_delay(self, interval: Duration) -> Duration:
        """The longest time that :attr:`delay` adds, with rules that are evaluated every ``interval``."""
        return Duration(0)

    def window_delay(self, pair: AlertTier) -> Duration:
        """How much later than its events the windows of a pair can be, beside :attr:`delay`."""
        return Duration(0)

    @property
    def counts_events(self) -> bool:
        """Whether the rules record the numbers of all events and of bad events."""
        return RecordingKind.EVENTS in self.recordings

    @property
    def joins_pairs(self) -> bool:
        """Whether one alert has several pairs of windows. Then no alert has the name of a tier."""
        return AlertKind.COMBINED in self.alert_kinds
