"""The minimum of bad events is more than a window's whole traffic.

## Why

`alerting.minimum_bad_events` keeps a tier silent until this number of events was bad. If the
expected traffic in the tier's long window is lower than the minimum, the tier stays silent even in
a full outage. Only a slower tier can detect that outage.

## Bad

```yaml
alerting: {minimum_bad_events: 5}
traffic: {events_per_day: 24}           # one an hour: the 1h tier stays silent, whatever happens
```

## Good

Use a catalogue without the fast tier. Its first window must be long enough for the traffic. Or
lower the minimum and accept alerts on fewer errors:

```yaml
alerting: {minimum_bad_events: 5, catalogue: calm}      # first tier: 1d
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.outages import events
from slosmith.problems import Severity
from slosmith.vocabulary.numbers import event_count, number


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    minimum = context.scheme.minimum_bad_events(slo)
    silent = []
    for tier in context.scheme.pairs(slo):
        expected = events(slo, tier.long)
        if expected is not None and expected < minimum:
            silent.append(f"{tier.name} ({event_count(expected)})")
    if silent:
        yield Violation(
            slo.origin_of("expected_events_per_day"),
            f"not even a full outage reaches {number(minimum)} bad events in the window of tier {', '.join(silent)}",
            "lower `minimum_bad_events:`, or choose a catalogue without windows this short",
        )


CHECK = Check(code="ALT208", level=Severity.WARNING, of="slo", find=find, parameters=NoParameters)
