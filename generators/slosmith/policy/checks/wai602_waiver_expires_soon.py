"""A waiver expires soon.

## Why

An expired waiver is an error, and it stops generation (WAI601). This warning comes earlier, while
there is time to fix the problem.

## Reported

```yaml
# judged on 2026-03-10
waivers:
  - {code: ALT205, reason: The runbook is being written., owner: ml, expires: 2026-03-31}
```

## Not reported

```yaml
waivers:
  - {code: ALT205, reason: The runbook is being written., owner: ml, expires: 2026-06-30}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.policy.waivers import WaiverUse
from slosmith.problems import Severity, at
from slosmith.vocabulary.numbers import plural


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    days: Annotated[int, Meta(description="A waiver is reported this number of days before its end.", ge=0)] = 30


def find(use: WaiverUse, context: Context, parameters: Parameters) -> Iterator[Violation]:
    waiver = use.waiver
    left = (date.fromisoformat(waiver.expires) - context.today).days
    if 0 <= left <= parameters.days:
        when = "today" if left == 0 else f"in {plural(left, 'day')}"
        yield Violation(
            at(waiver.origin, "expires"),
            f"the waiver of {waiver.code} expires {when}",
            f"{waiver.owner}: fix the problem before {waiver.expires} is over",
        )


CHECK = Check(code="WAI602", level=Severity.WARNING, of="waivers", find=find, parameters=Parameters, waivable=False)
