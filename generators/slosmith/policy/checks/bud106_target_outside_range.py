"""A target lies outside the range that its class allows.

## Why

A class sets the target of its services. With `overrides` it can also set a range from which a
service chooses its own target. A service outside this range is refused when specs are read (problem
RES307). This check looks at the class: its own target must be inside the range. Otherwise no
service could choose the target of its class.

## Bad

```yaml
kind: SLOClass
objectives:
  availability: {target: 90%}
overrides:
  availability: {target: {min: 95%, max: 99%}}
```

## Good

```yaml
kind: SLOClass
objectives:
  availability: {target: 95%}
overrides:
  availability: {target: {min: 95%, max: 99%}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import SloClass
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity, at
from slosmith.vocabulary.numbers import percent_exact


def find(slo_class: SloClass, context: Context, _: NoParameters) -> Iterator[Violation]:
    for objective in slo_class.objectives:
        if objective.allowed_target is None:
            continue
        lowest, highest = objective.allowed_target
        if not lowest <= objective.target_ratio <= highest:
            yield Violation(
                at(objective.origin, "target"),
                f"the target {percent_exact(objective.target_ratio)} is outside the range that the class allows:"
                f" {percent_exact(lowest)} to {percent_exact(highest)}",
                "choose a target in this range, or widen `overrides` of the class",
            )


CHECK = Check(code="BUD106", level=Severity.ERROR, of="class", find=find, parameters=NoParameters)
