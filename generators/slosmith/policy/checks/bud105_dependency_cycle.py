"""Services depend on each other in a circle.

## Why

If services depend on each other in a circle, none of them can start or recover before the others,
and no target can be derived from another target. Either one of the dependencies is not hard, or the
services are in fact one service.

## Bad

```yaml
# services/scores.yaml
dependencies: {hard: [features]}
# services/features.yaml
dependencies: {hard: [scores]}
```

## Good

```yaml
# services/features.yaml
dependencies: {soft: [scores]}
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from slosmith.model import Dependency, Workspace
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity

_Graph = Mapping[str, Mapping[str, Dependency]]


def find(workspace: Workspace, context: Context, _: NoParameters) -> Iterator[Violation]:
    graph = {
        name: {
            dependency.name: dependency
            for service in services
            for dependency in service.dependencies
            if dependency.hard and dependency.name in context.services
        }
        for name, services in sorted(context.services.items())
    }
    for cycle in _cycles(graph):
        closing = graph[cycle[-1]][cycle[0]]
        way = " -> ".join((*cycle, cycle[0]))
        yield Violation(
            closing.origin,
            f"hard dependencies form a cycle: {way}",
            "find a dependency that its service can work without for a while, and list it under `soft`",
            about=context.services[cycle[-1]][0],
        )


def _cycles(graph: _Graph) -> Iterator[list[str]]:
    """One cycle for each edge that leads back to a service on the current path. Each service is visited once."""
    done: set[str] = set()
    for start in graph:
        if start in done:
            continue
        way, place = [start], {start: 0}
        steps = [iter(sorted(graph[start]))]
        while steps:
            following = next(steps[-1], None)
            if following is None:
                steps.pop()
                done.add(way[-1])
                del place[way.pop()]
            elif following in place:
                yield way[place[following] :]
            elif following not in done:
                place[following] = len(way)
                way.append(following)
                steps.append(iter(sorted(graph[following])))


CHECK = Check(code="BUD105", level=Severity.ERROR, of="workspace", find=find, parameters=NoParameters)
