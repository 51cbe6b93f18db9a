"""A site or prometheus matcher in rules that run inside one site.

## Why

`site` and `prometheus` are external labels. A Prometheus server adds them when it sends series or
alerts to other systems (Thanos, Alertmanager). Its own series do not have them. In site scope the
rules run on that server, so a matcher on `site` selects nothing, and the objective sees no events.
In global scope the same matcher is needed.

## Bad

```yaml
scope: site
objectives:
  availability:
    target: 99%
    indicator:
      counter_ratio:
        total: http_requests_total{job="api", site="eqiad"}
        bad: http_requests_total{job="api", site="eqiad", code=~"5.."}
```

## Good

```yaml
scope: site
objectives:
  availability:
    target: 99%
    indicator:
      counter_ratio:
        total: http_requests_total{job="api"}
        bad: http_requests_total{job="api", code=~"5.."}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from slosmith.model import Slo
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.policy.expressions import place, used_selectors
from slosmith.problems import Severity
from slosmith.promql import matcher_text


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    labels: Annotated[tuple[str, ...], Meta(description="External labels of the servers.")] = ("site", "prometheus")


def find(slo: Slo, context: Context, parameters: Parameters) -> Iterator[Violation]:
    if slo.scope != "site":
        return
    for used in used_selectors(slo):
        for matcher in used.selector.matchers:
            if matcher.label in parameters.labels:
                yield Violation(
                    place(slo, used.path),
                    f"{matcher_text(matcher)} in site scope: '{matcher.label}' is an external label, which the server"
                    " itself does not have",
                    "remove the matcher, or set `scope: global`",
                )


CHECK = Check(code="SLI309", level=Severity.ERROR, of="slo", find=find, parameters=Parameters)
