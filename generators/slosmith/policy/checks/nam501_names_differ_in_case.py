"""Two names differ in case or punctuation only.

## Why

`RevertRisk` and `revertrisk` are two services for Prometheus. They are one file on the file systems
of macOS and Windows, and one title in some of Grafana's databases. `revert-risk` and `revert_risk`
are different for all tools, but people who read an alert confuse them.

## Bad

```yaml
# services/revert-risk.yaml
name: revert-risk
# services/revert_risk.yaml
name: revert_risk
```

## Good

Choose names that sound different.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slosmith.model import Service, Workspace
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity, at

_PUNCTUATION = re.compile(r"[-_.]+")


def find(workspace: Workspace, context: Context, _: NoParameters) -> Iterator[Violation]:
    seen: dict[str, Service] = {}
    for service in workspace.services:
        plain = _PUNCTUATION.sub("-", service.name.casefold())
        first = seen.setdefault(plain, service)
        if first.name == service.name:
            continue
        case_only = first.name.casefold() == service.name.casefold()
        effect = "one file on many file systems, one title in Grafana" if case_only else "hard to distinguish"
        yield Violation(
            at(service.origin, "name"),
            f"the names '{service.name}' and '{first.name}' differ in {'case' if case_only else 'punctuation'} only:"
            f" {effect}",
            f"rename one of them; the other is in {first.origin.file}",
            about=service,
        )


CHECK = Check(code="NAM501", level=Severity.ERROR, of="workspace", find=find, parameters=NoParameters)
