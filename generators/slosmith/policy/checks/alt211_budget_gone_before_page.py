"""A full outage can spend the whole budget before the page comes.

## Why

Rules are evaluated at intervals, usually every minute. The recorded rates cover five minutes, which
can delay an alert by up to five minutes. At very high targets, or over short periods, the whole
error budget is less than that: 99.99 % over 7 days allows 1.01 minutes of full outage. The page
then reports an objective that is already missed. No catalogue can change this.

If the traffic of the SLO is declared, the time until `minimum_bad_events` events were bad counts
too: if an objective allows one bad event, a page that waits for five is too late.

## Bad

```yaml
period: {rolling: 7d}
objectives:
  availability: {target: 99.99%}        # the budget is gone after 1.01 minutes, the page needs 1 to 6
```

## Good

```yaml
period: {rolling: 28d}
objectives:
  availability: {target: 99.95%}        # 20 minutes
```

Only systems that repair themselves can meet such a target. If you need it, waive the check with
this reason, or set `alerting: {page: {disable: true}}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity
from slosmith.schemes.first_page import first_page, too_late


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    page = first_page(slo, context.scheme, context.project.evaluation_interval)
    if page is not None and page.too_late:
        yield Violation(
            slo.origin_of("target"),
            f"the budget can be gone before the page: {too_late(page)}",
            "lower the target, or choose a longer period; `slosmith explain` shows the times",
        )


CHECK = Check(code="ALT211", level=Severity.WARNING, of="slo", find=find, parameters=NoParameters)
