"""Hand-written cases of the series of an exporter and their meaning, read from ``templates/<name>.yaml``.

Every entry of ``series`` has three parts:

* the kind of events: ``good``, ``bad``, ``event`` (part of the total; another counter or the histogram has the bad or
  good ones), ``only-bad`` and ``only-good`` (this other counter), ``none``;
* their number in each minute. For a histogram this is a mapping from duration, in the metric's unit, to events a
  minute. For a gauge it is a list of values, one for each minute, and ``minutes`` says how many of the minutes 6 to 10
  count, and how many are bad;
* the series.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from slosmith.model import CounterRatio, Duration, HistogramLatency, Indicator, Matcher, Selector
from slosmith.promql import decoys, matches, selectors
from slosmith.sli.base import base_expressions
from slosmith.sli.buckets import in_unit
from slosmith.sli.expand import expand
from slosmith.sli.library import library
from tests.sli.promtool_cases import Case, Check, one

FOLDER = Path(__file__).with_name("templates")
MINUTE = 10
WINDOW_SECONDS = 300


class TemplateCase(msgspec.Struct, frozen=True, rename={"parameters": "with"}, forbid_unknown_fields=True):
    indicator: str
    parameters: dict[str, Any]
    series: list[tuple[str, Any, str]]
    threshold: str = ""
    buckets: list[str] = []
    minutes: dict[str, int] = {}
    template: str = ""

    @property
    def id(self) -> str:
        chosen = ",".join(f"{name}={value}" for name, value in self.parameters.items() if isinstance(value, str))
        return f"{self.template}:{self.indicator}:{chosen}"[:100]

    def expanded(self) -> Indicator:
        threshold = Duration.parse(self.threshold) if self.threshold else None
        return expand(self.template, self.parameters, indicator=self.indicator, threshold=threshold, library=library())

    def expected(self) -> tuple[float, float]:
        """Total and bad events per second, computed from the case only."""
        if self.minutes:
            return self.minutes["total"] / WINDOW_SECONDS, self.minutes["bad"] / WINDOW_SECONDS
        counts: dict[str, float] = {}
        for meaning, amount, _ in self.series:
            if isinstance(amount, dict):
                slow = sum(n for duration, n in amount.items() if Decimal(duration) > self.bound())
                counts["slow"] = counts.get("slow", 0) + (slow if meaning == "event" else 0)
                amount = sum(amount.values())
            counts[meaning] = counts.get(meaning, 0) + amount
        total = sum(counts.get(meaning, 0) for meaning in ("good", "bad", "event"))
        bad = sum(counts.get(meaning, 0) for meaning in ("bad", "only-bad", "slow"))
        if "only-good" in counts:
            bad = total - counts["only-good"]
        return total / 60, bad / 60

    def bound(self) -> Decimal:
        template = library().get(self.template)
        assert template is not None
        base = self.series[0][2].split("{")[0]
        unit = template.metrics[base].unit if base in template.metrics else self.parameters.get("unit", "seconds")
        return in_unit(Duration.parse(self.threshold), unit)

    def promtool(self) -> Case:
        base = base_expressions(self.expanded())
        total, bad = self.expected()
        samples = {name: values for entry in self.series for name, values in self.samples(*entry).items()}
        return Case(self.id, samples, (Check(base.total, MINUTE, one(total)), Check(base.bad, MINUTE, one(bad))))

    def samples(self, meaning: str, amount: Any, series: str) -> dict[str, str]:
        """The series that Prometheus scrapes for one entry: a counter, a gauge, or a histogram's buckets and count."""
        if isinstance(amount, str):
            return {series: amount}
        if isinstance(amount, int):
            return {series: f"0+{amount}x20"}
        metric, labels = series.rstrip("}").split("{")
        template = library().get(self.template)
        assert template is not None
        known = template.metrics[metric].buckets if metric in template.metrics else ()
        bounds = self.parameters.get("buckets") or self.buckets or known
        found = {f"{metric}_count{{{labels}}}": f"0+{sum(amount.values())}x20"}
        for bound in bounds:
            within = sum(n for duration, n in amount.items() if Decimal(duration) <= Decimal(bound))
            found[f'{metric}_bucket{{{labels},le="{bound}"}}'] = f"0+{within}x20"
        return found


def cases() -> list[TemplateCase]:
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        read = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), list[TemplateCase])
        found += [msgspec.structs.replace(case, template=path.stem) for case in read]
    return found


# --- selectors in Python, to test whether the cases detect a wrong matcher --------------------------------------------


def picked(indicator: Indicator, series: list[str]) -> dict[str, frozenset[str]]:
    """Field of the indicator -> the series that its selectors select."""
    return {
        field: frozenset(name for name in series for selector in value if _picks(selector, name))
        for field, value in _selectors(indicator).items()
    }


def with_one_matcher_less(indicator: Indicator) -> list[tuple[tuple[str, Matcher], Indicator]]:
    """The indicator without one matcher, for each matcher of each selector, and the removed matcher.

    A matcher that another matcher of the selector implies (``!~"4.."`` beside ``=~"5.."``) is not removed.
    """
    found = []
    for field, value in _selectors(indicator).items():
        for index, selector in enumerate(value):
            for matcher in (matcher for matcher, _ in decoys(selector)):
                rest = tuple(other for other in selector.matchers if other != matcher)
                changed = (*value[:index], Selector(selector.metric, rest), *value[index + 1 :])
                found.append(((field, matcher), msgspec.structs.replace(indicator, **{field: changed})))
    return found


def _selectors(indicator: Indicator) -> dict[str, tuple[Selector, ...]]:
    if isinstance(indicator, CounterRatio):
        return {"total": indicator.total, "bad": indicator.bad, "good": indicator.good}
    if isinstance(indicator, HistogramLatency):
        return {"total": indicator.total, "buckets": indicator.buckets}
    name = next(iter(indicator.__struct_fields__))
    return {name: getattr(indicator, name)}


def _picks(selector: Selector, series: str) -> bool:
    metric, labels = _series(series)
    wanted = selector.metric.removesuffix("_bucket")
    return wanted in (metric, f"{metric}_count") and all(
        matches(matcher, labels.get(matcher.label, "")) for matcher in selector.matchers
    )


@cache
def _series(text: str) -> tuple[str, dict[str, str]]:
    found = selectors(text)[0]
    return found.metric, {matcher.label: matcher.value for matcher in found.matchers}
