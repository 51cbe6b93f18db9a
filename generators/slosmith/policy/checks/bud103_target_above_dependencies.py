"""A target is above the product of the hard dependencies' targets.

## Why

A service is down while one of its hard dependencies is down. If failures are independent, the best
target of the service is the product of the targets of its hard dependencies. A higher target works
only if the dependencies do better than their own targets.

The check finds the target of a dependency in one of two places. If the dependency is a service of
this project, the check uses the target of that service for the same indicator and site, and the
lowest one if there are several. Any other dependency is declared in `slosmith.yaml` under
`dependencies`, with its `target`. A dependency without a known target counts as 100 %. BUD104
reports dependencies that are not declared.

The check compares only the objectives of the parameter `indicators`. The availability of a
dependency says nothing about latency.

## Bad

```yaml
# slosmith.yaml: dependencies: {mw-api: {target: 99.9%}, object-store: {target: 99.5%}}
objectives:
  availability: {target: 99.9%}        # 99.9% x 99.5% = 99.4005%
dependencies: {hard: [mw-api, object-store]}
```

## Good

```yaml
objectives:
  availability: {target: 99%}
dependencies: {hard: [mw-api, object-store]}
```

Or make the service work without the object store, and list the object store under `soft`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from slosmith.model import Slo
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.policy.dependencies import hard_limit
from slosmith.policy.fitting_targets import target_at_most
from slosmith.policy.places import target_or
from slosmith.problems import Severity
from slosmith.vocabulary.numbers import percent_exact


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    indicators: Annotated[tuple[str, ...], Meta(description="Indicators whose targets are compared.")] = (
        "availability",
    )


def find(slo: Slo, context: Context, parameters: Parameters) -> Iterator[Violation]:
    if slo.indicator_name not in parameters.indicators:
        return
    service, limit = context.service_of(slo), hard_limit(slo, context)
    if limit is None or slo.objective.target_ratio <= limit.ratio:
        return
    yield Violation(
        target_or(slo, service, "dependencies", "hard"),
        f"the target {percent_exact(slo.objective.target_ratio)} is above the product of the hard dependencies'"
        f" targets: {limit.words}",
        f"set the target to {target_at_most(limit.ratio)} or less, or make the service work without one of them and"
        " list that one under `soft`",
    )


CHECK = Check(code="BUD103", level=Severity.ERROR, of="slo", find=find, parameters=Parameters)
