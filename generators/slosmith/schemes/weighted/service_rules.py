"""Model -> rules: a file for each service, a group for each SLO. A rule comes after the rules that it reads."""

from __future__ import annotations

import textwrap
from functools import lru_cache

from slosmith.model import Duration, Service, Slo
from slosmith.model.rules import Rule, RuleFile, RuleGroup
from slosmith.schemes.chain import chain
from slosmith.schemes.tiers import FIVE_MINUTES, ratio_windows
from slosmith.schemes.weighted.alerts import alert_rules
from slosmith.schemes.weighted.budgets import calendar, metadata
from slosmith.schemes.weighted.recordings import base, error_ratios, period, tiles
from slosmith.vocabulary import names, sentences
from slosmith.vocabulary.numbers import percent_exact

MINUTE = Duration(60_000)


def compile_service(service: Service, interval: Duration = MINUTE) -> RuleFile:
    """All rules of a service, evaluated every ``interval``. Pure: the same service gives the same text."""
    groups = tuple(compile_slo(slo, interval) for slo in service.slos)
    return RuleFile(service.name, groups, _file_comment(service))


def compile_slo(slo: Slo, interval: Duration = MINUTE) -> RuleGroup:
    """All rules of one SLO, in a group of its own. A failing rule of another SLO does not affect the group. In one
    evaluation, every rule reads the new values of the rules before it.
    """
    links = chain(slo)
    rules: list[Rule] = [
        *base(links),
        *tiles(links, interval),
        *error_ratios(links),
        *period(links),
        *metadata(links),
        *calendar(links),
        *alert_rules(links, interval),
    ]
    return RuleGroup(names.group(slo), interval, tuple(rules), _group_comment(slo, interval))


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
    windows = ", ".join(str(window) for window in ratio_windows(slo.alerting))
    if not slo.counts_events:
        lines.append(
            f"The SLI is a ratio without event counts. Each window ({windows}) is a query of its own. "
            "Ratios over longer periods are averages over time; they are not weighted by traffic."
        )
    else:
        lines.append(
            f"Only the first two rules read raw series, over {FIVE_MINUTES}. Error ratios ({windows}) and error "
            "budgets are computed from these two recordings: bad events / all events."
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


@lru_cache(maxsize=256)
def _wrapped(line: str) -> tuple[str, ...]:
    """Cached, because the long lines depend on the catalogue and are the same for many SLOs."""
    return (line,) if len(line) <= 116 else tuple(textwrap.wrap(line, 116, break_on_hyphens=False))


def _one_line(text: str) -> str:
    return " ".join(text.split())
