"""A waiver has expired.

## Why

A waiver accepts a problem until a date. After it, the problem counts again, and this error says
that somebody has to decide anew: mend it, or accept it for another while, with a reason that is
still true. The last day of a waiver is the day that `expires` names; the date of judgement is
today, or what `--today` says.

## Bad

```yaml
waivers:
  - {code: ALT205, reason: The runbook is being written., owner: ml, expires: 2025-01-31}
```

## Good

The runbook, and no waiver.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.waivers import WaiverUse
from slosmith.problems import Severity
from slosmith.problems.finding import at


def find(use: WaiverUse, context: Context, _: NoParameters) -> Iterator[Violation]:
    waiver = use.waiver
    if date.fromisoformat(waiver.expires) >= context.today:
        return
    left = "the problem is still there: mend it" if use.used else "it is no longer needed: remove it"
    yield Violation(
        at(waiver.origin, "expires"),
        f"the waiver of {waiver.code} expired on {waiver.expires}",
        f"{left}, or let {waiver.owner} decide anew" if use.used else left,
    )


CHECK = Check(code="WAI601", level=Severity.ERROR, of="waivers", find=find, parameters=NoParameters, waivable=False)
