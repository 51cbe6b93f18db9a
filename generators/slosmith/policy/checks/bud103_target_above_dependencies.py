"""A target is above the product of the hard dependencies' targets.

## Why

A service cannot serve while something that it cannot do without is down. If failures are
independent, the best target that it can have is the product of its hard dependencies' targets; a
higher one counts on others doing better than they say.

The target of a dependency that is a service of this project is its own target for the same
indicator (at the same site, the lowest where it has several); any other is declared in
`slosmith.yaml` under `dependencies`, with its `target`. A dependency without a known target
counts as perfect; BUD104 reports those that nobody declared.

Only objectives named in `indicators` are compared: a dependency's availability says nothing about
latency.

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

or make the service able to run without the object store, and list it under `soft`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from slosmith.model import Dependency, Slo
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.policy.words import percent, target_at_most
from slosmith.problems import Severity
from slosmith.problems.finding import at


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    indicators: Annotated[tuple[str, ...], Meta(description="Indicators whose targets are compared.")] = (
        "availability",
    )


def find(slo: Slo, context: Context, parameters: Parameters) -> Iterator[Violation]:
    if slo.indicator_name not in parameters.indicators:
        return
    service = context.service_of(slo)
    product, factors = Decimal(1), []
    for dependency in service.dependencies:
        known = _target(dependency, slo, context) if dependency.hard else None
        if known is not None:
            product *= known
            factors.append(f"{dependency.name} {percent(known)}")
    if not factors or slo.objective.target_ratio <= product:
        return
    together = factors[0] if len(factors) == 1 else f"{' x '.join(factors)} = {percent(product)}"
    yield Violation(
        at(service.origin, "dependencies", "hard"),
        f"the target {percent(slo.objective.target_ratio)} is above the product of the hard dependencies' targets:"
        f" {together}",
        f"set the target to {target_at_most(product)} or less, or work without one of them and list it under `soft`",
    )


def _target(dependency: Dependency, slo: Slo, context: Context) -> Decimal | None:
    if not dependency.service:
        return dependency.target_ratio
    targets = [
        other.objective.target_ratio
        for service in context.services.get(dependency.name, ())
        for other in service.slos
        if other.indicator_name == slo.indicator_name and (slo.site is None or other.site in (None, slo.site))
    ]
    return min(targets, default=dependency.target_ratio)


CHECK = Check(code="BUD103", level=Severity.ERROR, of="slo", find=find, parameters=Parameters)
