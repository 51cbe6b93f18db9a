"""The changes of services, classes and settings: of what is said once for many SLOs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from slosmith.changes.changing import Change
from slosmith.changes.facts import ABSENT, Facts, ProjectFacts
from slosmith.changes.kinds import Field, Kind, service_field, settings_field
from slosmith.changes.pairing import Pair
from slosmith.model import Origin


def service_changes(before: ProjectFacts, after: ProjectFacts, pairs: Iterable[Pair]) -> Iterator[Change]:
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


def class_changes(before: ProjectFacts, after: ProjectFacts, pairs: Iterable[Pair]) -> Iterator[Change]:
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


def is_one_of_slos(change: Change, of_slos: Iterable[Change]) -> bool:
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
            one, other = old.get(name, ABSENT), new.get(name, ABSENT)
            if one.text != other.text:
                key = (name, one.text, other.text)
                groups[key].append(subject)
                origins.setdefault(key, (one.origin, other.origin))
    for (name, one_text, other_text), subjects in groups.items():
        field, places = service_field(name), origins[name, one_text, other_text]
        yield _plain(field, name, one_text, other_text, tuple(sorted(subjects)), places)


def settings_changes(before: ProjectFacts, after: ProjectFacts) -> Iterator[Change]:
    for name in {**before.settings, **after.settings}:
        one, other = before.settings.get(name, ABSENT), after.settings.get(name, ABSENT)
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
