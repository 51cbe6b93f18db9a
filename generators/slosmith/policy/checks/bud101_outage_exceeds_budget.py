"""An expected outage is longer than the error budget.

## Why

The check compares one expected outage with the whole error budget. If the outage is longer than the
budget, the first outage breaks the objective, and nobody can prevent this. Such an objective must
not be published, so this check cannot be waived.

An outage lasts `operations.time_to_detect` + `operations.time_to_repair`. The budget is the time of
full outage at even traffic: (1 - target) x period. The check uses the rolling period or the
shortest calendar period, whichever is shorter.

## Bad

99.95 % over 28 days allows 20 minutes of outage. One outage takes two hours and ten minutes:

```yaml
objectives:
  availability: {target: 99.95%}
operations: {time_to_detect: 10m, time_to_repair: 2h}
```

## Good

98 % allows more than 13 hours of outage. The other way is to detect and repair faster and to keep
the target:

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
from slosmith.policy.fitting_targets import target_at_most_hint
from slosmith.policy.outages import budget, outage, shortest_period
from slosmith.policy.places import target_or
from slosmith.problems import Severity
from slosmith.vocabulary.numbers import percent_exact, whole_seconds


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    service = context.service_of(slo)
    length = outage(service)
    if length is None:
        return
    allowed = budget(slo, *shortest_period(slo.period))
    if length <= allowed.length:
        return
    fits = 1 - length.seconds / allowed.period.seconds
    target = percent_exact(slo.objective.target_ratio)
    yield Violation(
        target_or(slo, service, "operations", "time_to_repair"),
        f"an expected outage of {whole_seconds(length)} is longer than the budget of {whole_seconds(allowed.length)}"
        f" that {target} leaves over {allowed.name}",
        f"detect and repair faster, or {target_at_most_hint(fits)}",
    )


CHECK = Check(code="BUD101", level=Severity.ERROR, of="slo", find=find, parameters=NoParameters, waivable=False)
