"""A service has no team.

## Why

Alerts are routed by team, and every objective needs a team that answers for it. Write `team` in the
service, in its class, or in `slosmith.yaml` for all of them.

## Bad

```yaml
name: readability
```

## Good

```yaml
name: readability
team: ml
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
    message = "the service has no team"
    hint = "add `team:` to the service, its class or slosmith.yaml"
    return missing(service, service.team, message, hint)


CHECK = Check(code="DOC403", level=Severity.WARNING, of="service", find=find, parameters=NoParameters)
