"""A matcher on a label that the metric does not have.

## Why

If no series has a label, a matcher on it selects nothing, and a matcher with `!=` selects
everything. The objective then sees no events, or it sees the events that the matcher should leave
out. For example, `apiserver_request_duration_seconds` has no label `code`.

Templates list the labels of their metrics. This check looks at matchers that you add to a template.
It also looks at indicators of your own if a template knows their metrics. The check always accepts
labels from scraping (`target_labels`), labels of the project's global matchers, and metrics without
a list of labels.

## Bad

```yaml
histogram_latency:
  buckets: apiserver_request_duration_seconds_bucket{job="k8s-api", code!~"5.."}
  total: apiserver_request_duration_seconds_count{job="k8s-api", code!~"5.."}
```

## Good

```yaml
histogram_latency:
  buckets: apiserver_request_duration_seconds_bucket{job="k8s-api"}
  total: apiserver_request_duration_seconds_count{job="k8s-api"}
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
from slosmith.policy.metrics import known_metric
from slosmith.problems import Severity
from slosmith.problems.nearest import suggestion
from slosmith.sli.template import Narrowing, Reference, SelectorTemplate, Template


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    target_labels: Annotated[
        tuple[str, ...], Meta(description="Labels that are added by scraping or by the server.")
    ] = (
        "job", "instance", "site", "prometheus", "cluster", "namespace", "pod", "node", "container", "service",
        "endpoint", "app", "kubernetes_namespace", "kubernetes_pod_name", "env", "environment", "region",
        "zone", "replica",
    )  # fmt: skip


def find(slo: Slo, context: Context, parameters: Parameters) -> Iterator[Violation]:
    template = context.template_of(slo)
    accepted = {"__name__", "le", *parameters.target_labels, *(label for label, _ in context.project.global_matchers)}
    renamed = 0
    if template is not None:
        own, choosable = context.memo(("labels of", template.name), lambda: _own_labels(template))
        accepted |= own
        renamed = len(choosable)
    for used in used_selectors(slo):
        known = known_metric(used.selector.metric, context, slo.template)
        if known is None or not known.labels:
            continue
        labels = dict.fromkeys(matcher.label for matcher in used.selector.matchers)
        unknown = [label for label in labels if label not in known.labels and label not in accepted]
        # labels that a parameter names come first in the template's selectors; the user decides what they are
        for label in unknown[renamed:]:
            yield Violation(
                place(slo, used.path),
                f"{used.selector.metric} has no label '{label}'",
                suggestion(label, known.labels, "its labels"),
            )


def _own_labels(template: Template) -> tuple[frozenset[str], frozenset[str]]:
    """Labels that the template itself matches on (scraping may add them), and its parameters that name a label."""
    own: set[str] = set()
    choosable: set[str] = set()
    for indicator in template.indicators.values():
        parts: list[SelectorTemplate | Narrowing] = [*indicator.select, *indicator.bad, *indicator.good]
        for item in (item for part in parts for item in part.match):
            if isinstance(item.label, Reference):
                choosable.add(item.label.parameter)
            else:
                own.add(item.label)
    defaults = {name: template.parameters[name].default for name in choosable if name in template.parameters}
    own.update(str(default) for default in defaults.values() if default)
    return frozenset(own), frozenset(choosable)


CHECK = Check(code="SLI303", level=Severity.ERROR, of="slo", find=find, parameters=Parameters)
