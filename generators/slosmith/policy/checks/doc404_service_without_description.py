"""A service has no description.

## Why

People who read a dashboard or an alert need to know what the service does. One sentence is enough.

## Bad

```yaml
name: readability
```

## Good

```yaml
name: readability
description: Scores how hard a Wikipedia article is to read.
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
    message = "the service has no description"
    hint = "add `description:` with a sentence on what it does"
    return missing(service, service.description, message, hint)


CHECK = Check(code="DOC404", level=Severity.WARNING, of="service", find=find, parameters=NoParameters)
