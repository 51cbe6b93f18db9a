"""Something that runs has no SLO.

## Why

If a service has no objective, its quality is not agreed, and it is missing from the dashboards. The
inventory (`inventory.file` in `slosmith.yaml`) lists what runs. Each of its entries needs a service
here with SLOs that count the events of the workload. Workloads that need no SLO are listed in
`inventory.exclude`.

A service covers a workload if it has the name of the workload or of its namespace, or if its
selectors match the namespace and the name of the workload.

## Bad

```yaml
# inventory/all.yaml
- {namespace: readability, isvcs: {readability: [eqiad, codfw]}}
# and no slo_specs/services/readability.yaml
```

## Good

```yaml
# slosmith.yaml
inventory: {file: inventory/all.yaml, exclude: [kube-system]}
# services/readability.yaml
name: readability
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Workspace
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.policy.coverage import Labels, coverage
from slosmith.problems import Severity, at
from slosmith.problems.nearest import nearest


def find(workspace: Workspace, context: Context, parameters: Labels) -> Iterator[Violation]:
    covered = coverage(context, parameters)
    if covered is None:
        return
    settings = context.project.inventory
    excluded = set(settings.exclude) if settings is not None else set()
    for workload, services in covered.services.items():
        if services or excluded & {workload.name, workload.namespace, f"{workload.namespace}/{workload.name}"}:
            continue
        where = f" (namespace {workload.namespace})" if workload.namespace not in ("", workload.name) else ""
        meant = nearest(workload.name, context.services)
        yield Violation(
            at(context.project.origin, "inventory", "file"),
            f"'{workload.name}'{where} runs, and no SLO counts its events",
            f"is '{meant}' meant for it? Its selectors do not match" if meant
            else "write a spec for it, or list it under `inventory.exclude:`",
        )  # fmt: skip


CHECK = Check(code="DOC409", level=Severity.WARNING, of="workspace", find=find, parameters=Labels)
