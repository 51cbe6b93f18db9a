"""A slow burn spends much of the budget before an alert fires.

## Why

A burn rate a little above 1 spends the whole budget before the period ends. A catalogue should have
a slow tier that detects such a burn early. There are two causes for this problem:

- The slowest tier fires only above a higher burn rate. For example, 10 % of the budget in 3 of 91
  days is a burn rate of 3.03. A service can then burn its budget three times without an alert. This
  happens if windows do not scale with the period.
- The slowest window is a large part of the period, so that much of the budget is spent before the
  tier fires.

The check computes this for one burn rate, with errors that begin after a time without errors.
Higher burn rates are detected at a smaller share of the budget. It does not look at SLOs without
tickets: `alerting: {ticket: {disable: true}}` asks for alerts about fast burns only.
[ALT208](ALT208.md) looks at the traffic that tiers need.

## Bad

10 % in three of 91 days is a burn rate of 3.03:

```yaml
# catalogues/monthly.yaml
windows:
  - {budget_share: 2%, long: 1h, short: 5m, severity: page}
  - {budget_share: 10%, long: 3d, short: 6h, severity: ticket}
# services/shop.yaml
period: {rolling: 91d}
alerting: {catalogue: monthly}
```

## Good

```yaml
period: {rolling: 91d}
alerting: {catalogue: default}          # its windows scale: the last one has 10d, and a burn rate of 1.05
```
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from slosmith.model import Slo
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.policy.places import catalogue_windows
from slosmith.problems import Severity
from slosmith.schemes.tiers import AlertTier
from slosmith.vocabulary.names import DEFAULT_CATALOGUE
from slosmith.vocabulary.numbers import number, percent


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    burn_rate: Annotated[Decimal, Meta(description="The burn rate that an alert must detect.")] = Decimal("1.1")
    budget_percent: Annotated[
        Decimal, Meta(description="The largest part of the budget, in percent, that it may spend before.")
    ] = Decimal(25)


def find(slo: Slo, context: Context, parameters: Parameters) -> Iterator[Violation]:
    if slo.alerting is None or not slo.alerting.ticket:
        return
    tiers = context.scheme.pairs(slo)
    burn = f"a burn rate of {number(parameters.burn_rate)}"
    ratio = min(parameters.burn_rate * slo.objective.error_budget_ratio, Decimal(1))
    seeing = [tier for tier in tiers if tier.threshold_ratio < ratio]
    hint = f"`catalogue: {DEFAULT_CATALOGUE}` scales with the period; or add a tier with a burn rate from 1 to"
    if not seeing:
        lowest = min(tiers, key=_factor, default=None)
        least = f": the lowest tier, {lowest.name}, fires above {number(lowest.factor)}" if lowest is not None else ""
        yield Violation(
            catalogue_windows(slo, context), f"{burn} fires no tier{least}", f"{hint} {number(parameters.burn_rate)}"
        )
        return
    first = min(seeing, key=_share)
    if first.budget_share * 100 > parameters.budget_percent:
        yield Violation(
            catalogue_windows(slo, context),
            f"{burn} spends {percent(first.budget_share, 3)} of the budget before a tier fires: the first is"
            f" {first.name}, with a window of {first.long.in_days}",
            f"{hint} {number(parameters.burn_rate)} and a shorter window",
        )


def _factor(tier: AlertTier) -> Decimal:
    return tier.factor


def _share(tier: AlertTier) -> Decimal:
    return tier.budget_share


CHECK = Check(code="ALT212", level=Severity.WARNING, of="slo", find=find, parameters=Parameters)
