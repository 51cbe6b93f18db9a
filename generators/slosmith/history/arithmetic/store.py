"""All series that an evaluation can read, and who writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from slosmith.history.arithmetic.samples import Series
from slosmith.history.arithmetic.vectors import NAME
from slosmith.model import Labels, Matcher
from slosmith.promql import matches
from slosmith.promql.ast import VectorSelector

Place = tuple[int, int]
"""A rule's group and its place there, both counted from 0 in the order of evaluation."""


class Stored(msgspec.Struct, frozen=True):
    """A series, and the rule that records it; None: it was scraped."""

    series: Series
    writer: Place | None = None


class Store:
    """Series by metric name."""

    def __init__(self, scraped: Iterable[Series]) -> None:
        self._by_name: dict[str, list[Stored]] = {}
        for series in scraped:
            self.add(Stored(series))

    def add(self, stored: Stored) -> None:
        """One more series."""
        self._by_name.setdefault(dict(stored.series.labels).get(NAME, ""), []).append(stored)

    def select(self, selector: VectorSelector) -> Iterator[Stored]:
        """The series that a selector picks."""
        names = [selector.metric] if selector.metric else list(self._by_name)
        for name in names:
            for stored in self._by_name.get(name, ()):
                if picks(selector, stored.series.labels):
                    yield stored


def picks(selector: VectorSelector, labels: Labels) -> bool:
    """Whether a selector picks a series with these labels, its name among them."""
    values = dict(labels)
    if selector.metric and values.get(NAME) != selector.metric:
        return False
    return any(all(matches(m, values.get(m.label, "")) for m in group) for group in selector.alternatives)


def could_pick(selector: VectorSelector, name: str, labels: Labels) -> bool:
    """Whether a selector could pick a series with this name that has at least these labels."""
    known = {**dict(labels), NAME: name}

    def fits(matcher: Matcher) -> bool:
        return matcher.label not in known or matches(matcher, known[matcher.label])

    if selector.metric and selector.metric != name:
        return False
    return any(all(fits(matcher) for matcher in group) for group in selector.alternatives)
