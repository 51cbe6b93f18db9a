"""One pair of an alert's windows can never fire.

## Why

With `rules: sloth` an alert has several pairs of windows, a quick pair and a slow pair. The alert
fires when one of them fires. A pair can never fire if its burn rate x (1 - target) is 100 % or
more: a full outage does not reach this threshold. The alert then fires through its other pair, but
later than expected, because the quick pair should detect an outage first.

## Reported

```yaml
# slosmith.yaml: rules: sloth
period: {rolling: 30d}
objectives:
  availability: {target: 90%}           # 1h: 2% of 30 days in one hour = burn rate 14.4 = 144% errors; 6h: 60%
```

## Not reported

Rules of the default kind are clamped. With Sloth's rules, use a catalogue whose pairs fit the
target:

```yaml
windows:
  - {budget_share: 0.5%, long: 1h, short: 5m, severity: page}
  - {budget_share: 2%, long: 6h, short: 30m, severity: page}
```

If none of the pairs can fire, the check ALT202 reports an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.pairs import is_dead, listed, remedy, why_dead
from slosmith.problems import Severity


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    for alert in context.scheme.triggers(slo):
        alive = [pair for pair in alert.pairs if not is_dead(pair)]
        if not alive:
            continue  # ALT202
        for pair in alert.pairs:
            if is_dead(pair):
                yield Violation(
                    slo.origin_of("target"),
                    f"the pair {pair.name} of the {alert.severity} alert can never fire: {why_dead(slo, pair)};"
                    f" the alert fires through {listed(alive)} alone",
                    remedy(slo, pair),
                )


CHECK = Check(code="ALT209", level=Severity.WARNING, of="slo", find=find, parameters=NoParameters)
