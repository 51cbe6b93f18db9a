"""A target or a threshold was loosened, and no dated decision says why.

## Why

A looser objective takes something away from the clients of the service. Without a note with a date
and a reason, nobody can see whether they agreed, or whether the number was changed so that an alert
stops.

If the target of a service is lower than the target of its class, or its threshold is longer, its
`decisions` need an entry that names the objective or the new value. The date of the entry must not
be in the future.

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

from slosmith.model import ClassObjective, Slo
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
    for field, what, old, new in _loosened(slo, offered):
        if not is_decided(decisions, context.today, slo.indicator_name, new):
            yield Violation(
                slo.origin_of(field),
                f"the {what} was loosened from the class's {old} to {new}, and no dated decision says why",
                f"add to `decisions:` an entry that names {slo.indicator_name}",
            )


def _loosened(slo: Slo, offered: ClassObjective) -> Iterator[tuple[str, str, str, str]]:
    """Field, its name, the class's value and the service's, for each that is looser."""
    objective = slo.objective
    if objective.target_ratio < offered.target_ratio:
        yield "target", "target", percent_exact(offered.target_ratio), percent_exact(objective.target_ratio)
    if objective.threshold is not None and offered.threshold is not None and objective.threshold > offered.threshold:
        yield "threshold", "threshold", str(offered.threshold), str(objective.threshold)


CHECK = Check(code="BUD110", level=Severity.WARNING, of="slo", find=find, parameters=NoParameters)
