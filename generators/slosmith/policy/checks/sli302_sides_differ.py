"""Numerator and denominator differ by more than the matcher that separates bad from all.

## Why

Both sides of a ratio must count the same events. Only one label may differ: the label that
separates good events from bad events. Three real errors: one side has no `site`; the bucket has a
`prometheus` matcher and the count has none; success is filtered to 2xx and the total is not. Each
of them gave plausible numbers, and nobody noticed them for months. Templates write both sides from
one selector. This check looks at indicators of your own.

The numerator must have every matcher of the denominator. The numerator may add matchers on one
label: on `le` for histograms, on any one label for counters.

Two different metrics can have different labels. For example, only `http_requests_total` has a label
`env`. A matcher on `env` would then select nothing from `http_errors_total`. The check does not
know which labels the metrics have. Between metrics of different names, it therefore reports a
difference as a warning. Between the series of one metric or of one histogram (`_bucket` and
`_count`), it reports an error. It also reports an error in a `histogram_latency`, which is always
one histogram.

In a latency indicator of Pyrra the bucket can have matchers that the count does not have
(`status!~"5.."`). A failed event then counts as bad, like a slow one. The count must not have
matchers that the bucket does not have.

## Bad

```yaml
counter_ratio:
  total: http_requests_total{job="api", site="eqiad"}
  bad: http_requests_total{job="api", code=~"5.."}           # both sites
```

## Good

```yaml
counter_ratio:
  total: http_requests_total{job="api", site="eqiad"}
  bad: http_requests_total{job="api", site="eqiad", code=~"5.."}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import HistogramLatency, Matcher, Selector, Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.expressions import place, sides
from slosmith.policy.metrics import base_name
from slosmith.problems import Severity
from slosmith.promql import matcher_text, selector_text

_PYRRA = "pyrra.dev/v1alpha1"


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    both = sides(slo.indicator) if not slo.template else None
    if both is None or not both[0]:
        return
    total, numerator = both
    field = next((name for name in ("bad", "good", "buckets") if getattr(slo.indicator, name, None)), "")
    histogram = isinstance(slo.indicator, HistogramLatency)
    # Pyrra's `success` has matchers of its own: every other event of `total` is bad, slow or failed
    narrowed = histogram and slo.dialect == _PYRRA
    for selector in dict.fromkeys(numerator):
        other = min(total, key=lambda each: len(_difference(selector, each, histogram, narrowed)))
        problem = _difference(selector, other, histogram, narrowed)
        if not problem:
            continue
        found = "; ".join(problem)
        if histogram or any(base_name(selector.metric) == base_name(other.metric) for other in total):
            # Pyrra's bucket has the bound, which the indicator has by itself
            bound = (
                (Matcher("le", "=", slo.indicator.le),)
                if narrowed and isinstance(slo.indicator, HistogramLatency)
                else ()
            )
            yield Violation(
                place(slo, (field,)),
                f"both sides do not count the same events: {found}",
                _instead(selector.with_matchers(*bound), other, histogram),
            )
        else:
            others = " and ".join(dict.fromkeys(other.metric for other in total))
            yield Violation(
                place(slo, (field,)),
                f"both sides may not count the same events: {found} (a warning only, because {selector.metric} and"
                f" {others} are two metrics and may have different labels)",
                "where both metrics have the label, select by it on both sides; where one lacks it, this may be right",
                at_most=Severity.WARNING,
            )


def _difference(numerator: Selector, total: Selector, histogram: bool, narrowed: bool) -> list[str]:
    """How the matchers of the numerator and of the total differ, in words; without differences that are meant."""
    own = [matcher for matcher in numerator.matchers if matcher not in total.matchers]
    lacking = [matcher for matcher in total.matchers if matcher not in numerator.matchers and matcher.label != "le"]
    by_bucket = histogram or any(matcher.label == "le" for matcher in numerator.matchers)
    found = []
    if by_bucket and base_name(numerator.metric) != base_name(total.metric):
        found.append(f"{numerator.metric} and {total.metric} are different histograms")
    labels = {matcher.label for matcher in own} - {"le"}
    meant = set() if by_bucket else labels if len(labels) == 1 else set()
    missing = [matcher for matcher in lacking if matcher.label not in meant]
    if missing:
        found.append(f"the numerator lacks {_listed(missing)}")
    added = [matcher for matcher in own if matcher.label not in meant | {"le"}]
    if added and not narrowed:
        found.append(f"the denominator lacks {_listed(added)}")
    return found


_SEPARATING = (
    "code", "status", "status_code", "response_code", "grpc_code", "result", "outcome", "success", "classification",
)  # fmt: skip
"""Labels that usually separate good from bad."""


def _instead(numerator: Selector, total: Selector, histogram: bool) -> str:
    """What to write on either side, so that both count the same events."""
    by_bucket = histogram or any(matcher.label == "le" for matcher in numerator.matchers)
    if by_bucket and base_name(numerator.metric) != base_name(total.metric):
        return f"count {base_name(numerator.metric)} on both sides: {base_name(numerator.metric)}_count is its total"
    own = [matcher for matcher in numerator.matchers if matcher not in total.matchers and matcher.label != "le"]
    lacking = [matcher for matcher in total.matchers if matcher not in numerator.matchers and matcher.label != "le"]
    labels = list(dict.fromkeys(matcher.label for matcher in own))
    separating = (
        "" if by_bucket else next((label for label in _SEPARATING if label in labels), labels[-1] if labels else "")
    )
    kept = [matcher for matcher in lacking if matcher.label != separating]
    changes = []
    if kept:
        changes.append(f"write {selector_text(numerator.with_matchers(*kept))} as the numerator")
    added = [matcher for matcher in own if matcher.label != separating]
    if added:
        sides = [matcher for matcher in total.matchers if matcher.label not in {each.label for each in added}]
        changes.append(f"write {selector_text(Selector(total.metric, (*sides, *added)))} as the denominator")
    hint = ", and ".join(changes)
    return f"{hint}, if `{separating}` separates good from bad" if separating and added else hint


def _listed(matchers: list[Matcher]) -> str:
    return ", ".join(matcher_text(matcher) for matcher in matchers)


CHECK = Check(code="SLI302", level=Severity.ERROR, of="slo", find=find, parameters=NoParameters)
