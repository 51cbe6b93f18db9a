"""The raw selectors of indicators, with the field and the place of each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from slosmith.model import CounterRatio, DocumentPath, Duration, Indicator, Origin, QueryRatio, Selector, Slo
from slosmith.problems import at
from slosmith.promql import Expression, PromqlError, parse

BASE_WINDOW = Duration.from_seconds(300)
"""Raw series are read over this window only. It replaces ``{{.window}}``."""

QUERY_FIELDS = ("total", "bad", "good", "error_ratio")


class UsedSelector(msgspec.Struct, frozen=True):
    """A selector that an indicator reads. ``part`` is the indicator's field (total, bad, buckets, ...)."""

    part: str
    selector: Selector
    path: DocumentPath
    """The path below the indicator."""
    range: Duration | None = None
    """The range as written in free PromQL; None: the rules' own."""


def used_selectors(slo: Slo) -> tuple[UsedSelector, ...]:
    """Every selector of an SLO's indicator, in the order of its parts."""
    return _used(slo.indicator)


def place(slo: Slo, path: DocumentPath = ()) -> Origin:
    """Where an indicator, or the value at ``path`` below it, is written."""
    return at(slo.origin_of("indicator"), *path)


@lru_cache(maxsize=4096)
def queries(indicator: Indicator) -> tuple[tuple[str, Expression], ...]:
    """The free PromQL of an indicator by field, with the base window for the placeholder; empty for other kinds."""
    if not indicator.free_promql:
        return ()
    found = []
    for field in QUERY_FIELDS:
        text = getattr(indicator, field, None)
        if text is None:
            continue
        try:
            found.append((field, parse(text, BASE_WINDOW)))
        except PromqlError:
            continue  # reported where specs are read
    return tuple(found)


@lru_cache(maxsize=4096)
def _used(indicator: Indicator) -> tuple[UsedSelector, ...]:
    return tuple(_structured(indicator)) or tuple(_from_queries(indicator))


def _structured(indicator: Indicator) -> Iterator[UsedSelector]:
    for field in indicator.__struct_fields__:
        value = getattr(indicator, field)
        if isinstance(value, tuple):
            for index, selector in enumerate(value):
                yield UsedSelector(field, selector, (field, index))


def _from_queries(indicator: Indicator) -> Iterator[UsedSelector]:
    for field, expression in queries(indicator):
        for found in expression.selectors():
            yield UsedSelector(field, found.selector, (field,), found.range)


def sides(indicator: Indicator) -> tuple[list[Selector], list[Selector]] | None:
    """Selectors of the denominator (all events) and of the numerator; None for kinds without these two sides."""
    if isinstance(indicator, CounterRatio):
        return list(indicator.total), list(indicator.bad or indicator.good)
    if isinstance(indicator, QueryRatio):
        used = _used(indicator)
        return (
            [item.selector for item in used if item.part == "total"],
            [item.selector for item in used if item.part != "total"],
        )
    buckets = getattr(indicator, "buckets", None)
    total = getattr(indicator, "total", None)
    return (list(total), list(buckets)) if buckets and total else None
