"""All expected outages together are longer than the error budget.

## Why

Each outage may fit into the budget and their number not. `operations.expected_outages` counts them
in one reporting period: the calendar period where there is one, else the rolling period. Expected
outages x (time to detect + time to repair) must fit into (1 - target) x period, or the objective is
expected to be missed.

A single outage that does not fit is reported by BUD101 instead.

## Bad

99.9 % of a quarter of 90 days is 2 hours 9 minutes; four outages of 40 minutes are 2 hours 40
minutes:

```yaml
period: {rolling: 28d, calendar: slo-quarter}
objectives:
  availability: {target: 99.9%}
operations: {time_to_detect: 10m, time_to_repair: 30m, expected_outages: 4}
```

## Good

```yaml
objectives:
  availability: {target: 99.5%}
operations: {time_to_detect: 10m, time_to_repair: 30m, expected_outages: 4}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Duration, Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.outages import budget, outage, reporting_period
from slosmith.policy.words import minutes, number, percent, target_at_most_hint
from slosmith.problems import Severity
from slosmith.problems.finding import at


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    service = context.service_of(slo)
    length, count = outage(service), service.operations.expected_outages
    if length is None or count is None or count <= 1:
        return
    together = Duration(int(length.milliseconds * count))
    allowed = budget(slo, *reporting_period(slo.period))
    if together <= allowed.length or length > allowed.length:
        return
    fits = 1 - together.seconds / allowed.period.seconds
    target = percent(slo.objective.target_ratio)
    yield Violation(
        at(service.origin, "operations", "expected_outages"),
        f"{number(count)} expected outages of {minutes(length)} are {minutes(together)}, longer than the budget of"
        f" {minutes(allowed.length)} that {target} leaves over {allowed.name}",
        f"have fewer or shorter outages, or {target_at_most_hint(fits)}",
    )


CHECK = Check(code="BUD102", level=Severity.ERROR, of="slo", find=find, parameters=NoParameters)
