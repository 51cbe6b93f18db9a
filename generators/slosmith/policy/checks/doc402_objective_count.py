"""The number of objectives is not indicators x classes.

## Why

The number of objectives should be the number of indicators times the number of classes. Where a
class gives no guarantee for an indicator, it should say so. Without this, users may assume an
objective that nobody agreed to.

The check takes the indicators of all classes together. Each class needs an objective or a
`no_guarantee` for each of these indicators. Each service of a class needs an SLO at each of its
sites, or a `no_guarantee`, for each of the class's objectives.

## Bad

```yaml
# classes/stable.yaml
objectives: {availability: {target: 98%}, latency: {target: 98%, threshold: 500ms}}
# classes/batch.yaml
objectives: {availability: {target: 95%}}          # and latency?
```

## Good

```yaml
# classes/batch.yaml
objectives: {availability: {target: 95%}}
no_guarantee:
  - {indicator: latency, reason: Jobs run for hours by design., date: 2026-03-01}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Service, Workspace
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity, at


def find(workspace: Workspace, context: Context, _: NoParameters) -> Iterator[Violation]:
    indicators = list(dict.fromkeys(item.indicator for found in workspace.classes for item in found.objectives))
    count = sum(len(slo_class.objectives) for slo_class in workspace.classes)
    for slo_class in workspace.classes:
        stated = {item.indicator for item in slo_class.objectives}
        stated |= {item.indicator for item in slo_class.no_guarantees}
        gaps = [indicator for indicator in indicators if indicator not in stated]
        if gaps:
            yield Violation(
                at(slo_class.origin, "objectives"),
                f"the class has neither an objective nor a `no_guarantee:` entry for {', '.join(gaps)}:"
                f" {count} objectives, but {len(indicators)} indicators x {len(workspace.classes)} classes",
                f"add an objective, or `no_guarantee:` with indicator {gaps[0]} and the reason",
                about=slo_class,
                on_key=True,
            )
    for service in workspace.services:
        yield from _of_service(service, context)


def _of_service(service: Service, context: Context) -> Iterator[Violation]:
    slo_class = context.class_of(service)
    if slo_class is None:
        return
    given_up = {item.indicator for item in service.no_guarantees}
    has = {(slo.indicator_name, slo.site) for slo in service.slos}
    by_site = any(slo.site is not None for slo in service.slos)
    for objective in slo_class.objectives:
        if objective.indicator in given_up:
            continue
        sites: tuple[str | None, ...] = service.sites if by_site else (None,)
        gaps = [site for site in sites if (objective.indicator, site) not in has]
        if gaps:
            where = "" if gaps == [None] else f" at {', '.join(str(site) for site in gaps)}"
            yield Violation(
                at(service.origin, "name"),
                f"class '{slo_class.name}' has an objective for {objective.indicator},"
                f" and the service has no SLO for it{where}",
                f"add it, or `no_guarantee:` with indicator {objective.indicator} and the reason",
                about=service,
            )


CHECK = Check(code="DOC402", level=Severity.ERROR, of="workspace", find=find, parameters=NoParameters)
