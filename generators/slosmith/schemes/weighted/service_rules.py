"""Model -> rules: a file for each service, two groups for each SLO. A rule comes after the rules that it reads."""

from __future__ import annotations

import textwrap
from functools import lru_cache

from slosmith.model import Duration, Service, Slo
from slosmith.model.rules import Rule, RuleFile, RuleGroup
from slosmith.schemes.chain import chain
from slosmith.schemes.tiers import FIVE_MINUTES, ratio_windows
from slosmith.schemes.weighted.alerts import alert_rules, read_less_often
from slosmith.schemes.weighted.budgets import calendar, metadata, objective, rolling
from slosmith.schemes.weighted.ranges import read_from_tiles
from slosmith.schemes.weighted.recordings import (
    base,
    long_events,
    long_ratios,
    period,
    short_events,
    short_ratios,
    short_windows,
    tiles,
)
from slosmith.vocabulary import names, sentences
from slosmith.vocabulary.numbers import percent_exact

MINUTE = Duration(60_000)


def compile_service(service: Service, interval: Duration = MINUTE) -> RuleFile:
    """All rules of a service, evaluated every ``interval``. Pure: the same service gives the same text."""
    groups = tuple(group for slo in service.slos for group in compile_slo(slo, interval))
    return RuleFile(service.name, groups, _file_comment(service))


def compile_slo(slo: Slo, interval: Duration = MINUTE) -> tuple[RuleGroup, RuleGroup]:
    """All rules of one SLO, in two groups of its own. A failing rule of another SLO does not affect them. In one
    evaluation, every rule reads the new values of the rules before it. The second group has the rules for which a
    minute more makes no difference, and is evaluated less often.
    """
    links = chain(slo)
    longer = long_interval(interval)
    alerts = list(alert_rules(links, interval, longer))
    often: list[Rule] = [
        *base(links),
        *short_ratios(links),
        *short_events(links, interval),
        *objective(links),
        *(rule for rule in alerts if not read_less_often(rule)),
    ]
    less_often: list[Rule] = [
        *tiles(links, interval),
        *long_ratios(links),
        *long_events(links, interval),
        *period(links),
        *metadata(links),
        *rolling(links),
        *calendar(links),
        *(rule for rule in alerts if read_less_often(rule)),
    ]
    return (
        RuleGroup(names.group(slo), interval, tuple(often), _group_comment(slo, interval)),
        RuleGroup(names.long_group(slo), longer, tuple(less_often), _long_group_comment(slo, longer)),
    )


def long_interval(interval: Duration) -> Duration:
    """The time between two evaluations of an SLO's second group: two minutes, or ``interval`` if it is longer. With
    more than two minutes, one lost evaluation would make the series stale, because Prometheus looks back five minutes.
    """
    return max(interval, Duration(2 * MINUTE.milliseconds))


def _file_comment(service: Service) -> tuple[str, ...]:
    kind = f" (class {service.slo_class})" if service.slo_class else ""
    team = f", team {service.team}" if service.team else ""
    lines = [f"SLOs of {service.name}{kind}{team}."]
    lines += textwrap.wrap(" ".join(service.description.split()), 110, break_on_hyphens=False)
    lines += [
        f"No guarantee for {none.indicator} ({none.date}): {_one_line(none.reason)}" for none in service.no_guarantees
    ]
    return tuple(lines)


def _group_comment(slo: Slo, interval: Duration) -> tuple[str, ...]:
    objective = slo.objective
    where = f" in {slo.site}" if slo.site else ""
    lines = [f"{slo.service}, {slo.indicator_name}{where}: {sentences.objective_in_brief(slo)}."]
    if objective.aspirational_ratio is not None:
        lines.append(f"Aspirational target (not guaranteed): {percent_exact(objective.aspirational_ratio)}.")
    if slo.group_by:
        lines.append(f"One SLO for each combination of the labels: {', '.join(slo.group_by)}.")
    windows = ", ".join(map(str, short_windows(slo)))
    if not slo.counts_events:
        lines.append(
            f"The SLI is a ratio without event counts. Each window ({windows}) is a query of its own. "
            "Ratios over longer periods are averages over time; they are not weighted by traffic."
        )
    else:
        lines.append(
            f"Only the first two rules of this group read raw series, over {FIVE_MINUTES}. Error ratios ({windows}) "
            "are computed from these two recordings: bad events / all events."
        )
    if slo.alerting is None:
        lines.append("This SLO has no alerts. It is only recorded.")
    else:
        lines.append(f"Rules are evaluated every {interval}. Times of alerts below are rounded up to that.")
        # no comment for a raw ratio: its delay depends on its query
        if slo.counts_events:
            lines.append(
                f"Alerts can fire and clear up to {FIVE_MINUTES} later, because the recorded rates "
                f"cover {FIVE_MINUTES}."
            )
    return tuple(part for line in lines for part in _wrapped(line))


def _long_group_comment(slo: Slo, interval: Duration) -> tuple[str, ...]:
    windows = [str(window) for window in ratio_windows(slo.alerting) if read_from_tiles(window)]
    ratios = f"error ratios ({', '.join(windows)}) and error budgets" if windows else "error budgets"
    line = (
        f"{slo.name}: {ratios}, evaluated every {interval}. They are sums of the events of whole hours, so an event "
        "counts from the next full hour on."
    )
    return _wrapped(line)


@lru_cache(maxsize=256)
def _wrapped(line: str) -> tuple[str, ...]:
    """Cached, because the long lines depend on the catalogue and are the same for many SLOs."""
    return (line,) if len(line) <= 116 else tuple(textwrap.wrap(line, 116, break_on_hyphens=False))


def _one_line(text: str) -> str:
    return " ".join(text.split())
