"""The alerts that a page inhibits: tickets and slower tiers of the same SLO. Never an alert of another SLO."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from slosmith.model.rules import AlertKind
from slosmith.schemes.scheme import Alert, Scheme
from slosmith.targets.alertmanager.labels import OURS, any_of

_SPENT = (AlertKind.EXHAUSTED, AlertKind.CALENDAR_EXHAUSTED)


def inhibit_rules(slos: Iterable[Sequence[Alert]], scheme: Scheme, equal: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Alertmanager's ``inhibit_rules``. ``slos`` holds the alerts of each SLO; source and target agree in the labels
    ``equal``.

    While a page fires, it inhibits the SLO's slower burn-rate alerts, all its burn-rate tickets, and the tickets about
    a spent budget. It never inhibits the alert about a missing SLI: without the SLI, no other alert can be trusted.
    """
    silenced, severities = _silenced(slos, scheme)
    for tier, targets in sorted(silenced.items()):
        # one label where tier and severity are the same
        source = dict.fromkeys((any_of(scheme.tier_label, [tier]), any_of(scheme.severity_label, severities[tier])))
        target = any_of(scheme.tier_label, targets)
        yield {"source_matchers": [OURS, *source], "target_matchers": [OURS, target], "equal": list(equal)}


def _silenced(slos: Iterable[Sequence[Alert]], scheme: Scheme) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Tier that pages -> tiers that it silences, and -> its severity labels, over all SLOs.

    One rule serves the SLOs of all catalogues, because the labels that have to be equal keep SLOs apart. Where two
    catalogues use the same names in opposite orders, the pair is left out: both alerts would silence each other.
    """
    pairs: set[tuple[str, str]] = set()
    severities: dict[str, set[str]] = {}
    for alerts in slos:
        burning = sorted((alert for alert in alerts if alert.trigger is not None), key=_fastest_page_first)
        tickets = [alert for alert in alerts if alert.kind in _SPENT]
        for index, alert in enumerate(burning):
            if alert.severity != "page":
                break
            labels = dict(alert.labels)
            tier = labels[scheme.tier_label]
            severities.setdefault(tier, set()).add(labels[scheme.severity_label])
            others = (dict(other.labels)[scheme.tier_label] for other in (*burning[index + 1 :], *tickets))
            pairs.update((tier, other) for other in others if other != tier)
    silenced: dict[str, set[str]] = {}
    for source, target in pairs:
        if (target, source) not in pairs:
            silenced.setdefault(source, set()).add(target)
    return silenced, severities


def _fastest_page_first(alert: Alert) -> tuple[bool, Any, Any]:
    assert alert.trigger is not None
    first = alert.trigger.pairs[0]
    return alert.severity != "page", first.long, first.short
