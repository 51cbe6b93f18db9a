"""Unit tests of the base rules: from raw series to events per second and the 5m error ratio.

SLOs share a test group if none of them reads the input of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from slosmith.model import (
    BooleanGauge,
    CounterRatio,
    Duration,
    Freshness,
    GaugeThreshold,
    HistogramLatency,
    Labels,
    NativeHistogramLatency,
    QueryRatio,
    RawRatio,
    Selector,
)
from slosmith.model.rule_tests import QueryTest, TestGroup
from slosmith.ruletests.counted import counted, counted_scenes
from slosmith.ruletests.expect import round_query, series
from slosmith.ruletests.scenes import Outcome, Scene
from slosmith.ruletests.series import Timeline
from slosmith.ruletests.spans import EVALUATED_EVERY, LONGEST, SCENARIOS, apart
from slosmith.schemes.tiers import FIVE_MINUTES, ratio_windows
from slosmith.schemes.weighted.recordings import tiles_read_raw
from slosmith.schemes.weighted.tests.evaluate import HOUR, MINUTE
from slosmith.schemes.weighted.tests.gauges import gauge_scenes
from slosmith.schemes.weighted.tests.raw_ratios import divided, ratio_scenes
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.vocabulary import names


class _Staged(msgspec.Struct, frozen=True):
    subject: Subject
    selectors: tuple[Selector, ...]
    scenes: tuple[Scene, ...]


def raw_groups(subjects: Sequence[Subject]) -> tuple[list[TestGroup], list[str]]:
    """Test groups, and notes on what is not tested and why."""
    notes: list[str] = []
    staged = []
    for subject in subjects:
        stage = _stage(subject)
        if isinstance(stage, str):
            notes.append(f"The raw series of {subject.slo.id} are not tested: {stage}.")
        else:
            staged.append(stage)
            if getattr(subject.slo.indicator, "native", False):
                notes.append(
                    f"The raw series of {subject.slo.id} are not tested as a native histogram: promtool before "
                    "Prometheus 3 does not accept one as input."
                )
    return [group for batch in _batches(staged) for group in _groups(batch)], notes


def _stage(subject: Subject) -> _Staged | str:
    slo, indicator = subject.slo, subject.slo.indicator
    match indicator:
        case CounterRatio() | HistogramLatency() | QueryRatio():
            what = counted(indicator)
            if isinstance(what, str):
                return what
            selectors = (*what.total, *what.marked)
            scenes = counted_scenes(what, slo.group_by, subject.groups) if _named(selectors) else ()
        case BooleanGauge() | GaugeThreshold() | Freshness():
            selectors = indicator.timestamps if isinstance(indicator, Freshness) else indicator.gauges
            scenes = gauge_scenes(indicator, slo.group_by, subject.groups, _now) if _named(selectors) else ()
        case NativeHistogramLatency():
            return "promtool before Prometheus 3 does not accept native histograms as input"
        case RawRatio():
            ratio = divided(indicator.error_ratio) if not slo.group_by else None
            if ratio is None:
                return "its PromQL is more than one counter's rate divided by another's"
            selectors, scenes = (*ratio.total, *ratio.marked), ratio_scenes(ratio, ratio_windows(slo.alerting))
    return _Staged(subject, selectors, scenes) if scenes else "no series can match its selectors"


def _now(evaluation: int) -> int:
    """The Unix time of the evaluation of a scene, in seconds."""
    return EVALUATED_EVERY.whole_seconds * ((evaluation - 1) % SCENARIOS + 1)


def _named(selectors: Sequence[Selector]) -> bool:
    return all(selector.metric for selector in selectors)


def _batches(staged: Sequence[_Staged]) -> list[list[_Staged]]:
    """Groups of SLOs that can be tested at the same evaluations: none reads the series of another."""
    batches: list[list[_Staged]] = []
    for one in staged:
        for batch in batches:
            if _has_windows(one) is _has_windows(batch[0]) and all(
                _apart(one, other) and _apart(other, one) for other in batch
            ):
                batch.append(one)
                break
        else:
            batches.append([one])
    return batches


def _has_windows(one: _Staged) -> bool:
    return any(scene.ratios for scene in one.scenes)


def _apart(reader: _Staged, other: _Staged) -> bool:
    metrics = {selector.metric for selector in reader.selectors}
    fed = {one for scene in other.scenes for one, _ in scene.fed if one.metric in metrics}
    return not any(one.picked_by(reader.selectors) for one in fed)


def _groups(batch: Sequence[_Staged]) -> tuple[TestGroup, ...]:
    # rules of a raw ratio read raw series over all of their windows
    interval = LONGEST if _has_windows(batch[0]) else EVALUATED_EVERY
    timeline = Timeline(MINUTE, interval)
    queries: list[QueryTest] = []
    fed: set[tuple[str, int]] = set()
    for stage in batch:
        for scene in sorted(stage.scenes, key=lambda scene: scene.evaluation):
            for one, history in scene.fed:
                text = series(one.metric, one.labels)
                # two SLOs may have the same decoy series, which neither reads
                if (text, scene.evaluation) not in fed:
                    fed.add((text, scene.evaluation))
                    timeline.feed(text, scene.evaluation, history)
            queries += _expect(stage.subject, scene, timeline.at(scene.evaluation))
    name = "raw series of " + ", ".join(stage.subject.slo.name for stage in batch)
    comment = ("Some input series match the SLI's selectors. Each of the others fails one matcher.",)
    return apart(timeline, TestGroup(name, MINUTE, (), tuple(queries), comment=comment))


def _expect(subject: Subject, scene: Scene, at: Duration) -> list[QueryTest]:
    def recorded(metric: str, values: Sequence[tuple[Outcome, Fraction | None]], *comment: str) -> QueryTest:
        known = [(subject.base_labels(one.group), value) for one, value in values if value is not None]
        return round_query(subject.select(metric), at, known, *comment)

    outcomes = scene.outcomes
    hour: list[QueryTest] = []
    if tiles_read_raw(subject.slo):
        total = [(one, _of_hour(one.total)) for one in scene.hour]
        bad = [(one, _of_hour(one.bad)) for one in scene.hour]
        hour = [recorded(names.TOTAL_HOUR, total, "events of the last hour"), recorded(names.BAD_HOUR, bad)]
    ratios = [(_ratio_labels(subject, one.group), _ratio(one)) for one in outcomes]
    windows = [
        round_query(subject.select(names.error_ratio(window)), at, [(_ratio_labels(subject, (), window), ratio)])
        for window, ratio in scene.ratios
    ]
    return [
        recorded(names.TOTAL_RATE, [(one, one.total) for one in outcomes], scene.title),
        recorded(names.BAD_RATE, [(one, one.bad) for one in outcomes]),
        round_query(
            subject.select(names.error_ratio(FIVE_MINUTES)),
            at,
            [(labels, ratio) for labels, ratio in ratios if ratio is not None],
        ),
        *windows,
        *hour,
    ]


def _of_hour(rate: Fraction | None) -> Fraction | None:
    return None if rate is None else HOUR.whole_seconds * rate


def _ratio_labels(subject: Subject, group: Labels, window: Duration = FIVE_MINUTES) -> Labels:
    return subject.public_labels(group, **{names.WINDOW: str(window)})


def _ratio(outcome: Outcome) -> Fraction | None:
    if outcome.bad is None or outcome.total is None:
        return None
    if not outcome.total:
        return Fraction(0)
    return outcome.bad / outcome.total
