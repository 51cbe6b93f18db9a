"""A site is listed that no SLO covers.

## Why

Staging is used for experiments. An SLO on staging would page people for experiments, and its events
would falsify the figures of production. Declare sites without SLOs in `slosmith.yaml` with
`covered: false`.

## Bad

```yaml
# slosmith.yaml: sites: [eqiad, codfw, {name: staging, covered: false}]
sites: [eqiad, codfw, staging]
```

## Good

```yaml
sites: [eqiad, codfw]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Service
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity, at


def find(service: Service, context: Context, _: NoParameters) -> Iterator[Violation]:
    for index, name in enumerate(service.sites):
        site = context.project.site(name)
        if site is not None and not site.covered:
            about = f" ({site.description})" if site.description else ""
            yield Violation(
                at(service.origin, "sites", index),
                f"no SLO covers the site '{name}'{about}",
                "remove it from `sites:`",
            )


CHECK = Check(code="DOC411", level=Severity.ERROR, of="service", find=find, parameters=NoParameters, waivable=False)
