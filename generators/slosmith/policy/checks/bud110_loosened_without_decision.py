"""An objective was loosened, and no dated decision says why.

## Why

A looser objective takes something away from the clients of the service. Without a note with a date
and a reason, nobody can see whether they agreed, or whether the number was changed so that an alert
stops.

The check compares the objectives of a service with its class. It finds:

- a target that is lower than the class's;
- a threshold that is longer than the class's, or `threshold: null`;
- a rolling period that is longer than the project's, where the class has none: it makes room for
  longer outages.

Then the service's `decisions` need an entry that names the objective or the new value. For a
threshold that was removed, the entry names the objective. The date of the entry must not be in the
future.

A class that became looser, a service that changed to another class, and a service without a class
have nothing in the specs to be compared with. Only two commits show this: review the difference
(`git diff slo_specs`), or compare what `slosmith list` prints for both.

## Bad

```yaml
class: stable                # availability: 98 %
objectives:
  availability: {target: 90%}
```

## Good

```yaml
class: stable
objectives:
  availability: {target: 90%}
decisions:
  - date: 2026-03-01
    decision: availability 90% instead of 98% until the new cluster serves
    reason: Two of three nodes are gone; the clients were asked and agreed.
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import ClassObjective, Period, Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.decisions import is_decided
from slosmith.problems import Severity
from slosmith.vocabulary.numbers import percent_exact


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    slo_class = context.class_of(slo)
    objectives = slo_class.objectives if slo_class is not None else ()
    offered = next((item for item in objectives if item.indicator == slo.indicator_name), None)
    if offered is None:
        return
    decisions = context.service_of(slo).decisions
    usual = slo_class.period if slo_class is not None else None
    for field, what, new in (*_loosened(slo, offered), *_lengthened(slo, usual)):
        if not is_decided(decisions, context.today, slo.indicator_name, new):
            yield Violation(
                slo.origin_of(field),
                f"the {what}, and no dated decision says why",
                f"add to `decisions:` an entry that names {slo.indicator_name}",
            )


def _loosened(slo: Slo, offered: ClassObjective) -> Iterator[tuple[str, str, str]]:
    """Field, what was done to it, and the service's value (empty if there is none), for each that is looser."""
    objective, threshold = slo.objective, slo.objective.threshold
    if objective.target_ratio < offered.target_ratio:
        new = percent_exact(objective.target_ratio)
        yield "target", f"target was loosened from the class's {percent_exact(offered.target_ratio)} to {new}", new
    if offered.threshold is not None and threshold is None:
        yield "indicator", f"class's threshold of {offered.threshold} was removed", ""
    if offered.threshold is not None and threshold is not None and threshold > offered.threshold:
        yield "threshold", f"threshold was loosened from the class's {offered.threshold} to {threshold}", str(threshold)


def _lengthened(slo: Slo, usual: Period | None) -> Iterator[tuple[str, str, str]]:
    """The same for a period of the service's own that is longer than it would have without it."""
    if usual is not None and slo.origin_of("period").kind == "service" and slo.period.rolling > usual.rolling:
        new = slo.period.rolling.in_days
        yield "period", f"period was lengthened from {usual.rolling.in_days} to {new}", new


CHECK = Check(code="BUD110", level=Severity.WARNING, of="slo", find=find, parameters=NoParameters)
