"""One pair of an alert's windows can never fire.

## Why

With `rules: sloth` an alert has several pairs of windows, a quick one and a slow one, and fires
when any of them does. A pair whose burn rate x (1 - target) reaches 100 % cannot, not even in a
full outage. The alert still comes through its other pair, but later than one may think: the quick
pair is the one that should notice an outage first.

## Reported

```yaml
# slosmith.yaml: rules: sloth
period: {rolling: 90d}
objectives:
  availability: {target: 95%}           # 1h: 2% of 90 days in one hour = burn rate 43.2 = 216% errors; 6h: 90%
```

## Not reported

Rules of the default kind, which are clamped, or a catalogue whose pairs fit the target:

```yaml
windows:
  - {budget_share: 0.5%, long: 1h, short: 5m, severity: page}
  - {budget_share: 2%, long: 6h, short: 30m, severity: page}
```

An alert none of whose pairs can fire is an error, ALT202.
"""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Slo
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.policy.pairs import is_dead, listed, remedy, why_dead
from slosmith.problems import Severity
from slosmith.schemes.firing import sloth_alerts


def find(slo: Slo, context: Context, _: NoParameters) -> Iterator[Violation]:
    if context.project.rules != "sloth":
        return
    for alert in sloth_alerts(slo):
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
