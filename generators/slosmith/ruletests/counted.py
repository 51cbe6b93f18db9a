"""Scenes for indicators that count events: counters, classic histograms, and free PromQL that is a sum of
their rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from slosmith.model import CounterRatio, Duration, HistogramLatency, Labels, Matcher, QueryRatio, Selector
from slosmith.promql import decoys, examples, literal_regex, parse
from slosmith.promql.ast import Aggregate, Binary, Call, Node, Paren, VectorSelector, canonical
from slosmith.ruletests import rates as exact_rates
from slosmith.ruletests.expect import Groups
from slosmith.ruletests.scenes import (
    CLEAN,
    COUNTED,
    HOUR_RANGE,
    IDLE,
    MINUTE,
    MISSING,
    PARTIAL,
    RATE_SEEN,
    RATE_SEEN_ENDED,
    Outcome,
    Scene,
    Scraped,
    counter,
    ended_counter,
    gone_counter,
    group_of,
    idle_counter,
    nan_counter,
    scraped,
)
from slosmith.sli.bounds import any_spelling
from slosmith.sli.counting import without_zero

_MOST_EXAMPLES = 3
_FIVE_MINUTES = Duration(300_000)


class Counted(msgspec.Struct, frozen=True):
    """Selectors of all events, and of the marked events. The marked events are the good ones or the bad ones."""

    total: tuple[Selector, ...]
    marked: tuple[Selector, ...]
    good: bool
    fills: bool = True
    """True: without a series of marked events, their number is 0. False for a bucket, because it must always exist."""
    drops_nan: bool = False
    """True: only the series whose rate is NaN is left out. False: its whole group is not recorded."""


def counted(indicator: CounterRatio | HistogramLatency | QueryRatio) -> Counted | str:
    """The indicator's selectors; or, if its free PromQL is more than sums of rates, the reason why there are none."""
    match indicator:
        case CounterRatio():
            total, marked = map(_any_spelling, (indicator.total, indicator.good or indicator.bad))
            one_metric = {selector.metric for selector in marked} <= {selector.metric for selector in total}
            return Counted(total, marked, bool(indicator.good), drops_nan=one_metric)
        case HistogramLatency():
            spelled = literal_regex(indicator.le) + ("" if "." in indicator.le else "(?:\\.0)?")
            bucket = Matcher("le", "=~", spelled)
            marked = tuple(selector.with_matchers(bucket) for selector in indicator.buckets)
            return Counted(indicator.total, marked, good=True, fills=False)
        case QueryRatio():
            events, some = _selector(indicator.total), _selector(indicator.good or indicator.bad or "")
            if events is not None and some is None:
                good = _subtracted(indicator)
                if good is not None:
                    return Counted((events,), (good,), good=True, fills=False)
            if events is None or some is None:
                return "its PromQL is more than the sum of one counter's rate"
            return Counted((events,), (some,), indicator.good is not None)


def _any_spelling(selectors: tuple[Selector, ...]) -> tuple[Selector, ...]:
    return tuple(map(any_spelling, selectors))


def _selector(expr: str) -> Selector | None:
    """The selector in ``sum(rate(selector[window]))``; None for every other expression."""
    return selector_of(parse(without_zero(expr, _FIVE_MINUTES), _FIVE_MINUTES).node)


def selector_of(node: Node) -> Selector | None:
    """The same for a parsed expression."""
    while isinstance(node, Paren) or (isinstance(node, Aggregate) and node.operator == "sum" and node.grouping == ""):
        node = node.expr if isinstance(node, Paren) else node.arguments[0]
    if not isinstance(node, Call) or node.function not in ("rate", "increase"):
        return None
    inner = node.arguments[0]
    if not isinstance(inner, VectorSelector) or len(inner.alternatives) > 1 or inner.offset_ms or inner.at:
        return None
    matchers = inner.alternatives[0] if inner.alternatives else ()
    return any_spelling(Selector(inner.metric, matchers)) if inner.metric else None


def _subtracted(indicator: QueryRatio) -> Selector | None:
    """The selector of a bucket that the query subtracts from all events to get the bad ones; None if it does not."""
    if indicator.bad is None:
        return None
    node: Node = parse(indicator.bad, _FIVE_MINUTES).node
    while isinstance(node, Paren):
        node = node.expr
    if not isinstance(node, Binary) or node.operator != "-" or node.matching:
        return None
    total: Node = parse(indicator.total, _FIVE_MINUTES).node
    while isinstance(total, Paren):
        total = total.expr
    left = node.left
    while isinstance(left, Paren):
        left = left.expr
    return selector_of(node.right) if canonical(left) == canonical(total) else None


def series_of(what: Counted, group: Labels) -> list[Scraped]:
    """Series that the selectors select, and for each matcher a series that does not match it, but matches
    all others.
    """
    found = []
    for selector in (*what.total, *what.marked):
        labels = examples(selector)[:_MOST_EXAMPLES]
        # a series that differs only in a label without a matcher is counted too
        labels += [{**one, "slosmith_series": "another"} for one in labels[:1]]
        labels += [one for _, one in decoys(selector)]
        found += [scraped(selector.metric, one, group) for one in labels]
    return list(dict.fromkeys(found))


def counted_scenes(what: Counted, group_by: tuple[str, ...], groups: Groups) -> tuple[Scene, ...]:
    """The scenes. Empty if the matchers exclude each other, because then no series can match."""
    return _Counted(what, group_by, groups).scenes()


class _Counted:
    def __init__(self, what: Counted, group_by: tuple[str, ...], groups: Groups) -> None:
        self.what, self.group_by = what, group_by
        series = series_of(what, groups[0])
        self.total = [one for one in series if one.picked_by(what.total)]
        self.marked = [one for one in series if one.picked_by(what.marked)]
        self.rest = [one for one in series if one not in self.total and one not in self.marked]
        # the second group has events, but no marked ones
        self.bystanders = [
            other
            for group in groups[1:]
            for one in self.total
            if one not in self.marked
            and (other := Scraped(one.metric, tuple(sorted({**dict(one.labels), **dict(group)}.items()))))
            and other not in self.total
            and other.picked_by(what.total)
            and not other.picked_by(what.marked)
        ][:1]

    def scenes(self) -> tuple[Scene, ...]:
        if not self.total or not self.marked:
            return ()
        rates = self._rates()
        everything = [*self.total, *(one for one in self.marked if one not in self.total), *self.rest]
        marked_side, other_side = ("good", "bad") if self.what.good else ("bad", "good")
        scenes = [
            self._scene(COUNTED, "each matcher selects; one counter restarts", {one: rates[one] for one in everything}),
            self._scene(
                IDLE,
                "no traffic: 0 events, 0 bad events",
                dict.fromkeys((one for one in everything if one not in self.rest), 0),
            ),
            self._scene(
                MISSING,
                "its own series ended six minutes ago: nothing is recorded",
                {one: rates[one] for one in self.rest},
                gone={one: rates[one] for one in (*self.total, *self.marked)},
            ),
        ]
        missing = f"there is no series of {marked_side} events" if self.what.fills else "the bucket is missing"
        for evaluation, alone in enumerate(self._only_total()):
            # one evaluation for each selector, because a single one of them shows that there are no marked events
            number = PARTIAL if evaluation == 0 else MISSING + evaluation
            scenes.append(self._scene(number, missing, {one: rates[one] for one in alone}, ended=True))
        later = MISSING + 1 + len(self._only_total())
        scenes.append(self._with_nan(later, rates))
        for tick, alone in enumerate(self._only_total(), later + 1):
            scenes.append(self._idle_total(tick, alone))
        first, marked = self.total[0], self.marked[0]
        if self.what.good:
            # slightly more good events than events, as after a restart: the bad events must not become negative
            clean = {marked: 70} if marked in self.total else {first: 60, marked: 70}
            scenes.append(self._scene(CLEAN, f"there is no {other_side} event", clean))
        elif marked in self.total:
            scenes.append(self._scene(CLEAN, "every event is bad", {marked: 60}))
        ordered = sorted(scenes, key=lambda scene: scene.evaluation)
        return tuple(msgspec.structs.replace(scene, hour=tuple(self._hour(scene))) for scene in ordered)

    def _hour(self, scene: Scene) -> list[Outcome]:
        """The outcomes of the scene over an hour."""
        rates: dict[Scraped, Fraction] = {}
        unknown: set[Labels] = set()
        for one, history in scene.fed:
            seen = exact_rates.rate(history, HOUR_RANGE, MINUTE)
            if isinstance(seen, Fraction):
                rates[one] = seen
            elif seen is not None and not self.what.drops_nan:
                unknown.add(group_of(one, self.group_by))
        return [outcome for outcome in self._outcomes(rates) if outcome.group not in unknown]

    def _with_nan(self, tick: int, rates: dict[Scraped, int]) -> Scene:
        """One wrong sample in a marked series."""
        wrong = self.marked[0]
        alone = [one for one in self.total if one not in self.marked][:1]
        known = {one: rates[one] for one in (*self.marked[1:], *alone) if one != wrong}
        outcomes = self._outcomes({one: RATE_SEEN * rate for one, rate in known.items()})
        said = "a sample of one counter is NaN: the other counters count"
        if not self.what.drops_nan:
            lost = group_of(wrong, self.group_by)
            outcomes = [outcome for outcome in outcomes if outcome.group != lost]
            said = "a sample of one counter is NaN: nothing is recorded"
        fed = [(one, counter(rate)) for one, rate in known.items()]
        return Scene(tick, said, (*fed, (wrong, nan_counter(rates[wrong]))), tuple(outcomes))

    def _idle_total(self, tick: int, alone: Sequence[Scraped]) -> Scene:
        """No traffic, and no marked event was ever counted."""
        unknown = "no traffic, and the bucket is missing: nothing is recorded"
        said = "no traffic: 0 events" if self.what.fills else unknown
        fed = tuple((one, idle_counter(500 + index)) for index, one in enumerate(alone))
        return Scene(tick, said, fed, tuple(self._outcomes(dict.fromkeys(alone, Fraction(0)))))

    def _only_total(self) -> list[list[Scraped]]:
        """Series of events that are not marked, by the selector that selects them, each series once."""
        found: list[list[Scraped]] = []
        taken: set[Scraped] = set(self.marked)
        for selector in self.what.total:
            alone = [one for one in self.total if one not in taken and one.picked_by((selector,))]
            taken.update(alone)
            if alone:
                found.append(alone)
        return found

    def _rates(self) -> dict[Scraped, int]:
        """A different rate for each series. Series of marked events have lower rates than series of all events."""
        rates: dict[Scraped, int] = {}
        for index, one in enumerate([*self.marked, *self.rest]):
            rates[one] = 10 * (index + 1)
        largest = sum(rates.values())
        for index, one in enumerate(one for one in self.total if one not in self.marked):
            rates[one] = largest + 10 * (index + 1)
        return rates

    def _scene(
        self,
        evaluation: int,
        title: str,
        rates: dict[Scraped, int],
        *,
        gone: dict[Scraped, int] | None = None,
        ended: bool = False,
    ) -> Scene:
        fed = [(one, gone_counter(rate)) for one, rate in (gone or {}).items()]
        if evaluation != MISSING:
            rates = {**rates, **dict.fromkeys(self.bystanders, 0 if evaluation == IDLE else 30)}
        for index, (one, rate) in enumerate(rates.items()):
            if evaluation == IDLE:
                fed.append((one, idle_counter(500 + index)))
            elif ended:
                fed.append((one, ended_counter(rate)))
            else:
                fed.append((one, counter(rate, reset=index == 0)))
        seen = RATE_SEEN_ENDED if ended else RATE_SEEN
        return Scene(
            evaluation, title, tuple(fed), tuple(self._outcomes({one: seen * rate for one, rate in rates.items()}))
        )

    def _outcomes(self, rates: dict[Scraped, Fraction]) -> list[Outcome]:
        total = _by_group(rates, self.what.total, self.group_by)
        marked = _by_group(rates, self.what.marked, self.group_by)
        found = []
        for group, events in sorted(total.items()):
            here = marked.get(group, Fraction(0) if self.what.fills else None)
            bad = here if here is None or not self.what.good else max(events - here, Fraction(0))
            found.append(Outcome(group, None if bad is None else events, bad))
        found += [
            Outcome(group, None, None if self.what.good else here)
            for group, here in sorted(marked.items())
            if group not in total
        ]
        return found


def _by_group(
    rates: dict[Scraped, Fraction], selectors: Sequence[Selector], group_by: tuple[str, ...]
) -> dict[Labels, Fraction]:
    sums: dict[Labels, Fraction] = {}
    for one, rate in rates.items():
        if one.picked_by(selectors):
            group = group_of(one, group_by)
            sums[group] = sums.get(group, Fraction(0)) + rate
    return sums
