"""A waiver names a check or an objective that does not exist.

## Why

Such a waiver has no effect, and its author believes that it has one.

## Bad

```yaml
waivers:
  - {code: ALR205, reason: The runbook is being written., owner: ml, expires: 2026-06-30}
```

## Good

```yaml
waivers:
  - {code: ALT205, reason: The runbook is being written., owner: ml, expires: 2026-06-30}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.waivers import WaiverUse
from slosmith.problems import Severity, at
from slosmith.problems.nearest import suggestion


def find(use: WaiverUse, context: Context, _: NoParameters) -> Iterator[Violation]:
    waiver = use.waiver
    if waiver.code not in use.codes:
        hint = suggestion(waiver.code, use.codes, "checks") or "`slosmith checks` lists them"
        yield Violation(at(waiver.origin, "code"), f"there is no check {waiver.code} to waive", hint)
    if waiver.objective is not None and waiver.objective not in use.objectives:
        yield Violation(
            at(waiver.origin, "objective"),
            f"there is no objective '{waiver.objective}' here to waive {waiver.code} for",
            suggestion(waiver.objective, use.objectives, "objectives"),
        )


CHECK = Check(code="WAI604", level=Severity.ERROR, of="waivers", find=find, parameters=NoParameters, waivable=False)
