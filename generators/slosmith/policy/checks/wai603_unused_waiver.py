"""A waiver covers nothing.

## Why

The problem no longer exists. Remove the waiver, because it would hide the next problem of this
kind. The check ignores waivers of checks that are switched off. It also ignores waivers of checks
that did not run because only some files were read.

## Bad

```yaml
runbook: https://wikitech.wikimedia.org/wiki/Machine_Learning/LiftWing/Alerts
waivers:
  - {code: ALT205, reason: The runbook is being written., owner: ml, expires: 2026-06-30}
```

## Good

```yaml
runbook: https://wikitech.wikimedia.org/wiki/Machine_Learning/LiftWing/Alerts
```
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.waivers import WaiverUse
from slosmith.problems import Severity, at


def find(use: WaiverUse, context: Context, _: NoParameters) -> Iterator[Violation]:
    waiver = use.waiver
    if use.used or not use.judged or not context.complete or date.fromisoformat(waiver.expires) < context.today:
        return
    if waiver.objective is not None and waiver.objective not in use.objectives:
        return  # WAI604 says what is wrong with it
    message, hint = f"the waiver of {waiver.code} covers nothing", "remove it"
    if waiver.notices_only:
        message = f"no notice of {waiver.code} is there to be accepted"
        hint = "remove it; an error or a warning is accepted below `waivers:`, with an owner and a date"
    yield Violation(at(waiver.origin, "code"), message, hint)


CHECK = Check(code="WAI603", level=Severity.WARNING, of="waivers", find=find, parameters=NoParameters, waivable=False)
