"""The times at which alerts fire and clear, and the alerts that can newly fire, or no longer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slosmith.changes.consequences.row import Area, Row
from slosmith.changes.facts import ProjectFacts, SloFacts
from slosmith.changes.pairing import Pair
from slosmith.explanation.detection import Detection, Tier, explain_tiers
from slosmith.policy.outages import events
from slosmith.schemes.first_page import detected_seconds, first_page
from slosmith.schemes.scheme import Trigger
from slosmith.vocabulary.numbers import event_count, percent, plural, time_until

_SITUATIONS = {"100%": "a full outage", "10%": "10% errors"}
"""The situations that are compared, of those that :mod:`slosmith.explanation.detection` knows."""


def rows(pair: Pair, before: ProjectFacts, after: ProjectFacts) -> Iterator[Row]:
    """The alerts of an SLO that fire otherwise."""
    old, new = pair.before, pair.after
    if old is not None and new is not None:
        yield from _times(pair.id, _tiers(old, before), _tiers(new, after))
        yield from _waits(pair.id, old, new)
        yield from _first_page(pair.id, old, new, before, after)
    yield from _existence(pair.id, _reachable(old, before), _reachable(new, after))


def _tiers(side: SloFacts, project: ProjectFacts) -> dict[str, Tier]:
    interval = project.project.evaluation_interval
    return {f"{each.severity} {each.tier}": each for each in explain_tiers(side.slo, project.scheme, interval)}


def _times(slo: str, before: dict[str, Tier], after: dict[str, Tier]) -> Iterator[Row]:
    for name in (each for each in before if each in after):
        one, other = before[name], after[name]

        def row(what: str, old: str, new: str, name: str = name) -> Row:
            return Row(area=Area.DETECTION, what=f"{name}: {what}", before=old, after=new, slos=(slo,))

        if one.threshold_ratio != other.threshold_ratio:
            yield row("fires above", percent(one.threshold_ratio), percent(other.threshold_ratio))
        for old, new in zip(one.detection, other.detection, strict=True):
            said = _SITUATIONS.get(old.situation)
            if said is None:
                continue
            if old.fires_after_seconds != new.fires_after_seconds:
                yield row(
                    f"{said} fires after", time_until(old.fires_after_seconds), time_until(new.fires_after_seconds)
                )
            if said == "a full outage" and old.clears_after_seconds != new.clears_after_seconds:
                yield row(f"{said} clears after", _clears(old), _clears(new))


def _waits(slo: str, old: SloFacts, new: SloFacts) -> Iterator[Row]:
    """How long an alert waits before it fires, and goes on after its condition ended."""
    known = {each.key: each for each in old.alerts}
    for each in new.alerts:
        other = known.get(each.key)
        if other is None:
            continue
        name = f"{each.alert.severity} {each.alert.tier}"
        for what, one, two in (
            ("waits before it fires (for)", other.hold, each.hold),
            ("goes on after its condition (keep_firing_for)", other.keep, each.keep),
        ):
            if one != two:
                yield Row(
                    area=Area.DETECTION, what=f"{name}: {what}", before=str(one or "0s"), after=str(two or "0s"),
                    slos=(slo,),
                )  # fmt: skip


def _clears(found: Detection) -> str:
    return "-" if found.clears_after_seconds is None else time_until(found.clears_after_seconds)


def _first_page(slo: str, old: SloFacts, new: SloFacts, before: ProjectFacts, after: ProjectFacts) -> Iterator[Row]:
    pages = [
        first_page(side.slo, project.scheme, project.project.evaluation_interval)
        for side, project in ((old, before), (new, after))
    ]
    times = ["never" if page is None else time_until(page.after_seconds) for page in pages]
    if times[0] != times[1]:
        yield Row(area=Area.DETECTION, what="first page in a full outage", before=times[0], after=times[1], slos=(slo,))


def _reachable(side: SloFacts | None, project: ProjectFacts) -> dict[tuple[str, str, str], str]:
    """Every alert of an SLO -> why it can never fire. Empty for one that can."""
    if side is None:
        return {}
    found: dict[tuple[str, str, str], str] = {}
    for each in side.alerts:
        alert = each.alert
        why = "" if alert.trigger is None else _why_dead(side, alert.trigger, project)
        found[alert.name, alert.tier, alert.severity] = why
    return found


def _why_dead(side: SloFacts, trigger: Trigger, project: ProjectFacts) -> str:
    """Why no outage makes the alert fire. Empty if one does."""
    pairs = trigger.pairs
    if all(pair.detection_seconds(Decimal(1)) is None for pair in pairs):
        return f"it needs more than {percent(min(pair.threshold_ratio for pair in pairs))} errors"
    if any(detected_seconds(side.slo, project.scheme, pair) is not None for pair in pairs):
        return ""
    most = max(filter(None, (events(side.slo, pair.long) for pair in pairs)), default=Decimal(0))
    return f"its window has {event_count(most)}, and it needs more bad ones"


def _existence(
    slo: str, before: dict[tuple[str, str, str], str], after: dict[tuple[str, str, str], str]
) -> Iterator[Row]:
    if not before or not after:
        for word, found in (("can newly fire", after), ("can no longer fire", before)):
            if found:
                yield Row(area=Area.ALERTS, what=f"{word}: {_counted(found)}", slos=(slo,))
        return
    for key in {**before, **after}:
        name = f"{key[0]} {key[1]} ({key[2]})"
        old, new = before.get(key), after.get(key)
        if old is None and new == "":
            yield Row(area=Area.ALERTS, what=f"can newly fire: {name}", slos=(slo,))
        elif old is None:
            yield Row(area=Area.ALERTS, what=f"is new and can never fire: {name}, {new}", slos=(slo,))
        elif new is None:
            yield Row(area=Area.ALERTS, what=f"can no longer fire: {name}", slos=(slo,))
        elif new and not old:
            yield Row(area=Area.ALERTS, what=f"becomes unreachable: {name}, {new}", slos=(slo,))
        elif old and not new:
            yield Row(area=Area.ALERTS, what=f"becomes reachable: {name}", slos=(slo,))


def _counted(found: dict[tuple[str, str, str], str]) -> str:
    counts = [
        plural(count, severity)
        for severity in ("page", "ticket")
        if (count := sum(1 for (_, _, each), dead in found.items() if each == severity and not dead))
    ]
    return " and ".join(counts) or "no alert"
