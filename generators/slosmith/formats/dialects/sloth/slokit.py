"""What slokit adds to Sloth's format: a period and alert windows of one SLO, and latency by histogram and bound."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from slosmith.formats.catalogues import Tier, Tiers
from slosmith.formats.declarations import InlineIndicator, PeriodDeclaration
from slosmith.formats.dialects.slosmith.indicators import parse_selector
from slosmith.formats.values import Node
from slosmith.model import HOUR, MINUTE, Duration, HistogramLatency, Selector
from slosmith.vocabulary.numbers import exact


def read_period(slo: Node) -> PeriodDeclaration | None:
    """The SLO's own period; None if it has none, or after a problem was reported."""
    period = slo.duration("period")
    if period is None:
        return None
    if period.milliseconds % HOUR.milliseconds or period > Duration.parse("366d"):
        slo.report("SCH215", f"a period of {period} is not whole hours up to 366d", ("period",), "such as 28d or 30d")
        return None
    return PeriodDeclaration(origin=slo.origin, paths={"rolling": (*slo.origin.path, "period")}, rolling=period)


def read_windows(alerting: Node) -> Tiers | None:
    """The SLO's own alert windows; None if it has none. slokit has burn rates, which do not depend on the period."""
    found: list[Tier] = []
    for item in alerting.items("windows"):
        long, short, factor = item.duration("long"), item.duration("short"), item.number("factor")
        assert long is not None  # the schema requires all of them
        assert short is not None
        assert factor is not None
        if short >= long:
            message = f"the short window ({short}) must be shorter than the long one ({long})"
            item.report("SCH207", message, ("short",), "a twelfth of the long one is usual")
        for field, length in (("long", long), ("short", short)):
            if length.milliseconds % MINUTE.milliseconds:
                item.report("SCH207", f"a window of {length} is not whole minutes", (field,), "such as 5m or 1h")
        severity = item.values["severity"]
        names = {window.name for window in found}
        name = str(long) if str(long) not in names else f"{long}-{severity}-{short}"
        while name in names:
            name += "-2"
        found.append(Tier(name=name, long=long, short=short, severity=severity, burn_rate=factor))
    return Tiers(tiers=tuple(found)) if found else None


def read_latency(latency: Node) -> tuple[Any, Duration | None, tuple[str | int, ...]]:
    """The indicator, and the threshold with its path, as :func:`plugins.read_plugin` gives them."""
    metric, text = latency.text("histogram_metric"), latency.text("threshold")
    matchers = latency.text("selector")
    selector = parse_selector(latency, f"{metric}{{{matchers}}}", ("selector" if matchers else "histogram_metric",))
    try:
        bound = Decimal(text)
    except InvalidOperation:
        bound = Decimal(0)
    if not bound.is_finite() or bound <= 0:
        latency.report("SCH207", f"`threshold` is '{text[:40]}', and must be a positive number", ("threshold",),
                       'such as "0.3"')  # fmt: skip
        return None, None, ()
    if selector is None:
        return None, None, ()
    indicator = HistogramLatency(
        (Selector(f"{metric}_bucket", selector.matchers),),
        (Selector(f"{metric}_count", selector.matchers),),
        exact(bound),
    )
    milliseconds = bound * 1000
    # in seconds, as slokit's histograms; the bucket is measured, in any unit
    whole = milliseconds == milliseconds.to_integral_value() and 0 < milliseconds < 10**12
    threshold = Duration(int(milliseconds)) if whole and metric.endswith("_seconds") else None
    path = (*latency.origin.path, "threshold")
    return InlineIndicator(origin=latency.origin, indicator=indicator), threshold, path
