"""Which alerts a page silences: its own SLO's tickets and slower tiers. Never an alert of another SLO."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from slosmith.model import Slo
from slosmith.schemes.tiers import tiers
from slosmith.settings import RuleMode
from slosmith.targets.alertmanager.labels import OURS, any_of, severity_label
from slosmith.vocabulary import names


def inhibit_rules(slos: Sequence[Slo], rules: RuleMode, equal: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Alertmanager's ``inhibit_rules`` for the alerts of ``slos``; source and target agree in the labels ``equal``.

    Silenced while a page fires: the SLO's tiers that are slower than the one that fires, all its burn-rate tickets and
    the tickets about a spent budget. Never silenced: the alert about a missing SLI, which means that nothing else can
    be believed.
    """
    if rules == "sloth":
        yield _rule([f'{names.SLOTH_SEVERITY}="page"'], [f'{names.SLOTH_SEVERITY}="ticket"'], equal)
        return
    silenced, severities = _silenced(slos)
    for tier, targets in sorted(silenced.items()):
        source = [any_of(names.TIER, [tier]), any_of(names.SEVERITY, severities[tier])]
        yield _rule(source, [any_of(names.TIER, targets)], equal)


def _rule(source: list[str], target: list[str], equal: Sequence[str]) -> dict[str, Any]:
    return {"source_matchers": [OURS, *source], "target_matchers": [OURS, *target], "equal": list(equal)}


def _silenced(slos: Sequence[Slo]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Tier that pages -> tiers that it silences, and -> its severity labels, over all SLOs.

    One rule serves the SLOs of all catalogues, because the labels that have to be equal keep SLOs apart. Where two
    catalogues use the same names in opposite orders, the pair is left out: both alerts would silence each other.
    """
    pairs: set[tuple[str, str]] = set()
    severities: dict[str, set[str]] = {}
    for slo in slos:
        alerting = slo.alerting
        if alerting is None:
            continue
        ordered = sorted(tiers(slo), key=lambda tier: (tier.severity != "page", tier.long, tier.short))
        tickets = _budget_tiers(slo) if alerting.exhaustion else []
        for index, tier in enumerate(ordered):
            if tier.severity != "page":
                break
            severities.setdefault(tier.name, set()).add(severity_label(alerting, "page", tier.severity_label))
            slower = [other.name for other in ordered[index + 1 :]]
            pairs.update((tier.name, other) for other in (*slower, *tickets) if other != tier.name)
    silenced: dict[str, set[str]] = {}
    for source, target in pairs:
        if (target, source) not in pairs:
            silenced.setdefault(source, set()).add(target)
    return silenced, severities


def _budget_tiers(slo: Slo) -> list[str]:
    """The tiers of the tickets about spent budgets."""
    calendar = slo.period.calendar
    found = [names.budget_tier(slo.period.rolling.in_days)]
    if calendar is not None:
        found.append(names.budget_tier(calendar.name))
    return found
