"""Which SLO of one project is which SLO of the other."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from slosmith.changes.facts import ProjectFacts, SloFacts


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


def pairs_of(before: ProjectFacts, after: ProjectFacts) -> tuple[Pair, ...]:
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
