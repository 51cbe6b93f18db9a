"""An SLO is about something that does not run.

## Why

If a service is renamed or shut down, its old objectives see no events. An SLO without events looks
perfect. Each service here must match an entry of the inventory (`inventory.file` in
`slosmith.yaml`), and the workload must run at each of the service's sites. Services that are not
workloads, such as the API of a cluster, are listed in the parameter `without_workload`.

## Bad

```yaml
# inventory/all.yaml: - {namespace: llm, isvcs: {embeddings: [eqiad]}}
name: embeddings
sites: [eqiad, codfw]                   # it does not run in codfw
```

## Good

```yaml
name: embeddings
sites: [eqiad]
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from slosmith.model import Workspace
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.policy.coverage import Labels, coverage
from slosmith.problems import Severity, at


class Parameters(Labels, frozen=True, forbid_unknown_fields=True):
    without_workload: Annotated[
        tuple[str, ...], Meta(description="Services that are not workloads of the inventory.")
    ] = ()


def find(workspace: Workspace, context: Context, parameters: Parameters) -> Iterator[Violation]:
    covered = coverage(context, parameters)
    if covered is None:
        return
    for service in workspace.services:
        if service.name in parameters.without_workload:
            continue
        own = covered.workloads.get(id(service), [])
        if not own:
            yield Violation(
                at(service.origin, "name"),
                "no workload of the inventory belongs to this service's SLOs",
                "was it renamed or shut down? If it is not a workload, list it under `without_workload`",
                about=service,
            )
            continue
        running = {site for workload in own for site in workload.sites}
        for index, site in enumerate(service.sites):
            if running and site not in running:
                yield Violation(
                    at(service.origin, "sites", index),
                    f"the inventory has it at {', '.join(sorted(running))} only, not at {site}",
                    "remove the site, or bring the inventory up to date",
                    about=service,
                )


CHECK = Check(code="DOC410", level=Severity.WARNING, of="workspace", find=find, parameters=Parameters)
