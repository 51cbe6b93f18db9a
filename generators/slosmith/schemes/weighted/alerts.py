"""Burn-rate and budget alerts of one SLO. One alert a tier, so that whoever is woken knows which one fired."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from slosmith.model import Alerting, Duration
from slosmith.model.rules import AlertingRule, AlertKind
from slosmith.schemes.tiers import AlertTier, tiers
from slosmith.schemes.weighted.alert_texts import alert_rule
from slosmith.schemes.weighted.chain import Chain
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import evaluation_after, percent, percent_exact, plain, significant, time_until


def burn_rate_alerts(chain: Chain, alerting: Alerting, interval: Duration) -> list[AlertingRule]:
    """A tier fires while the error ratios of both its windows are over its threshold and the long window holds at
    least ``minimum_bad_events`` (SRE Workbook, chapter 5, with a floor for low traffic). ``interval`` is the time
    between evaluations; the comments say them.
    """
    return [_tier_alert(chain, alerting, tier, interval) for tier in tiers(chain.slo)]


def exhaustion_alerts(chain: Chain, alerting: Alerting) -> list[AlertingRule]:
    """A ticket when a budget is spent: the rolling one, and the calendar period's."""
    if not alerting.exhaustion:
        return []
    slo = chain.slo
    rolling = slo.period.rolling.in_days
    alerts = [
        _exhausted(
            chain,
            alerting,
            AlertKind.EXHAUSTED,
            tier=names.budget_tier(rolling),
            remaining=chain.series(names.PERIOD_BUDGET_REMAINING),
            bad=chain.series(names.PERIOD_BAD),
            during=f"the last {rolling}",
            meaning="Each further bad event widens the miss until older ones leave the window.",
        )
    ]
    calendar = slo.period.calendar
    if calendar is not None:
        alerts.append(
            _exhausted(
                chain,
                alerting,
                AlertKind.CALENDAR_EXHAUSTED,
                tier=names.budget_tier(calendar.name),
                remaining=chain.calendar_series(names.CALENDAR_BUDGET_REMAINING),
                bad=chain.calendar_series(names.CALENDAR_BAD),
                during=f"the current reporting period ({calendar.name})",
                meaning="At the traffic seen so far, the period misses its objective even if no further event is bad.",
            )
        )
    return alerts


def _tier_alert(chain: Chain, alerting: Alerting, tier: AlertTier, interval: Duration) -> AlertingRule:
    slo = chain.slo
    threshold = plain(tier.threshold_ratio)
    expr = f"\nand on ({chain.on})\n".join(
        [
            f"(max without ({names.WINDOW}) ({chain.series(names.error_ratio(tier.long))}) > {threshold})",
            f"(max without ({names.WINDOW}) ({chain.series(names.error_ratio(tier.short))}) > {threshold})",
            *_event_floor(chain, alerting, tier, interval),
        ]
    )
    factor, share = plain(significant(tier.factor, 3)), percent(tier.budget_share, 3)
    rolling = slo.period.rolling.in_days
    return alert_rule(
        chain,
        alerting,
        AlertKind.TIER,
        name=alerting.name,
        severity=tier.severity,
        severity_label=tier.severity_label,
        tier=tier.name,
        windows=(tier.window,),
        expr=expr,
        summary=f"{chain.title}: error budget burn rate above {factor} over {tier.long}",
        description=(
            f"{_what_was_bad(chain, tier)}; this alert fires above {percent(tier.threshold_ratio)} over both "
            f"{tier.long} and {tier.short}. The objective is {percent_exact(slo.objective.target_ratio)} over "
            f"{rolling}: {'' if _is_raw(chain) else 'with even traffic, '}{tier.long} at that rate takes {share} of "
            "its error budget."
        ),
        comment=tier_comment(tier, alerting.max_error_ratio, slo.objective.error_budget_ratio, rolling, interval),
    )


@lru_cache(maxsize=1024)
def tier_comment(
    tier: AlertTier, max_error_ratio: Decimal, budget: Decimal, rolling: str, interval: Duration
) -> tuple[str, ...]:
    """What a reviewer wants to know of a tier: when it fires, how soon, when it clears. Times are those of the
    evaluations that see it.
    """
    clamp = (
        f" (clamped: the catalogue's {percent(tier.catalogue_budget_share, 3)} would need more than "
        f"{percent(max_error_ratio)} errors)"
        if tier.clamped
        else ""
    )

    def after(seconds: Decimal | None) -> str:
        return time_until(None if seconds is None else evaluation_after(seconds, interval.seconds))

    cases = (("100%", Decimal(1)), ("50%", Decimal("0.5")), ("10%", Decimal("0.1")), ("2x budget", 2 * budget))
    detection = ", ".join(f"{said} {after(tier.detection_seconds(ratio))}" for said, ratio in cases)
    reset = tier.reset_seconds(Decimal(1))
    return (
        f"{tier.name} {tier.severity}: over {percent(tier.threshold_ratio)} errors, burn rate "
        f"{plain(significant(tier.factor, 4))}; {percent(tier.budget_share, 3)} of the {rolling} budget{clamp}.",
        f"Fires after, by error ratio: {detection}. Clears {after(reset)} after a full outage.",
    )


def _is_raw(chain: Chain) -> bool:
    """Whether the SLI is a ratio that has no events to speak of, or to count."""
    return not chain.slo.counts_events


def _what_was_bad(chain: Chain, tier: AlertTier) -> str:
    value = "{{ $value | humanizePercentage }}"
    if _is_raw(chain):
        return f"The error ratio of {chain.subject} over the last {tier.long} was {value}"
    return f"{value} of the events of {chain.subject} in the last {tier.long} were {chain.bad}"


def _event_floor(chain: Chain, alerting: Alerting, tier: AlertTier, interval: Duration) -> list[str]:
    if alerting.minimum_bad_events == 0 or _is_raw(chain):
        return []
    return [f"({chain.events(names.BAD_RATE, tier.long, interval)} >= {plain(alerting.minimum_bad_events)})"]


def _exhausted(
    chain: Chain,
    alerting: Alerting,
    kind: AlertKind,
    *,
    tier: str,
    remaining: str,
    bad: str,
    during: str,
    meaning: str,
) -> AlertingRule:
    slo = chain.slo
    expr = f"({remaining} <= 0)"
    if alerting.minimum_bad_events and not _is_raw(chain):
        expr += f"\nand on ({chain.on})\n({bad} >= {plain(alerting.minimum_bad_events)})"
    left = "{{ $value | humanizePercentage }} of the error budget is left"
    budget = percent_exact(slo.objective.error_budget_ratio)
    if _is_raw(chain):
        description = f"The mean error ratio of {chain.subject} over {during} may be {budget}, and it was: {left}."
    else:
        description = (
            f"The objective of {chain.subject} lets {budget} of the events of {during} be {chain.bad}, and that many "
            f"were: {left}. {meaning}"
        )
    return alert_rule(
        chain,
        alerting,
        kind,
        name=alerting.exhausted_name,
        severity="ticket",
        tier=tier,
        expr=expr,
        summary=f"{chain.title}: the error budget of {during} is spent",
        description=description,
        comment=(f"{tier}: the budget of {during} is spent.",),
    )
