"""A waiver names a check that cannot be waived.

## Why

Some problems make an objective meaningless, such as an expected outage that is longer than the
budget. Other problems are about waivers themselves. These problems have to be fixed and cannot be
accepted. The page of each check says whether the check can be waived.

## Bad

```yaml
waivers:
  - {code: BUD101, reason: We hope for the best., owner: ml, expires: 2026-06-30}
```

## Good

```yaml
objectives:
  availability: {target: 98%}           # what can be kept; tighten it when repair is faster
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.waivers import WaiverUse
from slosmith.problems import Severity, at


def find(use: WaiverUse, context: Context, _: NoParameters) -> Iterator[Violation]:
    if not use.waivable:
        yield Violation(
            at(use.waiver.origin, "code"),
            f"{use.waiver.code} cannot be waived",
            "fix the problem, and remove this waiver",
        )


CHECK = Check(code="WAI605", level=Severity.ERROR, of="waivers", find=find, parameters=NoParameters, waivable=False)
