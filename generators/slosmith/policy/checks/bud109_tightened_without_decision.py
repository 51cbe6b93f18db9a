"""A target was tightened, and no dated decision says why.

## Why

Teams publish realistic targets first and tighten them later. A service that has a stricter target
than its class needs a reason for it. Without a note with a date and a reason, the next reader
cannot distinguish an agreement from a typing error.

If the target of a service is stricter than the target of its class, its `decisions` need an entry
that names the objective or the new target. The date of the entry must not be in the future.

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
from slosmith.problems import Severity
from slosmith.vocabulary.numbers import percent_exact


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    slo_class = context.class_of(slo)
    objectives = slo_class.objectives if slo_class is not None else ()
    offered = next((item for item in objectives if item.indicator == slo.indicator_name), None)
    target = slo.objective.target_ratio
    if offered is None or target <= offered.target_ratio:
        return
    if is_decided(context.service_of(slo).decisions, context.today, slo.indicator_name, percent_exact(target)):
        return
    yield Violation(
        slo.origin_of("target"),
        f"the target was tightened from the class's {percent_exact(offered.target_ratio)} to {percent_exact(target)},"
        " and no dated decision says why",
        f"add to `decisions:` an entry that names {slo.indicator_name}",
    )


CHECK = Check(code="BUD109", level=Severity.WARNING, of="slo", find=find, parameters=NoParameters)
