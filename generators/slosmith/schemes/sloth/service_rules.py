"""The rules that Sloth writes for an SLO, for projects that move from Sloth in small steps.

Groups, names of recordings, labels, expressions and alerts are the same, so dashboards and routing need no change. The
arithmetic is Sloth's too: every window is read from the raw series, and the ratio of the period is the mean of the
short ratios over time, not weighted by traffic. docs/rules.md describes the effects.

Numbers are exact. Sloth's have rounding errors (0.9990000000000001 instead of 0.999).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from slosmith.model import BurnRateWindow, Duration, Labels, QueryRatio, Service, Slo
from slosmith.model.rules import RecordingKind, RecordingRule, Rule, RuleFile, RuleGroup
from slosmith.promql import fill_window
from slosmith.schemes.chain import Chain, chain
from slosmith.schemes.sloth.alerts import alert_rules
from slosmith.schemes.tiers import FIVE_MINUTES
from slosmith.sli.base import base_expressions, error_ratio_query
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import plain

MINUTE = Duration(60_000)


def compile_service(service: Service, interval: Duration = MINUTE) -> RuleFile:
    """All rules of a service as Sloth writes them: three groups for each SLO, without groups that have no rules."""
    groups = tuple(group for slo in service.slos for group in compile_slo(slo, interval))
    comment = (f"SLOs of {service.name}. These are the rules that Sloth would write (`rules: sloth`).",)
    return RuleFile(service.name, groups, comment)


def compile_slo(slo: Slo, interval: Duration = MINUTE) -> tuple[RuleGroup, ...]:
    """The groups of one SLO. They read each other's recordings. Prometheus evaluates them at different times."""
    links = chain(slo)
    parts: tuple[tuple[Literal["sli-recordings", "meta-recordings", "alerts"], list[Rule]], ...] = (
        ("sli-recordings", [*_ratios(links), _period(links)]),
        ("meta-recordings", [*_metadata(links)]),
        ("alerts", [*alert_rules(links)]),
    )
    return tuple(RuleGroup(names.sloth_group(slo, part), interval, tuple(rules)) for part, rules in parts if rules)


def base_window(slo: Slo) -> Duration:
    """The window from which the current burn rate and the period's ratio are computed: the short window of the quick
    pair of the page.
    """
    return _base_window(slo.alerting.windows if slo.alerting is not None else ())


@lru_cache(maxsize=256)
def _base_window(windows: tuple[BurnRateWindow, ...]) -> Duration:
    page = [window for window in windows if window.severity == "page"]
    if page:
        return page[0].short
    return min((window.short for window in windows), default=FIVE_MINUTES)


def recorded_windows(slo: Slo) -> tuple[Duration, ...]:
    """Every window of the catalogue, shortest first, also those of disabled alerts."""
    return _recorded_windows(slo.alerting.windows if slo.alerting is not None else ())


@lru_cache(maxsize=256)
def _recorded_windows(windows: tuple[BurnRateWindow, ...]) -> tuple[Duration, ...]:
    return tuple(sorted({_base_window(windows), *(w.long for w in windows), *(w.short for w in windows)}))


# --- recordings


def _ratios(links: Chain) -> list[RecordingRule]:
    slo = links.slo
    return [_ratio(links, window, error_ratio_expression(slo, window)) for window in recorded_windows(slo)]


def _ratio(links: Chain, window: Duration, expr: str) -> RecordingRule:
    labels = tuple(sorted((*links.labels, (names.WINDOW, str(window)))))
    return links.recording(RecordingKind.RATIO, names.error_ratio(window), expr, labels)


def error_ratio_expression(slo: Slo, window: Duration) -> str:
    """PromQL of the error ratio over ``window``, from the raw series."""
    indicator = slo.indicator
    if not indicator.counts_events:
        return _bracketed(error_ratio_query(indicator, window))
    if isinstance(indicator, QueryRatio) and indicator.bad is not None:
        # unchanged: Sloth does not fill in a zero either
        bad, total = fill_window(indicator.bad, window).strip(), fill_window(indicator.total, window).strip()
    else:
        expressions = base_expressions(indicator, slo.group_by, window)
        bad, total = expressions.bad, expressions.total
    return f"{_bracketed(bad)}\n/\n{_bracketed(total)}"


def _bracketed(query: str) -> str:
    # the bracket is on a line of its own, because the query may end with a comment
    return f"({query}\n)" if "#" in query else f"({query})"


def _period(links: Chain) -> RecordingRule:
    """The mean of the short ratio over time, because reading the raw series of a whole period would cost too much."""
    slo = links.slo
    over = f"({links.series(names.error_ratio(base_window(slo)))}[{slo.period.rolling}])"
    expr = f"sum_over_time{over}\n/ ignoring ({names.WINDOW})\ncount_over_time{over}"
    return _ratio(links, slo.period.rolling, expr)


def _metadata(links: Chain) -> list[RecordingRule]:
    slo = links.slo
    days = slo.period.rolling.seconds / 86400
    budget = links.series(names.ERROR_BUDGET)
    # in Sloth's order
    on = f"{names.ID}, {names.SLO}, {names.SERVICE}"

    def stated(name: str, value: str) -> RecordingRule:
        return links.recording(RecordingKind.METADATA, name, f"vector({value})", links.labels)

    def burn_rate(name: str, window: Duration) -> RecordingRule:
        expr = f"{links.series(names.error_ratio(window))}\n/ on ({on}) group_left\n{budget}"
        return links.recording(RecordingKind.BURN_RATE, name, expr, links.labels)

    left = f"1 - {links.series(names.PERIOD_BURN_RATE)}"
    return [
        stated(names.OBJECTIVE_RATIO, plain(slo.objective.target_ratio)),
        stated(names.ERROR_BUDGET, plain(slo.objective.error_budget_ratio)),
        stated(names.PERIOD_DAYS, plain(days)),
        burn_rate(names.CURRENT_BURN_RATE, base_window(slo)),
        burn_rate(names.PERIOD_BURN_RATE, slo.period.rolling),
        links.recording(RecordingKind.BUDGET, names.PERIOD_BUDGET_REMAINING, left, links.labels),
        links.recording(RecordingKind.METADATA, names.INFO, "vector(1)", _info_labels(links)),
    ]


def _info_labels(links: Chain) -> Labels:
    slo = links.slo
    own = {
        names.VERSION: "slosmith/v1",
        names.MODE: names.SLOTH_MODES.get(slo.dialect, "slosmith"),
        names.SPEC: slo.dialect,
        names.OBJECTIVE: plain(slo.objective.target_ratio * 100),
    }
    return tuple(sorted({**dict(slo.info_labels), **own, **dict(links.labels)}.items()))
