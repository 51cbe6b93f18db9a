"""A runbook or dashboard is still to be written.

## Why

A runbook that says `TODO` has a valid format, but it does not help the person who is paged. The
check reports it until the link is written.

## Bad

```yaml
runbook: TODO
```

## Good

```yaml
runbook: https://wikitech.wikimedia.org/wiki/Machine_Learning/LiftWing/Alerts
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

from slosmith.model import Slo
from slosmith.policy.alert_links import alert_link
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity

_KINDS: tuple[Literal["runbook"], Literal["dashboard"]] = ("runbook", "dashboard")


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    words: Annotated[tuple[str, ...], Meta(description="Words that mean: not written yet. Case does not matter.")] = (
        "TODO", "TBD", "FIXME",
    )  # fmt: skip


def find(slo: Slo, context: Context, parameters: Parameters) -> Iterator[Violation]:
    for kind in _KINDS:
        link = alert_link(slo, kind)
        if not link:
            continue
        written = {word.casefold() for word in re.split(r"[^A-Za-z0-9]+", link)}
        found = next((word for word in parameters.words if word.casefold() in written), None)
        if found is not None:
            yield Violation(
                slo.origin_of(kind),
                f"the {kind} link is a placeholder: '{link}'",
                f"write the page, and replace {found}",
            )


CHECK = Check(code="ALT206", level=Severity.WARNING, of="slo", find=find, parameters=Parameters)
