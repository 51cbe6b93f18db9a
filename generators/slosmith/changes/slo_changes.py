"""The changes of one SLO: from its facts before and after, and from its rules where no fact explains a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from slosmith.changes.changing import Change, Part
from slosmith.changes.facts import ABSENT, Fact, SloFacts
from slosmith.changes.kinds import Kind, slo_field
from slosmith.changes.pairing import Pair
from slosmith.changes.queries import edit, same_query
from slosmith.changes.slo_facts import bound_of
from slosmith.model import GaugeThreshold, Origin, Slo
from slosmith.model.rules import RecordingKind


class SloChange(msgspec.Struct, frozen=True):
    """A change of one SLO, before changes of many SLOs are joined."""

    pair: Pair
    change: Change
    group: tuple[Any, ...]
    """Changes of several SLOs with the same group are one change."""


def changes_of_pair(pair: Pair, elsewhere: set[str]) -> Iterator[SloChange]:
    before, after = pair.before, pair.after
    if before is after:
        return
    if before is None or after is None:
        facts = after or before
        assert facts is not None
        kind = Kind.ADDED if before is None else Kind.REMOVED
        yield _whole(pair, kind, facts)
        return
    if before.id != after.id:
        moved = before.slo.service != after.slo.service
        names = (before.slo.service, after.slo.service) if moved else (before.id, after.id)
        change = Change(
            kind=Kind.RENAMED, field="", what="name", before=names[0], after=names[1],
            parts=(Part("id", before.id, after.id),), slos=(after.id,), services=(after.slo.service,),
        )  # fmt: skip
        yield SloChange(pair, change, (Kind.RENAMED, names))
    found = list(_of_facts(pair, before, after, elsewhere))
    yield from found
    yield from _of_rules(pair, before, after, {each.change.kind for each in found}, elsewhere)


def _whole(pair: Pair, kind: Kind, facts: SloFacts) -> SloChange:
    slo = facts.slo
    change = Change(
        kind=kind, field="", what="", slos=(facts.id,), services=(slo.service,), origin_before=slo.origin,
        origin_after=slo.origin,
    )  # fmt: skip
    return SloChange(pair, change, (kind, slo.service))


_OF_ALERTS = ("severity of ", "label ")
"""Beginnings of facts that come from the scheme's alerts: with another scheme they say nothing."""
_EVENTS = ("total", "bad", "error_ratio")


def _of_facts(pair: Pair, before: SloFacts, after: SloFacts, elsewhere: set[str]) -> Iterator[SloChange]:
    changed = [
        name
        for name in {**before.facts, **after.facts}
        if before.facts.get(name, ABSENT).text != after.facts.get(name, ABSENT).text
    ]
    skipped = _implied(before, after, set(changed))
    for name in changed:
        if name in skipped or (elsewhere and name.startswith(_OF_ALERTS)):
            continue
        if name not in _EVENTS and not _renamed_only(name, before, after):
            yield _one(pair, name, before, after)
    if not skipped.issuperset(_EVENTS):
        yield from _events(pair, before, after, [name for name in _EVENTS if name in changed])


def _implied(before: SloFacts, after: SloFacts, changed: set[str]) -> set[str]:
    """Facts that changed only because another one did."""
    skipped: set[str] = set()
    if "alerting" in changed:
        skipped |= {name for name in changed if name != "alerting" and slo_field(name).kind is Kind.ALERTED}
        skipped |= {"catalogue", "annotations", "page_annotations", "ticket_annotations", "annotation_names"}
        skipped -= {"labels", "revision", "team"}
    if "calendar" in changed:
        skipped.add("calendar_starts")
    if changed & {"threshold", "measured_threshold"} or before.measure != after.measure:
        skipped.add("bound")
    if before.measure == after.measure:  # then nothing but the bound can make the events differ
        skipped |= set(_EVENTS)
    for severity, tiers in (("page", "severity of pages"), ("ticket", "severity of tickets")):
        if severity in changed:
            skipped.add(tiers)
    gone = [name for name in changed if name.startswith("tier ")]
    if gone:
        skipped |= {name for name in changed if name.startswith("severity of ") and "" in (
            before.facts.get(name, ABSENT).text, after.facts.get(name, ABSENT).text)}  # fmt: skip
    return skipped


def _renamed_only(name: str, before: SloFacts, after: SloFacts) -> bool:
    """Whether a text differs in nothing but the SLO's own name, such as a link made from a pattern."""
    if before.id == after.id or slo_field(name).kind is not Kind.DESCRIBED:
        return False
    text = before.facts.get(name, ABSENT).text
    for old, new in ((before.slo.service, after.slo.service), (before.slo.name, after.slo.name)):
        text = text.replace(old, new)
    return text == after.facts.get(name, ABSENT).text


_LINKS = ("documentation", "runbook", "dashboard")
_OF_OBJECTIVES = ("target", "threshold", "measured_threshold", "bound", "aspirational", "description")
"""Facts that belong to one objective of a service: its name is in the words."""


def _one(pair: Pair, name: str, before: SloFacts, after: SloFacts) -> SloChange:
    old, new = before.facts.get(name, ABSENT), after.facts.get(name, ABSENT)
    field = slo_field(name)
    kind = _direction(name, before, after) if field.kind is Kind.TIGHTENED else field.kind
    named = name in _OF_OBJECTIVES
    words = f"{after.slo.indicator_name} {field.words}" if named else field.words
    moved = before.slo.slo_class != after.slo.slo_class
    change = Change(
        kind=kind, field=name, what=words, before=old.text, after=new.text, slos=(after.id,),
        services=(after.slo.service,), where="" if moved else _where(new.origin if new.text else old.origin, after.slo),
        origin_before=old.origin, origin_after=new.origin,
    )  # fmt: skip
    places: tuple[object, ...] = tuple(
        _place(origin, side) for origin, side in ((old.origin, before), (new.origin, after))
    )
    if name.startswith("tier ") and (catalogue := _same_catalogue(before.slo, after.slo)):
        places = ("catalogue", catalogue)
        change = msgspec.structs.replace(change, where=f"catalogue {catalogue}")
    elif name in _LINKS and new.origin.kind != "service":
        # one pattern gives every service its own link
        old, new = (Fact(side.text.replace(after.slo.service, "{service}"), side.origin) for side in (old, new))
        change = msgspec.structs.replace(change, before=old.text, after=new.text)
    elif moved:  # another class, not another value in a class
        places = (before.slo.slo_class, after.slo.slo_class, name == "class" or after.slo.service)
    return SloChange(pair, change, (kind, name, words, old.text, new.text, places))


def _place(origin: Origin, side: SloFacts) -> tuple[object, ...]:
    """What the SLOs of one change have in common: the place in a class or in the settings, or else the service."""
    if origin.kind == "service":
        return "service", side.slo.service
    return origin.kind, origin.file, origin.document, origin.path


def _same_catalogue(before: Slo, after: Slo) -> str:
    """The name of the catalogue that both have. Empty if they have others, or windows of their own."""
    if before.alerting is None or after.alerting is None or before.alerting.catalogue != after.alerting.catalogue:
        return ""
    return after.alerting.catalogue


def _where(origin: Origin, slo: Slo) -> str:
    match origin.kind:
        case "service":
            return slo.service
        case "class":
            return f"class {slo.slo_class}" if slo.slo_class else slo.service
        case "catalogue":
            return f"catalogue {slo.alerting.catalogue}" if slo.alerting is not None else "catalogue"
        case "project":
            return "settings"
    return ""


def _direction(name: str, before: SloFacts, after: SloFacts) -> Kind:
    """Whether a target, threshold or period is stricter now. Where one side has none, something else is measured."""
    old, new = before.slo, after.slo
    if name == "target":
        return Kind.TIGHTENED if new.objective.target_ratio > old.objective.target_ratio else Kind.LOOSENED
    if name == "period":
        # who keeps a target in every week keeps it in every month, but not the other way round
        return Kind.TIGHTENED if new.period.rolling < old.period.rolling else Kind.LOOSENED
    one: Any = old.objective.threshold if name == "threshold" else bound_of(old.indicator)
    other: Any = new.objective.threshold if name == "threshold" else bound_of(new.indicator)
    if one is None or other is None:
        return Kind.MEASURED
    at_least = isinstance(new.indicator, GaugeThreshold) and new.indicator.op in (">", ">=")
    return Kind.TIGHTENED if (other > one) == at_least else Kind.LOOSENED


def _events(pair: Pair, before: SloFacts, after: SloFacts, changed: list[str]) -> Iterator[SloChange]:
    """The change of what is counted, if it is more than another spelling."""
    parts, removed, added = [], [], []
    for name in changed:
        old, new = before.facts.get(name, ABSENT), after.facts.get(name, ABSENT)
        if not same_query(old.text, new.text):
            parts.append(Part(slo_field(name).words, old.text, new.text))
            gone, come = edit(old.text, new.text)
            removed += [_without_site(text, before.slo) for text in gone]
            added += [_without_site(text, after.slo) for text in come]
    if not parts:
        return
    what = "events" if len(parts) > 1 else parts[0].what
    texts = tuple(", ".join(dict.fromkeys(pieces)) for pieces in (removed, added))
    origin = next(
        (after.facts[name] for name in ("template", "bad", "error_ratio") if name in after.facts), ABSENT
    ).origin
    change = Change(
        kind=Kind.MEASURED, field="events", what=f"{after.slo.indicator_name}: {what}", before=texts[0], after=texts[1],
        parts=tuple(parts), slos=(after.id,), services=(after.slo.service,), origin_before=origin, origin_after=origin,
    )  # fmt: skip
    shared = after.slo.slo_class or after.slo.service
    yield SloChange(pair, change, (Kind.MEASURED, what, texts, after.slo.indicator_name, shared))


def _without_site(text: str, slo: Slo) -> str:
    """A matcher on the SLO's site, written as the settings have it. So all sites have the same change."""
    return text.replace(f'"{slo.site}"', '"{site}"') if slo.site else text


_LOUD = frozenset(Kind) - {Kind.DESCRIBED, Kind.MOVED, Kind.GOVERNED, Kind.RENAMED}
_QUIET_SERIES = (RecordingKind.METADATA, RecordingKind.ASPIRATIONAL)


def _of_rules(
    pair: Pair, before: SloFacts, after: SloFacts, kinds: set[Kind], elsewhere: set[str]
) -> Iterator[SloChange]:
    """A change of the rules that no fact explains. So nothing is called silent that a server would notice."""
    if before.id != after.id or elsewhere or kinds & _LOUD:
        return
    quiet = _QUIET_SERIES if kinds else ()
    old = {(each.record, each.labels): each.expr for each in before.recordings if each.kind not in quiet}
    new = {(each.record, each.labels): each.expr for each in after.recordings if each.kind not in quiet}
    if old.keys() != new.keys():
        yield _rules(pair, Kind.RECORDED, "series", sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys()))
    elif any(not same_query(old[key], new[key]) for key in old):
        wrong = sorted({key[0] for key in old if not same_query(old[key], new[key])})
        yield _rules(pair, Kind.MEASURED, "expressions of series", wrong, wrong)
    conditions = [{each.key: each for each in side.alerts} for side in (before, after)]
    changed = [
        key for key in {**conditions[0], **conditions[1]} if _differ(conditions[0].get(key), conditions[1].get(key))
    ]
    if changed:
        yield _rules(pair, Kind.ALERTED, "conditions of alerts", changed, changed)


def _differ(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return True
    if (one.hold, one.keep, one.alert.labels) != (other.hold, other.keep, other.alert.labels):
        return True
    return not same_query(one.expr, other.expr)


def _rules(pair: Pair, kind: Kind, what: str, old: Iterable[Any], new: Iterable[Any]) -> SloChange:
    texts = [", ".join(_series(each) for each in side) for side in (old, new)]
    change = Change(
        kind=kind, field="rules", what=what, before=texts[0], after=texts[1], slos=(pair.id,), services=(pair.service,)
    )
    return SloChange(pair, change, (kind, what, *texts))


def _series(key: Any) -> str:
    return key if isinstance(key, str) else " ".join(part for part in key if isinstance(part, str))
