"""A tier can never fire.

## Why

A tier fires while the share of errors is above burn rate x (1 - target). Where that product reaches 100 %, not even
a full outage is enough, and the alert is decoration. Rules of the default kind are clamped (ALT201), so this
happens only with `rules: sloth`, which keeps Sloth's own thresholds, whatever they are.

## Bad

```yaml
# slosmith.yaml: rules: sloth
period: {rolling: 90d}
objectives:
  availability: {target: 95%}           # 1h: 2% of 90 days in one hour = burn rate 43.2 = 216% errors
```

## Good

Leave `rules` at its default, or use a catalogue whose tiers fit the target:

```yaml
windows:
  - {budget_share: 0.5%, long: 1h, short: 5m, severity: page}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.words import about_percent, percent
from slosmith.problems import Severity
from slosmith.rules.windows import tiers


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    clamps = context.project.rules != "sloth"
    budget = slo.objective.error_budget_ratio
    for tier in tiers(slo):
        nominal = tier.catalogue_budget_share * slo.period.rolling.seconds / tier.long.seconds
        threshold = tier.threshold_ratio if clamps else nominal * budget
        if threshold >= 1:
            yield Violation(
                slo.origin_of("target"),
                f"tier {tier.name} can never fire: {percent(tier.catalogue_budget_share)} of the budget of"
                f" {percent(slo.objective.target_ratio)} over {slo.period.rolling.in_days} needs"
                f" {about_percent(threshold)} errors over {tier.long}",
                "choose a catalogue with a smaller budget_share for this window, or remove `rules: sloth`",
            )


CHECK = Check(code="ALT202", level=Severity.ERROR, of="slo", find=find, parameters=NoParameters)
