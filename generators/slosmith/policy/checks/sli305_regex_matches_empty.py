"""A regular expression matches the empty text.

## Why

If a series does not have a label, Prometheus treats the value of the label as empty.
`service=~".*"` and `code=~"5..|"` therefore also select series without the label. Such series may
come from another exporter, or from a version that no longer writes the label. `!~` with such an
expression leaves these series out. Neither case gives a message.

## Bad

```yaml
total: http_requests_total{service=~".*"}
```

## Good

```yaml
total: http_requests_total{service=~".+"}        # has a service
total: http_requests_total                       # any series at all
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.patterns import written_patterns
from slosmith.problems import Severity
from slosmith.promql import matcher_text
from slosmith.promql.regex import Regex


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    for matcher, origin in written_patterns(slo, context):
        if not Regex(matcher.value).matches(""):
            continue
        effect = "selects" if matcher.op == "=~" else "leaves out"
        yield Violation(
            origin,
            f"the regular expression in {matcher_text(matcher)} matches the empty text, so it {effect} series without"
            f" '{matcher.label}'",
            "use `+` instead of `*`, or remove the empty alternative; or remove the matcher",
        )


CHECK = Check(code="SLI305", level=Severity.WARNING, of="slo", find=find, parameters=NoParameters)
