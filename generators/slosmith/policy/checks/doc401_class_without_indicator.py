"""A class has no entry for a required indicator.

## Why

Users of a class of services need to know its availability and its latency. If the class covers only
one of them, users have to guess the other. If no objective is possible, the class should say so
under `no_guarantee`, with a reason.

## Bad

```yaml
kind: SLOClass
objectives:
  availability: {target: 95%}
```

## Good

```yaml
kind: SLOClass
objectives:
  availability: {target: 95%}
no_guarantee:
  - {indicator: latency, reason: Jobs run for hours by design., date: 2026-03-01}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from slosmith.model import SloClass
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity, at


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    indicators: Annotated[tuple[str, ...], Meta(description="Indicators for which every class needs an entry.")] = (
        "availability", "latency",
    )  # fmt: skip


def find(slo_class: SloClass, context: Context, parameters: Parameters) -> Iterator[Violation]:
    covered = {objective.indicator for objective in slo_class.objectives}
    covered |= {item.indicator for item in slo_class.no_guarantees}
    for indicator in parameters.indicators:
        if indicator not in covered:
            yield Violation(
                at(slo_class.origin, "objectives"),
                f"the class has no entry for {indicator}",
                f"add an objective, or `no_guarantee:` with indicator {indicator} and the reason",
                on_key=True,
            )


CHECK = Check(code="DOC401", level=Severity.ERROR, of="class", find=find, parameters=Parameters)
