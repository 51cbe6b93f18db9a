"""A waiver has expired.

## Why

A waiver accepts a problem until a date. After this date the problem counts again, and the check
reports the expired waiver as an error. Fix the problem, or accept it again with a new date and a
reason that is still true. The waiver is valid through the day in `expires`. The check compares it
with today, or with the date of `--today`.

## Bad

```yaml
waivers:
  - {code: ALT205, reason: The runbook is being written., owner: ml, expires: 2025-01-31}
```

## Good

Write the runbook and remove the waiver.
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
    if date.fromisoformat(waiver.expires) >= context.today:
        return
    left = "the problem is still there: fix it" if use.used else "it is no longer needed: remove it"
    yield Violation(
        at(waiver.origin, "expires"),
        f"the waiver of {waiver.code} expired on {waiver.expires}",
        f"{left}, or ask {waiver.owner} for a new decision" if use.used else left,
    )


CHECK = Check(code="WAI601", level=Severity.ERROR, of="waivers", find=find, parameters=NoParameters, waivable=False)
