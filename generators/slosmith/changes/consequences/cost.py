"""The number of rules before and after."""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.changes.consequences.row import Area, Row
from slosmith.changes.facts import ProjectFacts


def rows(before: ProjectFacts, after: ProjectFacts) -> Iterator[Row]:
    """Recording rules, alerts and SLOs. Series of ``group_by`` are counted by no one before the rules run."""
    for what, old, new in (
        ("SLOs", len(before.slos), len(after.slos)),
        ("recording rules", _recordings(before), _recordings(after)),
        ("alerting rules", _alerts(before), _alerts(after)),
    ):
        if old != new:
            yield Row(area=Area.COST, what=what, before=f"{old:,}", after=f"{new:,} ({new - old:+,})")
    grouped = sorted(
        each.id for each in after.slos.values()
        if each.slo.group_by and (each.id not in before.slos or before.slos[each.id].slo.group_by != each.slo.group_by)
    )  # fmt: skip
    if grouped:
        reason = "series of group_by: not estimated, their number depends on the values of the labels"
        yield Row(area=Area.COST, what=reason, slos=tuple(grouped), estimated=False)


def _recordings(facts: ProjectFacts) -> int:
    return sum(len(each.recordings) for each in facts.slos.values())


def _alerts(facts: ProjectFacts) -> int:
    return sum(len(each.alerts) for each in facts.slos.values())
