"""Scenes for indicators of gauges: probes, thresholds, freshness."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from slosmith.model import BooleanGauge, Freshness, GaugeThreshold, Labels, Selector
from slosmith.promql import decoys, examples
from slosmith.ruletests.expect import Groups
from slosmith.ruletests.scenes import (
    CLEAN,
    COUNTED,
    IDLE,
    MISSING,
    PARTIAL,
    SCRAPES,
    Outcome,
    Scene,
    Scraped,
    group_of,
    scraped,
)
from slosmith.ruletests.series import History, Run, Value

_WINDOW = 300

Pattern = tuple[bool, bool, bool, bool]
"""Whether each of the four minutes is good, oldest first."""

_MIXED: Pattern = (True, False, True, True)
_GOOD: Pattern = (True, True, True, True)
_BAD: Pattern = (False, False, False, False)


def gauge_scenes(
    indicator: BooleanGauge | GaugeThreshold | Freshness,
    group_by: tuple[str, ...],
    groups: Groups,
    now: Callable[[int], int],
) -> tuple[Scene, ...]:
    """The scenes. ``now`` gives the Unix time of an evaluation, in seconds. Empty if the matchers exclude
    each other.
    """
    return _Gauges(indicator, group_by, groups, now).scenes()


class _Gauges:
    def __init__(
        self,
        indicator: BooleanGauge | GaugeThreshold | Freshness,
        group_by: tuple[str, ...],
        groups: Groups,
        now: Callable[[int], int],
    ) -> None:
        self.indicator, self.group_by, self.groups, self.now = indicator, group_by, groups, now
        self.selectors = indicator.timestamps if isinstance(indicator, Freshness) else indicator.gauges

    def scenes(self) -> tuple[Scene, ...]:
        own = self._own(self.groups[0])
        if not own:
            return ()
        others = list(dict.fromkeys(one for one in self._decoys() if not one.picked_by(self.selectors)))
        bystanders = [other for group in self.groups[1:] for other in self._in_group(own, group)[:1]]
        # the series of one selector decides alone, so every aggregation (maximum, sum, ...) gives its value
        deciding = own if isinstance(self.indicator, BooleanGauge) else own[:1]
        return (
            self._scene(COUNTED, "one sample of four is bad; series that do not match say the opposite", deciding,
                        _MIXED, others, bystanders),
            self._scene(CLEAN, "all samples are good", deciding, _GOOD, others, bystanders),
            self._scene(PARTIAL, "all samples are bad", deciding, _BAD, others, bystanders),
            self._scene(MISSING, "only series that do not match: nothing is recorded", [], _GOOD, others, []),
            *self._broken(own[0]),
        )  # fmt: skip

    def _broken(self, one: Scraped) -> tuple[Scene, ...]:
        """Scenes with a value that is not a number, or a time that cannot be right."""
        group = group_of(one, self.group_by)
        if isinstance(self.indicator, BooleanGauge):
            nan = (one, (Run(0, 3, Decimal("NaN")),))
            title = "NaN: nobody knows whether the events were good, so nothing is recorded"
            return (Scene(MISSING + 1, title, (nan,), ()),)
        if isinstance(self.indicator, GaugeThreshold):
            return ()

        def ahead(evaluation: int, seconds: int) -> History:
            return tuple(
                Run(offset, offset, self.now(evaluation) - 60 * offset + seconds)
                for offset in range(SCRAPES - 1, -1, -1)
            )

        return (
            Scene(
                IDLE,
                "timestamps five minutes in the future: fresh",
                ((one, ahead(IDLE, 300)),),
                (Outcome(group, Fraction(SCRAPES, _WINDOW), Fraction(0)),),
            ),
            Scene(
                MISSING + 1,
                "timestamps more than five minutes in the future: not counted",
                ((one, ahead(MISSING + 1, 301)),),
                (),
            ),
            Scene(
                MISSING + 2,
                "half of the timestamps are too far in the future: the other half counts",
                ((one, (*ahead(MISSING + 2, 301)[:2], *ahead(MISSING + 2, 300)[2:])),),
                (Outcome(group, Fraction(SCRAPES // 2, _WINDOW), Fraction(0)),),
            ),
        )

    def _own(self, group: Labels) -> list[Scraped]:
        found = [scraped(selector.metric, labels, group) for selector in self.selectors for labels in _few(selector)]
        return [one for one in dict.fromkeys(found) if one.picked_by(self.selectors)]

    def _in_group(self, own: list[Scraped], group: Labels) -> list[Scraped]:
        """Series of another group, if the selectors allow other values of the group's labels."""
        moved = [Scraped(one.metric, tuple(sorted({**dict(one.labels), **dict(group)}.items()))) for one in own]
        return [one for one in moved if one not in own and one.picked_by(self.selectors)]

    def _decoys(self) -> list[Scraped]:
        return [
            scraped(selector.metric, labels, self.groups[0])
            for selector in self.selectors
            for _, labels in decoys(selector)
        ]

    def _scene(
        self, evaluation: int, title: str, own: list[Scraped], pattern: Pattern, others: list[Scraped],
        bystanders: list[Scraped],
    ) -> Scene:  # fmt: skip
        opposite: Pattern = tuple(not good for good in pattern)  # type: ignore[assignment]
        far = not isinstance(self.indicator, BooleanGauge)
        fed = [(one, self._history(evaluation, pattern)) for one in own]
        fed += [(one, self._history(evaluation, opposite, far=far)) for one in others]
        fed += [(one, self._history(evaluation, _GOOD)) for one in bystanders]
        if isinstance(self.indicator, Freshness) and own and evaluation == COUNTED:
            # a timestamp in milliseconds is far in the future; it must not count as fresh
            broken = Scraped(own[0].metric, tuple(sorted((*own[0].labels, ("slosmith_unit", "ms")))))
            fed.append((broken, (Run(0, 3, self.now(evaluation) * 1000),)))
        outcomes: dict[Labels, tuple[int, int]] = {}
        for series, good in ((own, pattern), (bystanders, _GOOD)):
            for one in series:
                group = group_of(one, self.group_by)
                total, bad = outcomes.get(group, (0, 0))
                outcomes[group] = (total + SCRAPES, bad + good.count(False))
        return Scene(
            evaluation,
            title,
            tuple(fed),
            tuple(
                Outcome(group, Fraction(total, _WINDOW), Fraction(bad, _WINDOW))
                for group, (total, bad) in sorted(outcomes.items())
            ),
        )

    def _history(self, evaluation: int, pattern: Pattern, *, far: bool = False) -> History:
        # a subquery looks back five minutes, so older values of a gauge that it reads are older than that
        since = 6 if isinstance(self.indicator, BooleanGauge) else 11
        older = Run(since, 20, self._value(evaluation, since, not pattern[0], far))
        return older, *(
            Run(offset, offset, self._value(evaluation, offset, good, far))
            for offset, good in zip((3, 2, 1, 0), pattern, strict=True)
        )

    def _value(self, evaluation: int, offset: int, good: bool, far: bool) -> Value:
        """A value that is just good or just bad. With ``far``, it is so large that it decides a sum or an average."""
        indicator = self.indicator
        if isinstance(indicator, BooleanGauge):
            return int(good)
        if isinstance(indicator, Freshness):
            age = indicator.max_age.whole_seconds
            margin = max(1, age // 100)
            return self.now(evaluation) - 60 * offset - (age if good else age + margin)
        below = good == (indicator.op in ("<", "<="))
        if good and indicator.op in ("<=", ">=") and not far:
            return indicator.value
        if not good and indicator.op in ("<", ">") and not far:
            return indicator.value
        distance = max(abs(indicator.value), Decimal(1)) * (Decimal(1000) if far else Decimal("0.01"))
        return indicator.value - distance if below else indicator.value + distance


def _few(selector: Selector) -> list[dict[str, str]]:
    return examples(selector)[:2]
