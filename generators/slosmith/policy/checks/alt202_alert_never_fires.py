"""An alert can never fire.

## Why

A pair of windows fires while the error ratio in both windows is above burn rate x (1 - target). If
this threshold is 100 % or more, a full outage does not reach it. An alert is useless if none of its
pairs can fire.

Rules of the default kind are clamped (ALT201), so this happens only with `rules: sloth`, which
keeps the thresholds of Sloth. An alert of Sloth has several pairs of windows and fires when one of
them fires. If only some of the pairs can never fire, ALT209 reports them.

## Bad

```yaml
# slosmith.yaml: rules: sloth
period: {rolling: 30d}
objectives:
  availability: {target: 75%}           # page: 1h needs 360% errors, 6h 150%
```

## Good

Leave `rules` at its default, or use a catalogue whose pairs fit the target:

```yaml
windows:
  - {budget_share: 0.2%, long: 1h, short: 5m, severity: page}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.pairs import is_dead, remedy, why_dead
from slosmith.problems import Severity


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    scheme = context.scheme
    for alert in scheme.triggers(slo):
        if all(is_dead(pair) for pair in alert.pairs):
            reasons = "; ".join(f"{pair.name}: {why_dead(slo, pair)}" for pair in alert.pairs)
            remedies = "; ".join(f"{pair.name}: {remedy(slo, pair)}" for pair in alert.pairs)
            yield Violation(
                slo.origin_of("target"),
                f"the {alert.severity} alert can never fire ({reasons})",
                remedies if scheme.clamps else f"{remedies}; or remove `rules: {scheme.name}`",
            )


CHECK = Check(code="ALT202", level=Severity.ERROR, of="slo", find=find, parameters=NoParameters)
