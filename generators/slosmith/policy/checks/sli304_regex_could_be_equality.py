"""A regular expression could be an equality.

## Why

`=~"eqiad"` and `="eqiad"` select the same series. The equality is clearer. It is also faster: the
server looks it up in the index and does not match an expression with every value.

## Reported

```yaml
total: http_requests_total{job=~"api"}
```

## Not reported

```yaml
total: http_requests_total{job="api"}
```

Parameters of templates are not reported, because the template chooses the operator.
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Matcher, Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.patterns import is_literal, written_patterns
from slosmith.problems import Severity
from slosmith.promql import matcher_text


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    if slo.template:
        return
    for matcher, origin in written_patterns(slo, context):
        if matcher.value and is_literal(matcher.value):
            yield Violation(
                origin,
                f"the regular expression in {matcher_text(matcher)} is a plain text",
                f"write {matcher_text(Matcher(matcher.label, '=' if matcher.op == '=~' else '!=', matcher.value))}",
            )


CHECK = Check(code="SLI304", level=Severity.NOTICE, of="slo", find=find, parameters=NoParameters)
