"""The rules that Sloth itself would write for an SLO: for those who move over one step at a time.

Same groups, records, labels, expressions and alerts, so that dashboards and routing do not notice. The arithmetic is
Sloth's too, with what docs/rules.md says about it: every window is read from the raw series, and the period's ratio is
the mean of the short ratios over time, whatever the traffic was.

Numbers are printed exactly where Sloth's carry floating-point noise (0.999, not 0.9990000000000001).
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
    """All rules of a service as Sloth would write them; three groups an SLO, those without rules left out."""
    groups = tuple(group for slo in service.slos for group in compile_slo(slo, interval))
    comment = (f"SLOs of {service.name}. These are the rules that Sloth would write (`rules: sloth`).",)
    return RuleFile(service.name, groups, comment)


def compile_slo(slo: Slo, interval: Duration = MINUTE) -> tuple[RuleGroup, ...]:
    """The groups of one SLO. They read each other's recordings, which Prometheus evaluates at different moments."""
    links = chain(slo)
    parts: tuple[tuple[Literal["sli-recordings", "meta-recordings", "alerts"], list[Rule]], ...] = (
        ("sli-recordings", [*_ratios(links), _period(links)]),
        ("meta-recordings", [*_metadata(links)]),
        ("alerts", [*alert_rules(links)]),
    )
    return tuple(RuleGroup(names.sloth_group(slo, part), interval, tuple(rules)) for part, rules in parts if rules)


def base_window(slo: Slo) -> Duration:
    """The window that current burn rate and period are read from: the short one of the quick page alert."""
    return _base_window(slo.alerting.windows if slo.alerting is not None else ())


@lru_cache(maxsize=256)
def _base_window(windows: tuple[BurnRateWindow, ...]) -> Duration:
    page = [window for window in windows if window.severity == "page"]
    if page:
        return page[0].short
    return min((window.short for window in windows), default=FIVE_MINUTES)


def recorded_windows(slo: Slo) -> tuple[Duration, ...]:
    """Every window of the catalogue, disabled alerts' too, ascending."""
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
    """The error ratio over ``window``, from the raw series."""
    indicator = slo.indicator
    if not indicator.counts_events:
        return _bracketed(error_ratio_query(indicator, window))
    if isinstance(indicator, QueryRatio) and indicator.bad is not None:
        # as written: no zero is filled in, and none was asked for
        bad, total = fill_window(indicator.bad, window).strip(), fill_window(indicator.total, window).strip()
    else:
        expressions = base_expressions(indicator, slo.group_by, window)
        bad, total = expressions.bad, expressions.total
    return f"{_bracketed(bad)}\n/\n{_bracketed(total)}"


def _bracketed(query: str) -> str:
    # a comment at the query's end must not swallow the bracket
    return f"({query}\n)" if "#" in query else f"({query})"


def _period(links: Chain) -> RecordingRule:
    """The mean over time of the short ratio: raw series over a whole period would be too much to read."""
    slo = links.slo
    over = f"({links.series(names.error_ratio(base_window(slo)))}[{slo.period.rolling}])"
    expr = f"sum_over_time{over}\n/ ignoring ({names.WINDOW})\ncount_over_time{over}"
    return _ratio(links, slo.period.rolling, expr)


def _metadata(links: Chain) -> list[RecordingRule]:
    slo = links.slo
    days = slo.period.rolling.seconds / 86400
    budget = links.series(names.ERROR_BUDGET)
    # Sloth's order of the labels
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
