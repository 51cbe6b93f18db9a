"""A regular expression is open at an end, or has anchors that do nothing.

## Why

Prometheus anchors regular expressions: an expression matches the whole value. `.*` or `.+` at an
end removes this limit. `.*wiki.*` also matches services that do not exist yet and that nobody
meant. `^` and `$` have no effect. They suggest that the author expected an expression without
anchors.

## Reported

```yaml
total: http_requests_total{service=~".*goodfaith.*"}
total: http_requests_total{service=~"^goodfaith$"}
```

## Not reported

```yaml
total: http_requests_total{service=~"[a-z]+wiki-goodfaith"}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.patterns import written_patterns
from slosmith.problems import Severity
from slosmith.promql import matcher_text

_ANCHOR = re.compile(r"\^.*|(?:.*[^\\])?\$", re.DOTALL)


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    for matcher, origin in written_patterns(slo, context):
        pattern = matcher.value
        if _ANCHOR.fullmatch(pattern):
            yield Violation(
                origin,
                f"the anchors in {matcher_text(matcher)} do nothing: Prometheus matches whole values",
                "remove ^ and $",
            )
        elif _is_open(pattern):
            yield Violation(
                origin,
                f"the regular expression in {matcher_text(matcher)} is open at an end: it will match values that do not"
                " exist yet",
                "write the values that are allowed there, such as [a-z]+ or (-canary)?",
            )


def _is_open(pattern: str) -> bool:
    """Whether a pattern begins or ends with any text (``.*``, ``.+``). A lone ``.+`` requires a label: not open."""
    if pattern in (".*", ".+"):
        return False
    return pattern.startswith((".*", ".+")) or re.search(r"(?<!\\)(?:\\\\)*\.[*+]\??$", pattern) is not None


CHECK = Check(code="SLI306", level=Severity.NOTICE, of="slo", find=find, parameters=NoParameters)
