"""Indicators as free PromQL with ``{{.window}}``, for formats with queries."""

from __future__ import annotations

from textwrap import indent

import msgspec

from slosmith.model import Duration, Indicator, QueryRatio
from slosmith.sli.base import base_expressions
from slosmith.vocabulary.numbers import exact

_STAND_IN = Duration(7_654_321_987)
"""A window that no query has, so its text is unique. The placeholder replaces it."""

PLACEHOLDER = "{{.window}}"


class EventQueries(msgspec.Struct, frozen=True):
    """Queries of bad events and of all events, over ``{{.window}}``."""

    bad: str
    total: str


def event_queries(indicator: Indicator, group_by: tuple[str, ...] = ()) -> EventQueries:
    """The queries of an indicator that counts events or time slices. Raises TypeError for a raw ratio.

    A query of the author stays unchanged. Kinds that count over their window (gauges) give numbers of events, all other
    kinds give events per second. Both sides have the same unit, so the ratio is right.
    """
    if isinstance(indicator, QueryRatio):
        total = indicator.total.strip()
        if indicator.bad is not None:
            return EventQueries(indicator.bad.strip(), total)
        good = (indicator.good or "").strip()
        return EventQueries(f"(\n{indent(total, '  ')}\n)\n-\n(\n{indent(good, '  ')}\n)", total)
    expressions = base_expressions(indicator, group_by, _STAND_IN)
    return EventQueries(_general(expressions.bad), _general(expressions.total))


def _general(expression: str) -> str:
    per_second = f" / {exact(_STAND_IN.seconds)}"
    return expression.replace(per_second, "").replace(str(_STAND_IN), PLACEHOLDER)
