"""The minimum of bad events is more than a window's whole traffic.

## Why

`alerting.minimum_bad_events` keeps a tier silent until this number of events was bad. If the
expected traffic in the tier's long window is lower than the minimum, the tier stays silent even in
a full outage. Only a slower tier can detect that outage. The adaptive minimum (the default) needs
two bad events in a window with hardly any events, and a few more if the objective allows many
errors: five of five at 90 %.

## Bad

```yaml
alerting: {minimum_bad_events: 5}
traffic: {events_per_day: 24}           # one an hour: the 1h tier stays silent, whatever happens
```

## Good

Use the adaptive minimum. If it needs more events too, use a catalogue without the fast tier:

```yaml
alerting: {minimum_bad_events: adaptive}
traffic: {events_per_day: 72}           # three an hour: two bad ones are enough for the 1h tier
```
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.outages import events
from slosmith.problems import Severity
from slosmith.vocabulary.numbers import event_count, number


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    floor = context.scheme.floor(slo)
    silent, most = [], Decimal(0)
    for tier in context.scheme.pairs(slo):
        expected = events(slo, tier.long)
        if expected is not None and expected < (needed := floor.below(tier.threshold_ratio).needed(expected)):
            silent.append(f"{tier.name} ({event_count(expected)})")
            most = max(most, needed.to_integral_value(ROUND_CEILING))
    if silent:
        remedy = "choose a catalogue without windows this short"
        yield Violation(
            slo.origin_of("expected_events_per_day"),
            f"not even a full outage reaches {number(most)} bad events in the window of tier {', '.join(silent)}",
            remedy if floor.adaptive else f"set `minimum_bad_events: adaptive`, or {remedy}",
        )


CHECK = Check(code="ALT208", level=Severity.WARNING, of="slo", find=find, parameters=NoParameters)
