"""An aspirational target is not stricter than the target.

## Why

An aspirational target is a goal for later, so it must be stricter than the target. If it is not,
the target was tightened and the goal is out of date, or the two values were exchanged.

## Bad

```yaml
objectives:
  availability: {target: 99%}
aspirational:
  availability: {target: 98%}
```

## Good

```yaml
objectives:
  availability: {target: 98%}
aspirational:
  availability: {target: 99%}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity
from slosmith.vocabulary.numbers import percent_exact


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    wanted, target = slo.objective.aspirational_ratio, slo.objective.target_ratio
    if wanted is not None and wanted <= target:
        yield Violation(
            slo.origin_of("aspirational"),
            f"the aspirational target {percent_exact(wanted)} is not stricter than the target {percent_exact(target)}",
            "set a higher aspirational target, or remove it",
        )


CHECK = Check(code="BUD107", level=Severity.ERROR, of="slo", find=find, parameters=NoParameters)
