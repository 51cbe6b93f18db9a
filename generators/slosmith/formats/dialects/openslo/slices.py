"""OpenSLO's budgeting methods -> indicators that count events, or slices of time.

* Occurrences: events; for a value, one event a minute.
* Timeslices: a slice is good when the share of good events in it reaches ``timeSliceTarget``.
* RatioTimeslices: the mean of the slices' ratios, regardless of the number of events in each.

Slices begin at whole multiples of their length since 1970, as the steps of a subquery do. Each minute has the value of
the newest complete slice. So each slice counts for exactly its own length.
"""

from __future__ import annotations

from decimal import Decimal
from textwrap import indent

from slosmith.formats.dialects.foreign import UnusableError, not_supported
from slosmith.formats.dialects.openslo.indicators import Ratio, Raw, Sli, Threshold, Value, aggregated, minutes
from slosmith.formats.values import Node
from slosmith.model import Duration, GaugeThreshold, Indicator, QueryRatio, RawRatio
from slosmith.promql import fill_window
from slosmith.sli.base import base_expressions
from slosmith.vocabulary.numbers import exact

MINUTE = Duration(60_000)
_TOLERANCE = Decimal("0.000000001")
"""A slice at exactly its target is good. Floating point errors must not change that."""


def budgeted(method: str, sli: Sli, threshold: Threshold | None, objective: Node) -> Indicator:
    """The indicator of an objective by its budgeting method. Raises UnusableError after reporting what is missing."""
    if method == "Occurrences":
        for field in ("timeSliceTarget", "timeSliceWindow"):
            if field in objective:
                message = f"`{field}` belongs to time slices, and the budgeting method is Occurrences"
                objective.report("SCH209", message, (field,), "remove it, or choose Timeslices", on_key=True)
                raise UnusableError
        if isinstance(sli, Ratio):
            return sli.indicator
        if isinstance(sli, Raw):
            return RawRatio(sli.error_ratio)
    target = _slice_target(method, objective)
    length = _slice_length(objective, needed=method != "Occurrences")
    if isinstance(sli, Value):
        assert threshold is not None  # checked by read_threshold
        gauge = _gauge(sli, threshold) if length == MINUTE and method != "RatioTimeslices" else None
        if gauge is not None:
            return gauge
    share, present = _shares(sli, threshold, length, target)
    return QueryRatio(total=_over_slices(present, length), bad=_over_slices(share, length))


def _slice_target(method: str, objective: Node) -> Decimal | None:
    """The lowest share of good events in a good slice; None for methods without good and bad slices."""
    if method == "Occurrences":
        return Decimal(1)
    target = objective.number("timeSliceTarget")
    if method == "Timeslices" and target is None:
        hint = "add `timeSliceTarget: 0.95`: the share of good events in a good slice"
        objective.report(
            "SCH204", "the key 'timeSliceTarget' is missing: the budgeting method is Timeslices", hint=hint
        )
        raise UnusableError
    if method == "RatioTimeslices" and target is not None:
        message = "RatioTimeslices uses the mean of all slices: a single slice is not good or bad"
        objective.report("SCH209", message, ("timeSliceTarget",), "remove it, or choose Timeslices", on_key=True)
        raise UnusableError
    return target if method == "Timeslices" else None


def _slice_length(objective: Node, *, needed: bool) -> Duration:
    written = objective.values.get("timeSliceWindow")
    if written is None:
        if needed:
            objective.report("SCH204", "the key 'timeSliceWindow' is missing: the budget is made of time slices",
                             hint="add `timeSliceWindow: 5m`")  # fmt: skip
            raise UnusableError
        return MINUTE
    length = minutes(written) if isinstance(written, int) or not str(written).startswith("0") else None
    if length is None or length > Duration.parse("1d"):
        message = f"a time slice of {written} is not supported"
        objective.report("SCH207", message, ("timeSliceWindow",), "write a length from 1m to 1d")
        raise UnusableError
    return length


def _gauge(sli: Value, threshold: Threshold) -> GaugeThreshold | None:
    """The indicator kind for one-minute slices of a gauge. If there are several series, all must meet the threshold."""
    found = aggregated(sli.query)
    if found is None:
        return None
    selector, operator = found
    worst = operator or ("max" if threshold.op in ("<", "<=") else "min")
    return GaugeThreshold((selector,), threshold.op, threshold.value, worst)


def _shares(sli: Sli, threshold: Threshold | None, length: Duration, target: Decimal | None) -> tuple[str, str]:
    """For one slice: its bad share (0 or 1 if slices are good or bad), and 1 if there is data for the slice."""
    limit = (1 - target) * (1 + _TOLERANCE) if target is not None else None
    if isinstance(sli, Ratio):
        events = base_expressions(sli.indicator, (), length)
        total, bad = f"(\n{indent(events.total, '  ')}\n)", f"(\n{indent(events.bad, '  ')}\n)"
        present = f"0 * {total} + 1"
        if limit is None:
            return f"{bad}\n/\n({total} > 0)\nor\n0 * {bad}", present
        # not as a quotient: a slice without events is good
        return f"{bad} > bool {exact(limit)} * {total}", present
    if isinstance(sli, Raw):
        ratio = f"(\n{indent(fill_window(sli.error_ratio, length), '  ')}\n)"
        # ">= 0" drops NaN
        present = f"0 * ({ratio} >= 0) + 1"
        return (f"{ratio} >= 0" if limit is None else f"({ratio} >= 0) > bool {exact(limit)}"), present
    return _value_shares(sli, threshold, length, limit)


def _value_shares(sli: Value, threshold: Threshold | None, length: Duration, limit: Decimal | None) -> tuple[str, str]:
    from slosmith import promql

    assert threshold is not None
    query = sli.query
    if promql.has_window(query):
        if length == MINUTE:
            hint = "write a range, such as [5m]"
            message = "the query contains {{.window}}, but its value is read every minute, without a window"
            not_supported(sli.place, (sli.field,), message, hint)
            raise UnusableError
        query = fill_window(query, length)
    bounds = f"[{length}:{MINUTE}]"
    holds = f"((\n{indent(query, '  ')}\n) {threshold.op} bool {exact(threshold.value)})"
    # "1 - good" and not the opposite comparison: a NaN is not good
    bad = f"(1 - avg_over_time({holds}{bounds}))"
    present = f"clamp_max(count_over_time((\n{indent(query, '  ')}\n){bounds}), 1)"
    return (bad if limit is None else f"{bad} > bool {exact(limit)}"), present


def _over_slices(each: str, length: Duration) -> str:
    """Slices per second over ``{{.window}}``. ``each`` is the weight of every slice."""
    newest = f"last_over_time((\n{indent(each, '  ')}\n)[{length}:{length}])"
    return f"avg_over_time({newest}[{{{{.window}}}}:{MINUTE}]) / {length.whole_seconds}"
