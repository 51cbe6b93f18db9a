"""A service has no decision log.

## Why

A target is a compromise between what users want and what the service can do. The decision log keeps
the reasons for it. Without the log, every review has to find the reasons again. An entry has a
date, the decision and the reason. The log of a class counts for all of its services.

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
