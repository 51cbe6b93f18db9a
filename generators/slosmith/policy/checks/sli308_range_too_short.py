"""A range holds fewer than four scrapes.

## Why

`rate` needs two samples in its range. If the range is two scrape intervals, one late or failed
scrape leaves a gap, and the objective does not count the events of the gap. With four scrapes in
the range, two of them may fail.

The range of all generated rules is 5 minutes. In free PromQL the check uses the range that you
wrote. The scrape interval is the interval of the template, or the parameter `scrape_interval`.

## Bad

```yaml
bad: sum(rate(http_errors_total[{{.window}}])) or 0 * sum(rate(http_requests_total[2m]))
# scraped each minute
```

## Good

```yaml
bad: sum(rate(http_errors_total[{{.window}}])) or 0 * sum(rate(http_requests_total[{{.window}}]))
# 5m at least
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from slosmith.model import Duration, Slo
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.policy.expressions import BASE_WINDOW, place, used_selectors
from slosmith.problems import Severity

_ENOUGH = 4


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    scrape_interval: Annotated[Duration, Meta(description="Scrape interval of metrics that no template knows.")] = (
        Duration(60_000)
    )


def find(slo: Slo, context: Context, parameters: Parameters) -> Iterator[Violation]:
    template = context.template_of(slo)
    interval = parameters.scrape_interval
    if template is not None and template.scrape_interval:
        interval = Duration.parse(template.scrape_interval)
    needed = Duration(_ENOUGH * interval.milliseconds)
    for used in used_selectors(slo):
        length = used.range or BASE_WINDOW
        if length < needed:
            longer = f"use {needed} at least, or `{{{{.window}}}}`"
            yield Violation(
                place(slo, used.path),
                f"the range of {length} over {used.selector.metric or 'a selector'} holds fewer than {_ENOUGH} scrapes,"
                f" one every {interval}",
                longer if used.range else f"scrape every {_quarter()} or faster",
            )


def _quarter() -> Duration:
    return Duration(BASE_WINDOW.milliseconds // _ENOUGH)


CHECK = Check(code="SLI308", level=Severity.WARNING, of="slo", find=find, parameters=Parameters)
