"""An SLO as the tests need it: its series, its alerts, its tiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from slosmith.model import BurnRateWindow, Labels, Slo
from slosmith.model.rules import AlertingRule, AlertKind, RecordingKind, RecordingRule, RuleFile
from slosmith.promql import quote
from slosmith.ruletests.expect import Groups, identity, label_groups, one_of, public, series
from slosmith.ruletests.series import History, Timeline
from slosmith.ruletests.spans import EVALUATED_EVERY, LONGEST
from slosmith.ruletests.states import state
from slosmith.schemes.tiers import AlertTier, tiers
from slosmith.schemes.weighted.recordings import tiles_read_raw
from slosmith.schemes.weighted.tests.evaluate import PER_HOUR, hour_tiles, recent, samples_of
from slosmith.vocabulary import names

RECENT = samples_of(LONGEST) + PER_HOUR
"""Samples that contain every window that is computed from rates, at all evaluations of a test."""


class Subject(msgspec.Struct, frozen=True):
    """An SLO and its rules. :func:`subjects` makes it."""

    slo: Slo
    tiers: tuple[AlertTier, ...]
    groups: Groups
    """Label sets of groups in the tests. The first has the scenario. The others must not be affected by it."""
    burn_rate: tuple[AlertingRule, ...]
    """The alerts of ``tiers``, in the same order."""
    others: tuple[AlertingRule, ...]
    """All other alerts."""
    every: int
    """Seconds between two evaluations of the base rules in production."""

    @property
    def weighted(self) -> bool:
        """Whether ratios are computed from recorded events. In a raw ratio, every window is a query of its own."""
        return self.slo.counts_events

    def states(self, active: Sequence[Sequence[bool | None]]) -> list[tuple[AlertingRule, str | None]]:
        """The states of the alerts of tiers at the last evaluation of a test. ``active`` has, for each tier, whether
        its expression gives the alert at the evaluations of the test.
        """
        return [(rule, state(rule, its, EVALUATED_EVERY)) for rule, its in zip(self.burn_rate, active, strict=True)]

    def alerts(self, *kinds: AlertKind) -> tuple[AlertingRule, ...]:
        """The alerts of these kinds, without those of tiers."""
        return tuple(rule for rule in self.others if rule.kind in kinds)

    def recorded(self, metric: str, group: Labels = (), **more: str) -> str:
        """A series of an event recording (identity and group labels)."""
        return series(metric, (*identity(self.slo), *group, *more.items()))

    def public(self, metric: str, group: Labels = (), **more: str) -> str:
        """A series of another recording, with all its labels."""
        return series(metric, self.public_labels(group, **more))

    def public_labels(self, group: Labels = (), **more: str) -> Labels:
        return tuple(sorted((*public(self.slo, *more.items()), *group)))

    def base_labels(self, group: Labels = (), **more: str) -> Labels:
        return tuple(sorted((*identity(self.slo), *group, *more.items())))

    def select(self, metric: str, **more: str) -> str:
        """The selector of a recording of this SLO. Its id is enough, because no two SLOs have the same id."""
        return series(metric, ((names.ID, self.slo.id), *more.items()))

    def select_any(self, metrics: Iterable[str]) -> str:
        """A selector of several recordings of this SLO."""
        return f"{{__name__=~{quote(one_of(metrics))}, {series('', ((names.ID, self.slo.id),))[1:]}"

    def select_strictly(self, selector: str) -> str:
        """The same selector with all identity labels, for tests in which others have the same id."""
        own = series("", ((names.ID, self.slo.id),))[1:-1]
        return selector.replace(own, series("", identity(self.slo))[1:-1])

    def feed_events(self, timeline: Timeline, evaluation: int, total: History, bad: History) -> None:
        """Adds both base recordings to the input. The first group has the scenario. The others have the same traffic
        without errors.
        """
        self._feed(timeline, evaluation, (names.TOTAL_RATE, names.BAD_RATE), total, bad)

    def feed_tiles(self, timeline: Timeline, evaluation: int, total: History, bad: History) -> None:
        """The same for the hour tiles."""
        self._feed(timeline, evaluation, (names.TOTAL_HOUR, names.BAD_HOUR), total, bad)

    def feed_with_tiles(self, timeline: Timeline, evaluation: int, total: History, bad: History) -> None:
        """Adds both base recordings as far as windows read them, and their hour tiles, to the input."""
        self.feed_events(timeline, evaluation, recent(total, RECENT), recent(bad, RECENT))
        newest = tiles_read_raw(self.slo)
        self.feed_tiles(timeline, evaluation, *(hour_tiles(one, self.every, newest=newest) for one in (total, bad)))

    def _feed(
        self, timeline: Timeline, evaluation: int, metrics: tuple[str, str], total: History, bad: History
    ) -> None:
        for index, group in enumerate(self.groups):
            errors = bad if index == 0 else tuple(msgspec.structs.replace(run, value=0, step=0) for run in total)
            timeline.feed(self.recorded(metrics[0], group), evaluation, total)
            timeline.feed(self.recorded(metrics[1], group), evaluation, errors)


def subjects(slos: Iterable[Slo], rules: RuleFile) -> list[Subject]:
    """The SLOs with their alerts from ``rules``."""
    alerts = rules.alerts()
    every = {
        rule.slo: group.interval.whole_seconds
        for group in rules.groups
        for rule in group.rules
        if isinstance(rule, RecordingRule) and rule.kind is RecordingKind.BASE
    }
    return [_subject(slo, alerts.get(slo.id, []), every[slo.id]) for slo in slos]


def _subject(slo: Slo, alerts: Iterable[AlertingRule], every: int) -> Subject:
    own = tiers(slo)
    burn_rate: dict[tuple[BurnRateWindow, ...], AlertingRule] = {}
    others = []
    for rule in alerts:
        if rule.kind is AlertKind.TIER:
            burn_rate[rule.windows] = rule
        else:
            others.append(rule)
    return Subject(
        slo=slo,
        tiers=own,
        groups=label_groups(slo),
        burn_rate=tuple(burn_rate[(tier.window,)] for tier in own),
        others=tuple(others),
        every=every,
    )
