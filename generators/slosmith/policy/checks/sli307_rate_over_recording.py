"""A rate over something that was summed before.

## Why

A counter falls to zero when its process restarts, and `rate` corrects this. The sum of many
counters falls only a little when one of them restarts. `rate` takes this for a restart of the whole
sum, and its result jumps by the value of the sum. Apply `rate` to raw counters, inside every `sum`.
Do not apply it to a recorded sum. Names of recorded series have colons.

## Bad

```yaml
total: sum(rate(job:http_requests:sum[{{.window}}]))
total: rate(sum(http_requests_total)[{{.window}}:])
```

## Good

```yaml
total: sum(rate(http_requests_total[{{.window}}]))
```
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated

from msgspec import Meta, Struct

from slosmith.model import BooleanGauge, Freshness, GaugeThreshold, Indicator, Slo
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.policy.expressions import place, queries, used_selectors
from slosmith.problems import Severity
from slosmith.promql.ast import Aggregate, Call, Node, Subquery, VectorSelector, walk

_RATES = frozenset({"rate", "irate", "increase", "resets"})


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    allowed: Annotated[
        tuple[str, ...], Meta(description="Recording rules that keep each raw counter as a series of its own.")
    ] = ()


def find(slo: Slo, context: Context, parameters: Parameters) -> Iterator[Violation]:
    hint = "take the rate of the raw counters, and sum the rates"
    if not isinstance(slo.indicator, BooleanGauge | GaugeThreshold | Freshness):
        found = queries(slo.indicator)
        for used in () if found else used_selectors(slo):
            metric = used.selector.metric
            if ":" in metric and metric not in parameters.allowed:
                message = f"a rate is taken of {metric}, but names with colons belong to recording rules"
                yield Violation(place(slo, used.path), message, hint)
    for field, what in _in_queries(slo.indicator):
        if what not in parameters.allowed:
            yield Violation(place(slo, (field,)), f"a rate is taken of {what}", hint)


@lru_cache(maxsize=4096)
def _in_queries(indicator: Indicator) -> tuple[tuple[str, str], ...]:
    """The field and the argument of each rate over a recording or a sum."""
    return tuple(
        (field, what)
        for field, expression in queries(indicator)
        for node in walk(expression.node)
        if isinstance(node, Call) and node.function in _RATES
        for what in _summed(node.arguments)
    )


def _summed(arguments: tuple[Node, ...]) -> Iterator[str]:
    for argument in arguments:
        if isinstance(argument, VectorSelector) and ":" in argument.metric:
            yield argument.metric
        elif isinstance(argument, Subquery) and any(isinstance(inner, Aggregate) for inner in walk(argument.expr)):
            yield "a sum"


CHECK = Check(code="SLI307", level=Severity.ERROR, of="slo", find=find, parameters=Parameters)
