"""A service has no decision log.

## Why

Targets are agreed between what users want and what can be kept. The decisions that closed the gap
are worth more than the numbers: without them, every review starts from nothing. An entry has a
date, what was decided, and why; the log of the class counts for all of its services.

## Bad

```yaml
name: readability
class: experimental
```

## Good

```yaml
decisions:
  - date: 2026-03-01
    decision: Experimental, although it runs at both sites.
    reason: The model is young, and its latency varies with the article.
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Service
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.missing import missing
from slosmith.problems import Severity


def find(service: Service, context: Context, _: NoParameters) -> Iterator[Violation]:
    slo_class = context.class_of(service)
    decided = service.decisions or (slo_class is not None and slo_class.decisions)
    hint = "add `decisions:` with date, decision and reason, to the service or its class"
    return missing(service, decided, "neither the service nor its class has a decision log", hint)


CHECK = Check(code="DOC408", level=Severity.WARNING, of="service", find=find, parameters=NoParameters)
