"""A target has more nines than the period's traffic can resolve.

## Why

With n events in a period, one error is 1/n of all events, and the budget is n x (1 - target)
events. If the budget is only a few events, chance decides whether the objective is met: one unlucky
client can spend the budget of a quarter. n is computed from the declared `traffic` and from the
rolling period or the shortest calendar period, whichever is shorter.

## Bad

100 events a day are 2,800 events in 28 days. The third error breaks an objective of 99.9 %:

```yaml
objectives:
  availability: {target: 99.9%}
traffic: {events_per_day: 100}
```

## Good

```yaml
objectives:
  availability: {target: 99%}         # 28 errors
traffic: {events_per_day: 100}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from slosmith.model import Slo
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.policy.fitting_targets import target_at_most
from slosmith.policy.outages import events, shortest_period
from slosmith.problems import Severity
from slosmith.vocabulary.numbers import event_count, number, percent_exact


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    events: Annotated[Decimal, Meta(description="Minimum number of bad events that the error budget must allow.")] = (
        Decimal(10)
    )


def find(slo: Slo, context: Context, parameters: Parameters) -> Iterator[Violation]:
    period, name = shortest_period(slo.period)
    expected = events(slo, period)
    if expected is None:
        return
    # rounded: events per period, computed from events per day, may not be exact
    bad = round(expected * slo.objective.error_budget_ratio, 9)
    if bad >= parameters.events:
        return
    fits = 1 - parameters.events / expected
    lower = f"set the target to {target_at_most(fits)} or less" if fits > 0 else "remove the objective: no target fits"
    yield Violation(
        slo.origin_of("target"),
        f"the traffic is too low for a target of {percent_exact(slo.objective.target_ratio)}: over {name},"
        f" {event_count(expected)}"
        f" leave a budget of {number(bad)} bad events, less than {number(parameters.events)}",
        f"{lower}; or choose a longer period",
    )


CHECK = Check(code="BUD108", level=Severity.WARNING, of="slo", find=find, parameters=Parameters)
