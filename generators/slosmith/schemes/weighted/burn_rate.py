"""The burn-rate alerts of one SLO: one for each tier, so that people know which tier fired."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from slosmith.model import DAY, Alerting, Duration, Slo
from slosmith.model.rules import AlertingRule, AlertKind
from slosmith.schemes.chain import Chain
from slosmith.schemes.detection import TYPICAL, clears_after, declared_rate, tier_fires_after
from slosmith.schemes.floors import DEVIATIONS, SHIFT, Floor, floor
from slosmith.schemes.scheme import Alert, Trigger
from slosmith.schemes.tiers import FIVE_MINUTES, AlertTier, tiers
from slosmith.schemes.weighted.alert_texts import alert, annotated
from slosmith.schemes.weighted.budget_text import left
from slosmith.schemes.weighted.ranges import last_known, windows_delay
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import event_count, percent, percent_exact, plain, significant, time_until


def triggers(slo: Slo) -> tuple[Trigger, ...]:
    """One for each tier, fastest first."""
    return _triggers(tiers(slo))


@lru_cache(maxsize=1024)
def _triggers(found: tuple[AlertTier, ...]) -> tuple[Trigger, ...]:
    return tuple(Trigger(tier.severity, (tier,)) for tier in found)


def alerts(slo: Slo, alerting: Alerting) -> Iterator[Alert]:
    """One for each tier, fastest first."""
    for trigger in triggers(slo):
        (tier,) = trigger.pairs
        window = tier.window
        yield alert(
            slo,
            alerting,
            AlertKind.TIER,
            alerting.name,
            tier.name,
            tier.severity,
            tier.severity_label,
            trigger=trigger,
            hold=window.hold,
            keep=window.keep,
        )


def rule(chain: Chain, alerting: Alerting, alert: Alert, interval: Duration) -> AlertingRule:
    """A tier fires while the error ratios of both windows are above its threshold, and the long window has enough bad
    events (SRE Workbook, chapter 5, with a floor for low traffic). ``interval`` is the time between
    two evaluations. The comments of the rule depend on it.
    """
    assert alert.trigger is not None
    slo, (tier,) = chain.slo, alert.trigger.pairs
    threshold = plain(tier.threshold_ratio)
    expr = f"\nand on ({chain.on})\n".join(
        [
            f"(max without ({names.WINDOW}) ({chain.series(names.error_ratio(tier.long))}) > {threshold})",
            _short(chain, tier, threshold),
            *_enough(chain, tier),
        ]
    )
    factor, share = plain(significant(tier.factor, 3)), percent(tier.budget_share, 3)
    rolling = slo.period.rolling.in_days
    texts = annotated(
        slo,
        alerting,
        alert,
        summary=f"{chain.title}: error budget burn rate above {factor} over {tier.long}",
        description=(
            f"{_what_was_bad(chain, tier)}. The alert fires above {percent(tier.threshold_ratio)} over {tier.long} and "
            f"over {tier.short}. The objective is {percent_exact(slo.objective.target_ratio)} over {rolling}. "
            f"At least {share} of its error budget was spent in the last {tier.long}"
            f"{' (if traffic is even)' if slo.counts_events else ''}."
        ),
        budget=left(chain, tier),
    )
    comment = (
        *tier_comment(tier, alerting.max_error_ratio, rolling),
        *_times(slo, alert, interval),
        *_without_data(tier),
    )
    return alert.rule(slo, expr, texts, comment)


@lru_cache(maxsize=1024)
def tier_comment(tier: AlertTier, max_error_ratio: Decimal, rolling: str) -> tuple[str, ...]:
    """The comment of a tier for reviewers: when it fires."""
    clamp = (
        (
            f"The threshold is clamped: {percent(tier.catalogue_budget_share, 3)} of the budget, as in the catalogue, "
            f"would need an error ratio above {percent(max_error_ratio)}.",
        )
        if tier.clamped
        else ()
    )
    return (
        f"Tier {tier.name} ({tier.severity}): error ratio above {percent(tier.threshold_ratio)} over {tier.long} "
        f"and over {tier.short} (burn rate {plain(significant(tier.factor, 4))}).",
        f"{percent(tier.budget_share, 3)} of the {rolling} error budget is spent when it fires.",
        *clamp,
    )


def _times(slo: Slo, alert: Alert, interval: Duration) -> tuple[str, ...]:
    """How soon the tier fires, with the declared traffic or with typical ones, and when it clears. Times are rounded up
    to the next evaluation.
    """
    rate = declared_rate(slo)
    if not slo.counts_events:
        traffic: tuple[tuple[Decimal | None, str], ...] = ((None, ""),)
    elif rate is not None:
        traffic = ((rate, f" with {event_count(rate * DAY.seconds)} a day"),)
    else:
        traffic = tuple((per_second, f" with {said}") for per_second, said in TYPICAL)
    lines: dict[str, str] = {}
    for per_second, said in traffic:
        # the same times with more events need no second line
        lines.setdefault(_by_error_ratio(alert, slo, interval, per_second), said)
    clears = time_until(clears_after(alert, Decimal(1), interval))
    return (
        *(f"Time to fire{said}, by error ratio: {times}." for times, said in lines.items()),
        f"Clears {clears} after the end of a full outage.",
    )


def _by_error_ratio(alert: Alert, slo: Slo, interval: Duration, per_second: Decimal | None) -> str:
    budget = slo.objective.error_budget_ratio
    assert alert.trigger is not None
    return _detection(alert.trigger.pairs[0], alert.hold, floor(slo), min(2 * budget, Decimal(1)), interval, per_second)


@lru_cache(maxsize=4096)
def _detection(
    tier: AlertTier, hold: Duration | None, least: Floor, twice: Decimal, interval: Duration, per_second: Decimal | None
) -> str:
    cases = (("100%", Decimal(1)), ("50%", Decimal("0.5")), ("10%", Decimal("0.1")), ("2x the error budget", twice))
    delay = windows_delay(tier)
    return ", ".join(
        f"{time_until(tier_fires_after(tier, least, hold, delay, ratio, interval, per_second))} at {said}"
        for said, ratio in cases
    )


def _without_data(tier: AlertTier) -> tuple[str, ...]:
    if tier.severity != "page":
        return ()
    return (f"While there is no data, it goes on if the last error ratio was above that, for at most {tier.long}.",)


def _what_was_bad(chain: Chain, tier: AlertTier) -> str:
    value = "{{ $value | humanizePercentage }}"
    if not chain.slo.counts_events:
        return f"The error ratio of {chain.subject} over the last {tier.long} was {value}"
    return f"{value} of the events of {chain.subject} in the last {tier.long} were {chain.bad}"


def _short(chain: Chain, tier: AlertTier, threshold: str) -> str:
    """The short window is above the threshold. While there is no data, a page goes on if the last error ratio was above
    it, until the long window has forgotten the errors: the metrics of a service that is down can be gone too. Without
    an outage, or for a service that was removed, nothing fires longer than that.
    """
    now = f"(max without ({names.WINDOW}) ({chain.series(names.error_ratio(tier.short))}) > {threshold})"
    if tier.severity != "page":
        return now
    last = last_known(chain.series(names.error_ratio(FIVE_MINUTES)), tier.long)
    return (
        f"({now}\nor on ({chain.on})\n(max without ({names.WINDOW}) ({last}) > {threshold}\n"
        f"unless on ({chain.on}) {chain.series(names.TOTAL_RATE)}))"
    )


def _enough(chain: Chain, tier: AlertTier) -> list[str]:
    """The long window has as many bad events as the floor needs (:mod:`slosmith.schemes.floors`). Its bad events are
    its error ratio x all its events.
    """
    needed = floor(chain.slo).below(tier.threshold_ratio)
    if not needed:
        return []
    total = chain.one(names.window_events(tier.long))
    bad = f"{chain.one(names.error_ratio(tier.long))}\n* {total}"
    if needed.constant is not None:
        return [f"({bad} >= {plain(needed.constant)})"]
    return [f"({bad}\n>= ({DEVIATIONS} + sqrt({plain(needed.allowed_ratio)} * {total})) ^ 2 - {plain(SHIFT)})"]
