"""All expected outages together are longer than the error budget.

## Why

One outage may fit into the error budget, while all expected outages together do not fit.
`operations.expected_outages` is the number of outages in one reporting period. The reporting period
is the calendar period, or the rolling period if the SLO has no calendar period. Expected outages x
(time to detect + time to repair) must be at most (1 - target) x period. Otherwise the objective is
expected to be missed.

If a single outage does not fit, BUD101 reports it instead.

## Bad

99.9 % of a quarter of 90 days allows 2 hours 9 minutes. Four outages of 40 minutes take 2 hours 40
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
from slosmith.policy.fitting_targets import target_at_most_hint
from slosmith.policy.outages import budget, outage, reporting_period
from slosmith.policy.places import target_or
from slosmith.problems import Severity
from slosmith.vocabulary.numbers import number, percent_exact, whole_seconds


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
    target = percent_exact(slo.objective.target_ratio)
    yield Violation(
        target_or(slo, service, "operations", "expected_outages"),
        f"{number(count)} expected outages of {whole_seconds(length)} are {whole_seconds(together)}, longer than the"
        f" budget of {whole_seconds(allowed.length)} that {target} leaves over {allowed.name}",
        f"have fewer or shorter outages, or {target_at_most_hint(fits)}",
    )


CHECK = Check(code="BUD102", level=Severity.ERROR, of="slo", find=find, parameters=NoParameters)
