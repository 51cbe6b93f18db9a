"""A service does not say who its clients are.

## Why

Objectives are made for the users of a service. The users decide what matters: a bot can retry, a
person waits. They also have to agree when a target changes. Name the clients outside and inside
your organisation.

## Bad

```yaml
name: readability
```

## Good

```yaml
name: readability
clients:
  external: [researchers through the API gateway]
  internal: [changeprop]
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
    message = "the service does not say who its clients are"
    hint = "add `clients:` with external and internal ones"
    return missing(service, service.clients_external or service.clients_internal, message, hint)


CHECK = Check(code="DOC406", level=Severity.WARNING, of="service", find=find, parameters=NoParameters)
