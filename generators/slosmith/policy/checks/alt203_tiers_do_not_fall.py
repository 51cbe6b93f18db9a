"""Thresholds do not fall from tier to tier.

## Why

A longer window detects slower burning. Its burn rate must therefore be lower than the burn rate of
every shorter window. If a tier has the same burn rate as a faster tier, or a higher one, it fires
only after the faster tier. It adds a second notification and nothing else.

## Bad

5 % in three hours is a burn rate of 11.2, and 20 % in six hours is 22.4:

```yaml
windows:
  - {budget_share: 5%, long: 3h, short: 15m, severity: page}
  - {budget_share: 20%, long: 6h, short: 30m, severity: ticket}
```

## Good

```yaml
windows:
  - {budget_share: 5%, long: 3h, short: 15m, severity: page}
  - {budget_share: 8%, long: 6h, short: 30m, severity: ticket}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.places import catalogue_windows
from slosmith.problems import Severity
from slosmith.schemes.tiers import AlertTier, all_tiers
from slosmith.vocabulary.numbers import number, percent


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    for faster, slower in pairwise(all_tiers(slo)):
        if _burn_rate(slo, slower) >= _burn_rate(slo, faster):
            yield Violation(
                catalogue_windows(slo, context),
                f"thresholds do not fall: tier {_described(slo, slower)} fires no earlier than tier"
                f" {_described(slo, faster)}",
                f"give tier {slower.name} a smaller budget_share, or remove it",
            )


def _burn_rate(slo: Slo, tier: AlertTier) -> Decimal:
    """The catalogue's own, before clamping."""
    return tier.catalogue_budget_share * slo.period.rolling.seconds / tier.long.seconds


def _described(slo: Slo, tier: AlertTier) -> str:
    share = percent(tier.catalogue_budget_share, 3)
    return f"{tier.name} ({share} in {tier.long}, burn rate {number(_burn_rate(slo, tier))})"


CHECK = Check(code="ALT203", level=Severity.ERROR, of="slo", find=find, parameters=NoParameters)
