"""An expected outage is longer than the error budget.

## Why

If a single outage, as long as outages of this service are, spends more than the whole budget, the
objective only says "no mistakes": the first outage breaks it, whatever anybody
does. Such an objective must not be published, so this check cannot be waived.

An outage lasts `operations.time_to_detect` + `operations.time_to_repair`. The budget, in time of
full outage at even traffic, is (1 - target) x period, for the rolling period and for the shortest
calendar period, whichever is shorter.

## Bad

99.95 % over 28 days allows 20 minutes, and an outage takes two hours and ten minutes:

```yaml
objectives:
  availability: {target: 99.95%}
operations: {time_to_detect: 10m, time_to_repair: 2h}
```

## Good

98 % allows more than 13 hours. Or detect and repair faster, and keep the target:

```yaml
objectives:
  availability: {target: 98%}
operations: {time_to_detect: 10m, time_to_repair: 2h}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.outages import budget, outage, shortest_period
from slosmith.policy.words import minutes, percent, target_at_most_hint
from slosmith.problems import Severity
from slosmith.problems.finding import at


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    service = context.service_of(slo)
    length = outage(service)
    if length is None:
        return
    allowed = budget(slo, *shortest_period(slo.period))
    if length <= allowed.length:
        return
    fits = 1 - length.seconds / allowed.period.seconds
    target = percent(slo.objective.target_ratio)
    yield Violation(
        at(service.origin, "operations", "time_to_repair"),
        f"an expected outage of {minutes(length)} is longer than the budget of {minutes(allowed.length)}"
        f" that {target} leaves over {allowed.name}",
        f"detect and repair faster, or {target_at_most_hint(fits)}",
    )


CHECK = Check(code="BUD101", level=Severity.ERROR, of="slo", find=find, parameters=NoParameters, waivable=False)
