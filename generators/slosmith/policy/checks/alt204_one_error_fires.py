"""One error in the expected traffic of a window fires an alert.

## Why

If a window has few events, one error is a large share of them: one error in ten events is 10 %. A
page at night for one failed request teaches people to ignore pages. `alerting.minimum_bad_events`
keeps a tier silent until enough events were bad; the default, adaptive, never fires for one. This
check uses the declared `traffic`. It reports a tier that can fire after a single error. With
`rules: sloth` no alert counts events, so the check judges every pair of windows.

## Bad

```yaml
objectives:
  availability: {target: 99%}
alerting: {minimum_bad_events: 1}
traffic: {events_per_day: 100}          # four an hour: one error is 24% of them, and the 1h tier fires at 13.44%
```

## Good

```yaml
alerting: {minimum_bad_events: adaptive}
traffic: {events_per_day: 100}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.outages import events
from slosmith.problems import Severity
from slosmith.vocabulary.numbers import event_count, number, percent


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    scheme = context.scheme
    # a ratio without events has no events to count
    if slo.alerting is None or not slo.counts_events or scheme.floor(slo).least > 1:
        return
    kind = "pair" if scheme.joins_pairs else "tier"
    remedy = (
        f"set `minimum_bad_events:` to adaptive, not {number(scheme.floor(slo).least)}"
        if scheme.has_minimum
        else f"remove `rules: {scheme.name}`: {scheme.title} have no minimum of bad events"
    )
    for tier in scheme.pairs(slo):
        expected = events(slo, tier.long)
        if not expected:
            continue
        weight = min(1 / expected, Decimal(1))
        if weight > tier.threshold_ratio:
            yield Violation(
                slo.origin_of("minimum_bad_events" if scheme.has_minimum else "expected_events_per_day"),
                f"one error fires {kind} {tier.name}: {event_count(expected)} are expected in {tier.long}, so one is"
                f" {percent(weight, 3)} of them, and the {kind} fires at {percent(tier.threshold_ratio, 3)}",
                remedy,
            )


CHECK = Check(code="ALT204", level=Severity.WARNING, of="slo", find=find, parameters=NoParameters)
