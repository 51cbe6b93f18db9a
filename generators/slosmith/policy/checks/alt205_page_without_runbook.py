"""An SLO pages, and there is no runbook.

## Why

The person who is paged needs to know what to do. Write `runbook` in the service, in its class or in
one objective. Or set a pattern for all of them in `slosmith.yaml` (`urls.runbook`).

## Bad

```yaml
name: revertrisk-wikidata
alerting: {catalogue: default}          # two of its tiers page
```

## Good

```yaml
name: revertrisk-wikidata
runbook: https://wikitech.wikimedia.org/wiki/Machine_Learning/LiftWing/Alerts
```

Or switch off the pages: `alerting: {page: {disable: true}}`. An alert on missing data that pages
(`alerting: {absence: {severity: page}}`) needs a runbook too.
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.model.rules import AlertKind
from slosmith.policy.alert_links import alert_link
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity, at


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    paging = [tier.name for tier in context.scheme.pairs(slo) if tier.severity == "page"]
    alerts = context.scheme.alerts(slo)
    paging += ["missing data" for alert in alerts if alert.kind is AlertKind.ABSENT and alert.severity == "page"]
    if paging and not alert_link(slo, "runbook"):
        yield Violation(
            at(context.service_of(slo).origin, "name"),
            f"{' and '.join(paging)} {'page' if len(paging) > 1 else 'pages'}, and there is no runbook",
            "add `runbook:` with the URL of a page that says what to do",
        )


CHECK = Check(code="ALT205", level=Severity.WARNING, of="slo", find=find, parameters=NoParameters)
