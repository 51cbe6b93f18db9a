"""A severity has no mapping.

## Why

Alerts have the severities `page` and `ticket`: tiers, the alert on missing data, and the alerts on
spent budgets. Alertmanager routes alerts by the label `severity`, and organisations use different
values for it (`critical`, `warning`). `severities` in `slosmith.yaml` maps each severity to a value
of the label. Without a mapping, the alert would reach nobody.

## Bad

```yaml
# slosmith.yaml
severities: {page: critical}            # and the default catalogue has tickets
```

## Good

```yaml
# slosmith.yaml
severities: {page: critical, ticket: warning}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity, at


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    if slo.alerting is None or not context.scheme.adds_severity(slo):
        return
    mapped = {severity for severity, label in slo.alerting.severities if label.strip()}
    # of tiers, and of the alerts on missing data and on spent budgets
    for severity in dict.fromkeys(alert.severity for alert in context.scheme.alerts(slo)):
        if severity not in mapped:
            yield Violation(
                at(context.project.origin, "severities"),
                f"the severity '{severity}' has no mapping to a value of the severity label",
                f"add it to `severities:`, such as `{severity}: {'critical' if severity == 'page' else 'warning'}`",
            )


CHECK = Check(code="ALT207", level=Severity.ERROR, of="slo", find=find, parameters=NoParameters)
