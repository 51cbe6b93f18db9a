"""Data that goes missing inside an outage: pages go on while the long window knows of errors."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from slosmith.model import Duration, Labels
from slosmith.model.rule_tests import QueryTest, TestGroup
from slosmith.ruletests.expect import states_of
from slosmith.ruletests.series import History, Timeline, constant
from slosmith.ruletests.spans import LONGEST, apart, fits
from slosmith.schemes.floors import floor
from slosmith.schemes.tiers import FIVE_MINUTES, AlertTier
from slosmith.schemes.weighted.ranges import read_from_tiles
from slosmith.schemes.weighted.tests.evaluate import MINUTE, Events, samples_of, verdicts
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import percent

_EVENTS = 1000
"""Events a second."""
_MARGIN = Decimal("0.01")
_OTHER: Labels = (("former_label", "of a user"),)
"""A label that the SLO had before: series with it end when the label is removed."""


def vanishing_groups(subjects: Sequence[Subject]) -> tuple[TestGroup, ...]:
    """For all SLOs that page: the last error ratio was above the thresholds, of a series with other labels, and there
    is data; just above and just below each threshold; and for each window, above them just inside it.
    """
    timeline = Timeline(MINUTE, LONGEST)
    queries = [query for subject in subjects for query in _queries(subject, timeline)]
    comment = ("The series of all events disappear in an outage. Input: recorded rates and error ratios.",)
    return apart(timeline, TestGroup("data disappears", MINUTE, (), tuple(queries), (), comment)) if queries else ()


def _queries(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    pages = [tier for tier in subject.tiers if tier.severity == "page"]
    if not pages or not subject.weighted:
        return []
    # later than every short window of a page; the shortest long window still has it
    longest_short = max(samples_of(tier.short) for tier in pages)
    ended = longest_short + 2
    if ended + 6 > min(samples_of(tier.long) for tier in pages):
        return []
    outage = constant(_EVENTS, ended, ended + 5)
    found = [_others(subject, timeline, 1, outage)]
    for threshold in sorted({tier.threshold_ratio for tier in pages}):
        for word, ratio in (
            ("above", min(threshold * (1 + _MARGIN), (1 + threshold) / 2)),
            ("below", threshold * (1 - _MARGIN)),
        ):
            said = f"no data, and the error ratio was just {word} {percent(threshold)} before"
            found.append(_missing(subject, timeline, len(found) + 1, outage, ratio, said))
    windows = sorted({tier.long for tier in pages if fits(tier.long)})
    for number, window in enumerate(windows, len(found) + 1):
        end = samples_of(window)
        said = f"no data, and all events were bad at the start of {window}"
        found.append(_missing(subject, timeline, number, constant(_EVENTS, end - 3, end - 2), Decimal(1), said, window))
    return found


def _missing(
    subject: Subject,
    timeline: Timeline,
    evaluation: int,
    outage: History,
    ratio: Decimal,
    said: str,
    window: Duration | None = None,
) -> QueryTest:
    """Nothing since the ``outage``. The alerts of windows that are shorter than ``window`` are not asked."""
    subject.feed_events(timeline, evaluation, outage, outage)
    _feed_ratio(subject, timeline, evaluation, outage, ratio, ())
    active = [
        (None,) if window is not None and tier.long < window else _verdicts(subject, tier, outage, outage, ratio)
        for tier in subject.tiers
    ]
    return states_of(subject.slo, subject.burn_rate, subject.states(active), timeline.at(evaluation), said)


def _others(subject: Subject, timeline: Timeline, evaluation: int, outage: History) -> QueryTest:
    since = outage[0].newest - 1
    total, bad = (*outage, *constant(_EVENTS, 0, since)), (*outage, *constant(0, 0, since))
    subject.feed_events(timeline, evaluation, total, bad)
    _feed_ratio(subject, timeline, evaluation, outage, Decimal(1), _OTHER)
    active = [_verdicts(subject, tier, total, bad, None) for tier in subject.tiers]
    said = "healthy again; a series with a label that the SLO had before ended in the outage"
    return states_of(subject.slo, subject.burn_rate, subject.states(active), timeline.at(evaluation), said)


def _verdicts(
    subject: Subject, tier: AlertTier, total: History, bad: History, ratio: Decimal | None
) -> tuple[bool | None, ...]:
    if read_from_tiles(tier.long):  # an earlier evaluation may have recorded a tile with these events
        return (None,)
    return verdicts(tier, floor(subject.slo), Events(total, bad, subject.every, last_ratio=ratio))


def _feed_ratio(
    subject: Subject, timeline: Timeline, evaluation: int, outage: History, ratio: Decimal, more: Labels
) -> None:
    labels = {names.WINDOW: str(FIVE_MINUTES), **dict(more)}
    metric = names.error_ratio(FIVE_MINUTES)
    (run,) = outage
    history = constant(ratio, run.newest, run.oldest)
    timeline.feed(subject.public(metric, subject.groups[0], **labels), evaluation, history)
