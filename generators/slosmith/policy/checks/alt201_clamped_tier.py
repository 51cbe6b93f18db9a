"""A tier of the alert catalogue was clamped.

## Why

A catalogue gives each tier a share of the error budget. The tier fires when this share is spent
within the tier's window. A low target, or a long period whose windows do not scale with it, can
make this impossible. For example, 2 % of a 28-day budget within one hour is a burn rate of 13.44.
With a target of 95 %, this is an error ratio of 67 %. With a period of 90 days it is 216 %, which
no service can reach. A tier that needs too high an error ratio is clamped to
`alerting.max_error_ratio` (default 50 %), so that it can fire. A clamped tier fires earlier, after
a smaller share of the budget.

Clamping is usually right. The check reports the true share of the budget: the alert may fire at
1.5 % of the budget where the catalogue says 2 %.

## Reported

```yaml
objectives:
  availability: {target: 95%}
alerting: {catalogue: default}          # 1h: 2% of the budget would need 67.2% errors
```

## Not reported

```yaml
objectives:
  availability: {target: 99%}           # 1h: 2% of the budget are 13.44% errors
```

You can also write a catalogue of your own with a smaller `budget_share` for the short windows. The
tiers are then not clamped, and this check reports nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity
from slosmith.vocabulary.numbers import percent


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    # what is not clamped and cannot fire is found by ALT202 and ALT209
    for tier in context.scheme.pairs(slo):
        if not tier.clamped:
            continue
        wanted = tier.catalogue_budget_share * slo.period.rolling.seconds / tier.long.seconds
        yield Violation(
            slo.origin_of("target"),
            f"tier {tier.name} is clamped: {percent(tier.catalogue_budget_share, 3)} of the budget would need"
            f" {percent(wanted * slo.objective.error_budget_ratio, 3)} errors over {tier.long}; it fires at"
            f" {percent(tier.threshold_ratio, 3)}, when {percent(tier.budget_share, 3)} is spent",
            "accept it, or choose a catalogue with a smaller budget_share for this window",
        )


CHECK = Check(code="ALT201", level=Severity.NOTICE, of="slo", find=find, parameters=NoParameters)
