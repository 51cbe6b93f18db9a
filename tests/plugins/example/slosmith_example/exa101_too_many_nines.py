"""A target has more nines than a team can meet.

## Why

Every further nine allows a tenth of the errors, and costs about ten times the work. Set such a target only
if a team can meet it.

## Bad

```yaml
objectives:
  availability: {target: 99.9999%}
```

## Good

```yaml
objectives:
  availability: {target: 99.9%}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

import msgspec

from slosmith.model import Slo
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity
from slosmith.vocabulary.numbers import percent_exact


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    nines: Annotated[int, msgspec.Meta(description="The most nines that a target may have.", ge=1)] = 4


def find(slo: Slo, context: Context, parameters: Parameters) -> Iterator[Violation]:
    allowed = 1 - Decimal(10) ** -parameters.nines
    if slo.objective.target_ratio > allowed:
        yield Violation(
            slo.origin_of("target"),
            f"the target {percent_exact(slo.objective.target_ratio)} has more than {parameters.nines} nines",
            f"{percent_exact(allowed)} is strict",
        )


CHECK = Check(code="EXA101", level=Severity.ERROR, of="slo", find=find, parameters=Parameters)
