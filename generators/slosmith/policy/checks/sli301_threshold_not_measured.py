"""A latency threshold is not a bucket boundary of the histogram.

## Why

A histogram counts events up to each of its bucket boundaries. It has no counts between the
boundaries. A threshold of 500 ms cannot be measured on a histogram with boundaries at 400 ms and
600 ms. The boundary of 400 ms is stricter: some events that are fast enough count as bad. The
boundary of 600 ms is looser: some events that are too slow count as good.

A template refuses a threshold without a bucket when specs are read (problem RES318). The message
names both neighbours. Choose one of them and write it as `measured_threshold`. This check then
requires a decision with a date, in the service or in its class, that names the objective or one of
the two thresholds. The check also looks at thresholds in indicators of your own, if a template
knows the histogram. It does not look at specs of Pyrra, because they name the series of the bucket
itself.

## Bad

```yaml
objectives:
  latency: {target: 99%, threshold: 500ms, measured_threshold: 400ms}      # and no decision
```

## Good

```yaml
objectives:
  latency: {target: 99%, threshold: 500ms, measured_threshold: 400ms}
decisions:
  - date: 2026-03-01
    decision: latency is measured at 400ms
    reason: The API server's histogram has no bucket at 500ms; 400ms is the stricter neighbour.
```
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slosmith.model import Duration, HistogramLatency, Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.decisions import is_decided
from slosmith.policy.expressions import place
from slosmith.policy.metrics import KnownMetric, known_metric
from slosmith.problems import Severity
from slosmith.sli.buckets import UNITS_PER_SECOND, in_duration

_PYRRA = "pyrra.dev/v1alpha1"


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    if not isinstance(slo.indicator, HistogramLatency) or not slo.indicator.buckets:
        return
    known = known_metric(slo.indicator.buckets[0].metric, context, slo.template)
    if known is None or known.unit not in UNITS_PER_SECOND:
        return
    measured = Decimal(slo.indicator.le)
    # Pyrra's specs name the series with its bound: their author has looked at the histogram
    own = not slo.template and slo.dialect != _PYRRA
    if known.buckets and own and measured not in known.buckets:
        yield Violation(
            place(slo, ("le",)),
            f"{in_duration(measured, known.unit)} is not a bucket of the histogram, so it cannot be measured",
            f"measure {_neighbours(measured, known)}",
        )
        return
    threshold = slo.objective.threshold
    if threshold is None or slo.objective.measured_threshold in (None, threshold):
        return
    bound = in_duration(measured, known.unit)
    if _is_decided(slo, context, threshold, bound):
        return
    wanted = threshold.seconds * UNITS_PER_SECOND[known.unit]
    looser = measured > wanted
    if wanted in known.buckets:
        way_out = f"the histogram has a bucket at {threshold} itself: remove `measured_threshold:`"
    else:
        way_out = f"add to `decisions:` an entry that names {bound}; the histogram offers {_neighbours(wanted, known)}"
    effect = (
        "some events that are too slow count as good" if looser else "some events that are fast enough count as bad"
    )
    yield Violation(
        slo.origin_of("measured_threshold"),
        f"the threshold is {threshold} and {bound} is measured ({effect}), and no dated decision says why",
        way_out,
    )


def _is_decided(slo: Slo, context: Context, threshold: Duration, bound: str) -> bool:
    slo_class = context.class_of(slo)
    decisions = context.service_of(slo).decisions + (slo_class.decisions if slo_class is not None else ())
    return is_decided(decisions, context.today, str(threshold), bound, slo.indicator_name)


def _neighbours(wanted: Decimal, known: KnownMetric) -> str:
    """Both neighbours of a threshold, and what measuring each would mean."""
    below = max((bound for bound in known.buckets if bound < wanted), default=None)
    above = min((bound for bound in known.buckets if bound > wanted), default=None)
    offers = []
    if below is not None:
        offers.append(f"{in_duration(below, known.unit)} (stricter: some events that are fast enough count as bad)")
    if above is not None:
        offers.append(f"{in_duration(above, known.unit)} (looser: some events that are too slow count as good)")
    return " or ".join(offers) or "other boundaries"


CHECK = Check(code="SLI301", level=Severity.ERROR, of="slo", find=find, parameters=NoParameters)
