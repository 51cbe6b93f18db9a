"""A service has no documentation.

## Why

The objectives of a service are an agreement between the team and its clients. Both need a page on
which they can read it. Write `documentation` in the service or in its class. Or set a pattern in
`slosmith.yaml` (`urls.documentation`).

## Bad

```yaml
name: readability
```

## Good

```yaml
name: readability
documentation: https://wikitech.wikimedia.org/wiki/SLO/Lift_Wing
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
    message = "the service has no documentation"
    hint = "add `documentation:` with the URL of the page on its objectives"
    return missing(service, service.documentation, message, hint)


CHECK = Check(code="DOC405", level=Severity.WARNING, of="service", find=find, parameters=NoParameters)
