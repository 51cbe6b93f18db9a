"""A label is set on an SLO that is grouped by it.

## Why

`group_by` makes one series for each value of a label. Prometheus writes a label of `labels` over
the label of the same name in each of these series. The series then have equal labels, the rule
fails ("vector contains metrics with the same labelset"), and the objective has no value.

## Bad

```yaml
group_by: [model]
labels: {model: all}
```

## Good

```yaml
group_by: [model]
labels: {family: revertrisk}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity, at
from slosmith.vocabulary import names

_OWN = frozenset({
    *names.IDENTITY, names.WINDOW, names.REVISION, names.SEVERITY, names.TIER, names.TEAM, names.CALENDAR, names.SITE,
    names.CLASS, names.INDICATOR,
})  # fmt: skip


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    if not slo.group_by:
        return
    alerting = slo.alerting
    sources = [("labels", slo.labels)]
    if alerting is not None:
        sources += [("labels", alerting.labels), ("page_labels", alerting.page_labels)]
        sources += [("ticket_labels", alerting.ticket_labels)]
    for field, labels in sources:
        for label, _value in labels:
            if label in slo.group_by:
                yield Violation(
                    at(slo.origin_of(field), label),
                    f"the label '{label}' overwrites a label that the SLO is grouped by",
                    "rename the label, or group by another one",
                    on_key=True,
                )
    for index, label in enumerate(slo.group_by):
        if label in _OWN:
            yield Violation(
                at(slo.origin_of("group_by"), index),
                f"the SLO is grouped by '{label}', which slosmith sets itself",
                "group by another label",
            )


CHECK = Check(code="NAM503", level=Severity.ERROR, of="slo", find=find, parameters=NoParameters)
