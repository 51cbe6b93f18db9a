"""A dependency is neither a service here nor declared with its target.

## Why

The possible target of a service depends on its dependencies (BUD103). A name that is not declared
may be a typing error, and slosmith does not know its target.

## Bad

```yaml
dependencies: {hard: [mw-apii]}
```

## Good

```yaml
dependencies: {hard: [mw-api]}
# slosmith.yaml: dependencies: {mw-api: {target: 99.9%, description: The MediaWiki API}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Service
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity
from slosmith.problems.nearest import nearest


def find(service: Service, context: Context, _: NoParameters) -> Iterator[Violation]:
    declared = {dependency.name for dependency in context.project.dependencies}
    for dependency in service.dependencies:
        if dependency.service or dependency.name in declared:
            continue
        meant = nearest(dependency.name, (declared | set(context.services)) - {service.name})
        yield Violation(
            dependency.origin,
            f"the dependency '{dependency.name}' is not a service of these specs, and has no declared target",
            f"did you mean '{meant}'?" if meant else "declare it in slosmith.yaml under `dependencies:`",
        )


CHECK = Check(code="BUD104", level=Severity.WARNING, of="service", find=find, parameters=NoParameters)
