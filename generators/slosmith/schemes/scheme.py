"""What a rule scheme is asked. A scheme makes rules of SLOs; everything else asks it, and not which one it is."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

import msgspec

from slosmith.model import AlertSeverity, Duration, Labels, Service, Slo
from slosmith.model.rules import AlertingRule, AlertKind, RecordingKind, RuleFile
from slosmith.schemes.tiers import AlertTier, minimum_bad_events
from slosmith.vocabulary import names

if TYPE_CHECKING:
    from slosmith.model.rule_tests import TestFile


class Trigger(msgspec.Struct, frozen=True):
    """What makes an alert on burn rates fire: both windows of at least one of ``pairs`` over that pair's threshold."""

    severity: AlertSeverity
    pairs: tuple[AlertTier, ...]
    """One or more, in the order in which they are evaluated. A threshold may be a ratio that no outage reaches."""

    def detection_seconds(self, error_ratio: Decimal) -> Decimal | None:
        """Seconds from clean until a constant ``error_ratio`` fires: that of the pair that is first. None: never."""
        found = [pair.detection_seconds(error_ratio) for pair in self.pairs]
        return min((seconds for seconds in found if seconds is not None), default=None)

    def reset_seconds(self, error_ratio: Decimal) -> Decimal | None:
        """Seconds from the end of a constant ``error_ratio`` until the alert clears, where it lasted long enough for
        every pair that it can fire: that of the pair that is last. None: it never fired.
        """
        found = [pair.reset_seconds(error_ratio) for pair in self.pairs]
        return max((seconds for seconds in found if seconds is not None), default=None)


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that an SLO's rules have, before its PromQL and its texts."""

    kind: AlertKind
    name: str
    """The alert's name."""
    tier: str
    """Which of its SLO's alerts of this name it is, for people: the tier, the budget, the severity."""
    severity: AlertSeverity
    labels: Labels
    """As they are written. Labels of the series come on top."""
    trigger: Trigger | None = None
    """None: it does not watch the burn rate."""
    hold: Duration | None = None
    """Its ``for``; None: it fires at once."""

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
            comment=comment,
        )


class Scheme(Protocol):
    """A way to make rules of SLOs: a folder of :mod:`slosmith.schemes`, or a module that another package names as an
    entry point. It has ``SCHEME``, an object that answers what follows.

    Everything is pure. What dashboards, explanations, policy and targets may ask for is all here: they never ask which
    scheme it is. Metrics and labels have the names in :mod:`slosmith.vocabulary.names`; every scheme records objective,
    error budget, period and info series (METADATA), error ratios (RATIO), burn rates (BURN_RATE) and what is left of
    the rolling budget (BUDGET), which dashboards show.
    """

    name: str
    """What `rules:` in slosmith.yaml says: the folder's name, or the entry point's."""
    title: str
    """Its rules as the subject of a sentence: ``Sloth's rules``."""
    about: str = ""
    """What people have to know who look at its numbers: one sentence or two; empty where nothing is unusual."""

    recordings: frozenset[RecordingKind]
    """What its rules record: everything else is not shown."""
    alert_kinds: frozenset[AlertKind]
    """What its alerts warn of."""

    severity_label: str = names.SEVERITY
    """The label that separates pages from tickets."""
    tier_label: str = names.TIER
    """The label that separates an SLO's alerts of one name."""
    info_labels: frozenset[str] = frozenset()
    """Labels of the info series that say more of an SLO than its identity."""

    clamps: bool = False
    """Whether thresholds are kept at or below ``max_error_ratio``."""
    has_minimum: bool = False
    """Whether alerts wait for ``minimum_bad_events``."""
    fills_idle: bool = False
    """Whether error ratios are 0 while there are no events; otherwise a query has to say so itself."""
    shortest_window: Duration | None = None
    """Shorter windows of a catalogue become this long; None: windows are as the catalogue says."""
    imitates: str = ""
    """The tool whose reading of other formats the rules follow (:attr:`ObjectiveDeclaration.read_by`); empty: ours."""
    delay: str = ""
    """What may come on top of the times at which alerts fire, for people; empty: nothing."""

    @abstractmethod
    def windows(self, slo: Slo) -> tuple[Duration, ...]:
        """The windows over which error ratios are recorded, ascending; without the rolling period."""

    @abstractmethod
    def triggers(self, slo: Slo) -> tuple[Trigger, ...]:
        """What makes the alerts on burn rates fire, in their order; empty for an SLO that never alerts."""

    @abstractmethod
    def alerts(self, slo: Slo) -> tuple[Alert, ...]:
        """All alerts of an SLO, in the order of their rules."""

    @abstractmethod
    def compile_service(self, service: Service, interval: Duration) -> RuleFile:
        """The rules of a service, evaluated every ``interval``."""

    @abstractmethod
    def compile_tests(self, service: Service, rules: RuleFile) -> TestFile:
        """Unit tests of ``rules``, which are those of ``service``, or a target's version of them with other texts."""

    def adds_severity(self, slo: Slo) -> bool:
        """Whether the SLO's alerts get the label ``severity`` with the project's name for it."""
        return True

    def pairs(self, slo: Slo) -> tuple[AlertTier, ...]:
        """Every pair of windows that can make an alert fire."""
        return tuple(pair for trigger in self.triggers(slo) for pair in trigger.pairs)

    def minimum_bad_events(self, slo: Slo) -> Decimal:
        """How many events of a long window have to be bad before an alert fires; 0 where nothing counts them."""
        return minimum_bad_events(slo) if self.has_minimum else Decimal(0)

    @property
    def counts_events(self) -> bool:
        """Whether the rules record how many events there were and how many were bad."""
        return RecordingKind.EVENTS in self.recordings

    @property
    def joins_pairs(self) -> bool:
        """Whether one alert stands for several pairs of windows, so that none has the name of a tier."""
        return AlertKind.COMBINED in self.alert_kinds
