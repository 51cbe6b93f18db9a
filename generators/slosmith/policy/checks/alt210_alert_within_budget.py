"""An alert fires while the objective is being met.

## Why

A tier fires while the error ratio is above burn rate x (1 - target). At a burn rate of 1 the budget
is spent exactly at the end of the period. Below 1 the budget lasts longer than the period, so the
service meets its objective while the alert fires. There are two causes:

- `max_error_ratio` is below the error budget, 1 - target. Every tier with a higher threshold is
  clamped to `max_error_ratio` (ALT201), and its burn rate is then below 1. The check reports every
  clamped tier with a burn rate below 1.
- A catalogue gives the tier a share of the budget that is smaller than the window's share of the
  period. For example, 10 % in three of 28 days is a burn rate of 0.933. The check reports such a
  tier if its burn rate is below the parameter `burn_rate`. A tier with a burn rate of exactly 1
  fires only above it, and is not reported. For a built-in catalogue that keeps the windows of
  another tool, this is a notice.

## Bad

```yaml
objectives:
  availability: {target: 70%}           # the budget is 30 % of the events
alerting: {max_error_ratio: 20%}        # every tier fires at 20 % errors or less, two thirds of the budget
```

## Good

```yaml
objectives:
  availability: {target: 70%}
alerting: {max_error_ratio: 80%}
```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from slosmith.model import Origin, Slo
from slosmith.policy.check import Check, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity
from slosmith.schemes.tiers import AlertTier
from slosmith.vocabulary.names import DEFAULT_CATALOGUE
from slosmith.vocabulary.numbers import number, percent, percent_exact


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    burn_rate: Annotated[
        Decimal, Meta(description="A tier that is not clamped is reported if its burn rate is below this value.")
    ] = Decimal(1)


def find(slo: Slo, context: Context, parameters: Parameters) -> Iterator[Violation]:
    tiers = context.scheme.pairs(slo)
    clamped = [tier for tier in tiers if tier.clamped and tier.factor < 1]
    if clamped:
        yield _clamped(slo, clamped)
    for tier in tiers:
        if not tier.clamped and tier.factor < parameters.burn_rate:
            yield _written(slo, tier, context)


def _clamped(slo: Slo, tiers: Sequence[AlertTier]) -> Violation:
    """One violation for all tiers: the same max_error_ratio clamps all of them."""
    budget, alerting = slo.objective.error_budget_ratio, slo.alerting
    assert alerting is not None  # it has tiers
    return Violation(
        _place(slo, "max_error_ratio"),
        f"{'tiers' if len(tiers) > 1 else 'tier'} {', '.join(map(_at, tiers))} would fire while the objective is met:"
        f" the budget is {percent_exact(budget)}, and tiers are clamped to max_error_ratio,"
        f" {percent_exact(alerting.max_error_ratio)}",
        f"set `max_error_ratio:` well above {percent_exact(budget)}",
    )


def _written(slo: Slo, tier: AlertTier, context: Context) -> Violation:
    alerting = slo.alerting
    assert alerting is not None
    builtin = any(
        catalogue.name == alerting.catalogue and not catalogue.origin.file for catalogue in context.project.catalogues
    )
    share = tier.long.seconds / slo.period.rolling.seconds
    where = f"in the catalogue '{alerting.catalogue}', " if alerting.catalogue else ""
    higher = f"{where}give it a budget_share above {percent(share, 3)}"
    return Violation(
        _place(slo, "catalogue"),
        f"tier {_at(tier)} fires while the objective is met:"
        f" the budget is {percent_exact(slo.objective.error_budget_ratio)}",
        f"choose the catalogue `{DEFAULT_CATALOGUE}`" if builtin else higher,
        at_most=Severity.NOTICE if builtin else None,
    )


def _at(tier: AlertTier) -> str:
    return f"{tier.name} (at {percent(tier.threshold_ratio, 3)} errors, burn rate {number(tier.factor)})"


def _place(slo: Slo, field: str) -> Origin:
    """Where ``field`` is written; where it is a default, the place of the target."""
    origin = slo.origin_of(field)
    return origin if origin.file else slo.origin_of("target")


CHECK = Check(code="ALT210", level=Severity.WARNING, of="slo", find=find, parameters=Parameters)
