"""A target was tightened, and no dated decision says why.

## Why

Realistic targets are published first and tightened later. A service with a higher target than its
class does so for a reason; without a note of when and why, the next person cannot distinguish an agreement
from a slip of the keyboard.

A service whose target is stricter than its class's needs an entry in its `decisions` that names the
objective or the new target, with a date that is not in the future.

## Bad

```yaml
class: experimental          # availability: 95 %
objectives:
  availability: {target: 98%}
```

## Good

```yaml
class: experimental
objectives:
  availability: {target: 98%}
decisions:
  - date: 2026-03-01
    decision: availability 98% instead of 95%
    reason: Two quarters without a miss, and changeprop retries for an hour only.
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.decisions import is_decided
from slosmith.policy.words import percent
from slosmith.problems import Severity


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    slo_class = context.class_of(slo)
    objectives = slo_class.objectives if slo_class is not None else ()
    offered = next((item for item in objectives if item.indicator == slo.indicator_name), None)
    target = slo.objective.target_ratio
    if offered is None or target <= offered.target_ratio:
        return
    if is_decided(context.service_of(slo).decisions, context.today, slo.indicator_name, percent(target)):
        return
    yield Violation(
        slo.origin_of("target"),
        f"the target was tightened from the class's {percent(offered.target_ratio)} to {percent(target)}, and no dated"
        " decision says why",
        f"add to `decisions:` an entry that names {slo.indicator_name}",
    )


CHECK = Check(code="BUD109", level=Severity.WARNING, of="slo", find=find, parameters=NoParameters)
