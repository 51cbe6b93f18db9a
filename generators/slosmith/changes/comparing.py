"""Two sets of facts -> the changes between them, for each SLO, service, class and the settings.

This is the whole judgement on a change. What follows from it (budgets, times of alerts, series) is computed from the
same facts in :mod:`slosmith.changes.consequences`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from slosmith.changes.changing import Change, Part, ordered
from slosmith.changes.facts import Fact, Facts, ProjectFacts, SloFacts, bound_of
from slosmith.changes.kinds import Field, Kind, service_field, settings_field, slo_field
from slosmith.changes.queries import edit, same_query
from slosmith.model import GaugeThreshold, Origin, Slo
from slosmith.model.rules import RecordingKind

_ABSENT = Fact("")


class Pair(msgspec.Struct, frozen=True):
    """An SLO before and after. One of the two may be missing."""

    before: SloFacts | None
    after: SloFacts | None

    @property
    def id(self) -> str:
        """The id after the change, or before it if the SLO is gone."""
        found = self.after or self.before
        assert found is not None
        return found.id

    @property
    def service(self) -> str:
        found = self.after or self.before
        assert found is not None
        return found.slo.service


class Compared(msgspec.Struct, frozen=True):
    """The changes, and every SLO before and after."""

    changes: tuple[Change, ...]
    pairs: tuple[Pair, ...]
    """Sorted by id."""


def compare(before: ProjectFacts, after: ProjectFacts) -> Compared:
    """The changes from one project to another, the worst first. Pure."""
    pairs = _pairs(before, after)
    found: list[_One] = []
    settings = list(_settings(before, after))
    elsewhere = {change.field for change in settings if change.kind is Kind.RECORDED or change.field == "interval"}
    for pair in pairs:
        found += _of_pair(pair, elsewhere)
    of_slos = list(_grouped(found))
    classes = [change for change in _classes(before, after, pairs) if not _is_one_of_slos(change, of_slos)]
    changes = [*of_slos, *settings, *_services(before, after, pairs), *classes]
    return Compared(ordered(changes), pairs)


# --- which SLO is which ---


def _pairs(before: ProjectFacts, after: ProjectFacts) -> tuple[Pair, ...]:
    """Every SLO with itself. An SLO that is gone and a new one that measures the same are one, with a new name."""
    gone = {key: value for key, value in before.slos.items() if key not in after.slos}
    new = {key: value for key, value in after.slos.items() if key not in before.slos}
    pairs = [Pair(before.slos[key], after.slos[key]) for key in before.slos if key in after.slos]
    waiting: dict[object, list[SloFacts]] = defaultdict(list)
    for facts in gone.values():
        waiting[_measured(facts)].append(facts)
    for facts in new.values():
        same = waiting.get(_measured(facts), [])
        same.sort(key=lambda each: _likeness(each, facts), reverse=True)
        if same and (len(same) == 1 or _likeness(same[0], facts) > _likeness(same[1], facts)):
            pairs.append(Pair(same.pop(0), facts))
        else:
            pairs.append(Pair(None, facts))
    pairs += [Pair(facts, None) for rest in waiting.values() for facts in rest]
    return tuple(sorted(pairs, key=lambda pair: pair.id))


def _measured(facts: SloFacts) -> object:
    return facts.measure, facts.slo.site, tuple(sorted(facts.slo.group_by))


def _likeness(one: SloFacts, other: SloFacts) -> int:
    names = ("target", "threshold", "period", "class")
    equal = sum(one.facts.get(name) == other.facts.get(name) for name in names)
    return (
        equal + 10 * (one.slo.indicator_name == other.slo.indicator_name) + 20 * (one.slo.service == other.slo.service)
    )


# --- one SLO ---


class _One(msgspec.Struct, frozen=True):
    """A change of one SLO, before changes of many SLOs are joined."""

    pair: Pair
    change: Change
    group: tuple[Any, ...]


def _of_pair(pair: Pair, elsewhere: set[str]) -> Iterator[_One]:
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
        yield _One(pair, change, (Kind.RENAMED, names))
    found = list(_of_facts(pair, before, after, elsewhere))
    yield from found
    yield from _of_rules(pair, before, after, {each.change.kind for each in found}, elsewhere)


def _whole(pair: Pair, kind: Kind, facts: SloFacts) -> _One:
    slo = facts.slo
    change = Change(
        kind=kind, field="", what="", slos=(facts.id,), services=(slo.service,), origin_before=slo.origin,
        origin_after=slo.origin,
    )  # fmt: skip
    return _One(pair, change, (kind, slo.service))


_OF_ALERTS = ("severity of ", "label ")
"""Beginnings of facts that come from the scheme's alerts: with another scheme they say nothing."""
_EVENTS = ("total", "bad", "error_ratio")


def _of_facts(pair: Pair, before: SloFacts, after: SloFacts, elsewhere: set[str]) -> Iterator[_One]:
    changed = [
        name
        for name in {**before.facts, **after.facts}
        if before.facts.get(name, _ABSENT).text != after.facts.get(name, _ABSENT).text
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
    if "threshold" in changed:
        skipped.add("measured_threshold")
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
            before.facts.get(name, _ABSENT).text, after.facts.get(name, _ABSENT).text)}  # fmt: skip
    return skipped


def _renamed_only(name: str, before: SloFacts, after: SloFacts) -> bool:
    """Whether a text differs in nothing but the SLO's own name, such as a link made from a pattern."""
    if before.id == after.id or slo_field(name).kind is not Kind.DESCRIBED:
        return False
    text = before.facts.get(name, _ABSENT).text
    for old, new in ((before.slo.service, after.slo.service), (before.slo.name, after.slo.name)):
        text = text.replace(old, new)
    return text == after.facts.get(name, _ABSENT).text


_LINKS = ("documentation", "runbook", "dashboard")
_OF_OBJECTIVES = ("target", "threshold", "measured_threshold", "bound", "aspirational", "description")
"""Facts that belong to one objective of a service: its name is in the words."""


def _one(pair: Pair, name: str, before: SloFacts, after: SloFacts) -> _One:
    old, new = before.facts.get(name, _ABSENT), after.facts.get(name, _ABSENT)
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
    return _One(pair, change, (kind, name, words, old.text, new.text, places))


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


def _events(pair: Pair, before: SloFacts, after: SloFacts, changed: list[str]) -> Iterator[_One]:
    """The change of what is counted, if it is more than another spelling."""
    parts, removed, added = [], [], []
    for name in changed:
        old, new = before.facts.get(name, _ABSENT), after.facts.get(name, _ABSENT)
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
        (after.facts[name] for name in ("template", "bad", "error_ratio") if name in after.facts), _ABSENT
    ).origin
    change = Change(
        kind=Kind.MEASURED, field="events", what=f"{after.slo.indicator_name}: {what}", before=texts[0], after=texts[1],
        parts=tuple(parts), slos=(after.id,), services=(after.slo.service,), origin_before=origin, origin_after=origin,
    )  # fmt: skip
    shared = after.slo.slo_class or after.slo.service
    yield _One(pair, change, (Kind.MEASURED, what, texts, after.slo.indicator_name, shared))


def _without_site(text: str, slo: Slo) -> str:
    """A matcher on the SLO's site, written as the settings have it. So all sites have the same change."""
    return text.replace(f'"{slo.site}"', '"{site}"') if slo.site else text


_LOUD = frozenset(Kind) - {Kind.DESCRIBED, Kind.MOVED, Kind.GOVERNED, Kind.RENAMED}
_QUIET_SERIES = (RecordingKind.METADATA, RecordingKind.ASPIRATIONAL)


def _of_rules(pair: Pair, before: SloFacts, after: SloFacts, kinds: set[Kind], elsewhere: set[str]) -> Iterator[_One]:
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


def _rules(pair: Pair, kind: Kind, what: str, old: Iterable[Any], new: Iterable[Any]) -> _One:
    texts = [", ".join(_series(each) for each in side) for side in (old, new)]
    change = Change(
        kind=kind, field="rules", what=what, before=texts[0], after=texts[1], slos=(pair.id,), services=(pair.service,)
    )
    return _One(pair, change, (kind, what, *texts))


def _series(key: Any) -> str:
    return key if isinstance(key, str) else " ".join(part for part in key if isinstance(part, str))


# --- many SLOs ---


def _grouped(found: Iterable[_One]) -> Iterator[Change]:
    """One change for all SLOs that have it from the same place, with the same values."""
    groups: dict[tuple[Any, ...], list[_One]] = defaultdict(list)
    for each in found:
        groups[each.group].append(each)
    for members in groups.values():
        first = members[0].change
        services = {name for member in members for name in member.change.services}
        one = len(services) == 1 and first.kind is not Kind.RENAMED
        yield msgspec.structs.replace(
            first,
            where=first.where or (next(iter(services)) if one else ""),
            slos=tuple(sorted({slo for member in members for slo in member.change.slos})),
            services=tuple(sorted(services)),
            parts=tuple(part for member in members for part in member.change.parts)
            if first.kind is Kind.RENAMED
            else first.parts,
        )


# --- services, classes, settings ---


def _services(before: ProjectFacts, after: ProjectFacts, pairs: Iterable[Pair]) -> Iterator[Change]:
    names = {name: name for name in after.services}
    for pair in pairs:
        if pair.before is not None and pair.after is not None and pair.after.slo.service not in before.services:
            names[pair.after.slo.service] = pair.before.slo.service
    known = {
        name: (before.services[old], after.services[name]) for name, old in names.items() if old in before.services
    }
    yield from _named(known)
    with_slos = {pair.service for pair in pairs}
    for kind, one, other in ((Kind.ADDED, after, before), (Kind.REMOVED, before, after)):
        for name in one.services.keys() - other.services.keys() - with_slos - set(names.values()):
            yield Change(kind=Kind.DESCRIBED, field="service", what=f"service without SLOs {kind}", subjects=(name,))


def _classes(before: ProjectFacts, after: ProjectFacts, pairs: Iterable[Pair]) -> Iterator[Change]:
    yield from _named({
        name: (before.classes[name], after.classes[name]) for name in after.classes if name in before.classes
    })  # fmt: skip
    if not before.services or not after.services:
        return  # the whole project is new, or gone
    # a class that comes or goes with its SLOs is no news beside them
    come = {pair.after.slo.slo_class for pair in pairs if pair.after is not None}
    went = {pair.before.slo.slo_class for pair in pairs if pair.before is not None}
    for what, names in (
        ("class added", after.classes.keys() - before.classes.keys() - come),
        ("class removed", before.classes.keys() - after.classes.keys() - went),
    ):
        if names:
            yield Change(kind=Kind.DESCRIBED, field="class", what=what, subjects=tuple(sorted(names)))


_OF_CLASSES = ("target", "threshold", "aspirational")


def _is_one_of_slos(change: Change, of_slos: Iterable[Change]) -> bool:
    """Whether SLOs inherit a changed objective of a class: then it is listed for them."""
    field, of, indicator = change.field.partition(" of ")
    field = field.removesuffix(" target")
    if not of or field not in _OF_CLASSES:
        return False
    return any(
        each.field == field
        and (each.before, each.after) == (change.before, change.after)
        and each.what.startswith(f"{indicator} ")
        and each.where == f"class {change.subjects[0]}"
        for each in of_slos
    )


def _named(known: Mapping[str, tuple[Facts, Facts]]) -> Iterator[Change]:
    """Changes of services' or classes' facts. Those with the same values are one change."""
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    origins: dict[tuple[str, str, str], tuple[Origin, Origin]] = {}
    for subject, (old, new) in known.items():
        for name in {**old, **new}:
            one, other = old.get(name, _ABSENT), new.get(name, _ABSENT)
            if one.text != other.text:
                key = (name, one.text, other.text)
                groups[key].append(subject)
                origins.setdefault(key, (one.origin, other.origin))
    for (name, one_text, other_text), subjects in groups.items():
        field, places = service_field(name), origins[name, one_text, other_text]
        yield _plain(field, name, one_text, other_text, tuple(sorted(subjects)), places)


def _settings(before: ProjectFacts, after: ProjectFacts) -> Iterator[Change]:
    for name in {**before.settings, **after.settings}:
        one, other = before.settings.get(name, _ABSENT), after.settings.get(name, _ABSENT)
        if one.text != other.text:
            field = settings_field(name)
            if field.kind is Kind.DELIVERED and not other.text:
                field = Field(field.words, Kind.WITHDRAWN)
            yield _plain(field, name, one.text, other.text, ("settings",), (one.origin, other.origin))


def _plain(
    field: Field, name: str, before: str, after: str, subjects: tuple[str, ...], origins: tuple[Origin, Origin]
) -> Change:
    return Change(
        kind=field.kind, field=name, what=field.words, before=before, after=after, subjects=subjects,
        origin_before=origins[0], origin_after=origins[1],
    )  # fmt: skip
