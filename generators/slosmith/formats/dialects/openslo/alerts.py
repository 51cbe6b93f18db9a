"""OpenSLO's alert policies -> tiers of burn-rate alerts.

A condition of OpenSLO: the burn rate over ``lookbackWindow`` has been at ``threshold`` for ``alertAfter``. A tier: the
burn rate is over the threshold over a long and over a short window. So ``lookbackWindow`` becomes the long window and
``alertAfter`` the short one: a shorter burn does not alert, and the alert clears about that long after its end.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

from slosmith.formats.catalogues import Tier, Tiers
from slosmith.formats.declarations import AlertingDeclaration
from slosmith.formats.dialects.foreign import UnusableError, not_for_rules, not_supported, severity_of
from slosmith.formats.dialects.openslo.references import Documents
from slosmith.formats.values import Node
from slosmith.model import Duration
from slosmith.vocabulary.numbers import EXACT

ALERTMANAGER = "alertmanager"
"""The notification target that needs no notice: Alertmanager gets every alert."""

_FIVE_MINUTES = Duration(300_000)


def read_alerting(spec: Node, documents: Documents, rolling: Duration, *, slices: bool) -> AlertingDeclaration | None:
    """The alerting of an SLO; None if it sets nothing. Reports what is not supported, and may raise UnusableError."""
    fields: dict[str, Any] = {}
    if slices:
        # a minimum of bad events is for low traffic; the number of slices is constant
        fields["minimum_bad_events"] = Decimal(0)
    if "alertPolicies" not in spec:
        return AlertingDeclaration(origin=spec.origin, **fields) if fields else None
    place = spec.at("alertPolicies")
    policies = [policy for item in spec.items("alertPolicies") if (policy := _policy(item, documents)) is not None]
    if not policies:
        return AlertingDeclaration(origin=place, disable=True, paths={"disable": place.path}, **fields)
    windows = [window for policy in policies if (window := _tier(policy, documents, rolling)) is not None]
    if windows:
        fields["windows"] = Tiers(tiers=tuple(windows))
    else:
        fields |= {"page": False, "ticket": False, "exhaustion": False}
    no_data = [policy.values["alertWhenNoData"] for policy in policies if "alertWhenNoData" in policy]
    if no_data:
        fields["absence"] = any(no_data)
    names = ("windows", "page", "ticket", "exhaustion", "absence", "minimum_bad_events")
    return AlertingDeclaration(origin=place, paths=dict.fromkeys(names, place.path), **fields)


def _policy(item: Node, documents: Documents) -> Node | None:
    policy = documents.inline_or_named(item, "alertPolicyRef", "AlertPolicy")
    if policy is None:
        return None
    if policy.values.get("alertWhenResolved"):
        hint = "set `send_resolved` in Alertmanager's receivers"
        message = "Alertmanager, not a rule, notifies about the end of an alert"
        not_for_rules(policy, ("alertWhenResolved",), message, hint)
    targets = [
        documents.inline_or_named(target, "targetRef", "AlertNotificationTarget")
        for target in policy.items("notificationTargets")
    ]
    if any(target is not None and target.text("target") != ALERTMANAGER for target in targets):
        hint = "set routes in Alertmanager, by the labels `severity`, `team` and `sloth_service`"
        not_for_rules(policy, ("notificationTargets",), "Alertmanager, not a rule, decides where an alert goes", hint)
    return policy


def _tier(policy: Node, documents: Documents, rolling: Duration) -> Tier | None:
    """The tier of a policy's condition; None if the policy does not alert when the condition holds."""
    spec = documents.inline_or_named(policy.items("conditions")[0], "conditionRef", "AlertCondition")
    assert spec is not None  # the schema requires one of them
    if policy.values.get("alertWhenBreaching") is False:
        return None
    condition = spec.child("condition")
    assert condition is not None
    before = len(spec.problems)
    operator = condition.values.get("op", "gte")
    if operator in ("lt", "lte"):
        message = f"`op: {operator}` asks for an alert while the budget burns slowly, below the threshold"
        hint = "a burn-rate alert fires above its threshold: write `op: gte` (or `gt`)"
        not_supported(condition, ("op",), message, hint)
    severity = severity_of(spec.text("severity"))
    if severity is None:
        message = f"the severity '{spec.text('severity')[:40]}' is not known"
        not_supported(spec, ("severity",), message, "write page or ticket")
    long = _window(condition, "lookbackWindow")
    short = _short(condition, long)
    if long is None or short is None or severity is None or len(spec.problems) > before:
        raise UnusableError
    threshold = condition.number("threshold")
    assert threshold is not None
    with localcontext(EXACT):
        share = threshold * long.seconds / rolling.seconds
    if share > 1:
        message = f"a burn rate of {threshold} over {long} is more than the whole error budget of {rolling.in_days}"
        condition.report("SCH207", message, ("threshold",), f"at most {rolling.seconds / long.seconds:.3f}")
        raise UnusableError
    return Tier(long=long, short=short, severity=severity, burn_rate=threshold)


def _window(condition: Node, field: str) -> Duration | None:
    text = condition.text(field)
    return None if text.startswith("0") else Duration.parse(text)


def _short(condition: Node, long: Duration | None) -> Duration | None:
    """``alertAfter``, at least 5m; a twelfth of the long window if it is not set (SRE Workbook, chapter 5)."""
    if long is None or long <= _FIVE_MINUTES:
        hint = "write a longer one, such as 1h: each tier also has a short window, and 5m is the shortest window"
        message = f"a window of {condition.text('lookbackWindow')} is too short"
        not_supported(condition, ("lookbackWindow",), message, hint)
        return None
    if "alertAfter" in condition:
        short = _window(condition, "alertAfter") or _FIVE_MINUTES
    else:
        short = Duration(long.milliseconds // 12 // 60_000 * 60_000)
    short = max(short, _FIVE_MINUTES)
    if short >= long:
        hint = f"a twelfth of it is usual: {Duration(max(long.milliseconds // 12 // 60_000 * 60_000, 300_000))}"
        message = f"`alertAfter` must be shorter than the window of {long}, and is {short}"
        not_supported(condition, ("alertAfter",), message, hint)
        return None
    return short
