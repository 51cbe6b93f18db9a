"""The states of alerts at the evaluations of a test, with ``for`` and ``keep_firing_for``."""

from __future__ import annotations

from collections.abc import Sequence

from slosmith.model import Duration
from slosmith.model.rules import AlertingRule

NONE, PENDING, FIRING = "", "pending", "firing"


def state(rule: AlertingRule, active: Sequence[bool | None], every: Duration) -> str | None:
    """The state of ``rule`` at the last of some evaluations, ``every`` apart. ``active`` says for each of them, oldest
    first, whether the expression gives the alert; None: it is not known. None: the state is not known.

    As method ``AlertingRule.Eval`` of Prometheus (rules/alerting.go).
    """
    hold, keep = (0 if time is None else time.milliseconds for time in (rule.hold, rule.keep))
    if not active or active[-1] is None:
        return None
    if not hold and not keep:
        return FIRING if active[-1] else NONE
    if None in active:
        return None
    now, since, kept = NONE, 0, 0
    for number, holds in enumerate(active):
        at = number * every.milliseconds
        if holds:
            since = at if now == NONE else since
            now = FIRING if now == FIRING or at - since >= hold else PENDING
            kept = 0
        elif now == FIRING and keep:
            kept = kept or at
            now = FIRING if at - kept < keep else NONE
        else:
            now = NONE
    return now
