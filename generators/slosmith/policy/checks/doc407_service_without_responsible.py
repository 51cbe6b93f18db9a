"""A service does not say who is responsible.

## Why

One team runs a service, and often another team made the model in it. When an objective is missed,
it must be clear who debugs the service and who maintains the model. Write this down before it
happens.

## Bad

```yaml
team: ml
```

## Good

```yaml
team: ml
responsible: The Machine Learning team runs it; Research maintains the model.
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
    message = "the service does not say who is responsible"
    hint = "add `responsible:` with who maintains and debugs it"
    return missing(service, service.responsible, message, hint)


CHECK = Check(code="DOC407", level=Severity.WARNING, of="service", find=find, parameters=NoParameters)
