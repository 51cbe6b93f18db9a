"""One SLO on both sides, in words: its objective, its budget, its alerts and its queries."""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.changes.changing import Part
from slosmith.changes.consequences.row import Row
from slosmith.changes.difference import Difference
from slosmith.changes.facts import ProjectFacts, SloFacts
from slosmith.changes.kinds import slo_field
from slosmith.changes.pairing import Pair
from slosmith.changes.wording import consequence, merged
from slosmith.explanation.summary import explain
from slosmith.vocabulary.numbers import amount, approximate_time, percent, time_until

NOT_THERE = "it does not exist"


def find(difference: Difference, name: str) -> list[Pair]:
    """The pairs that ``name`` means: an id (``<service>-<slo>`` or ``<service>/<slo>``) on one of the two sides, or a
    service for all of its SLOs.
    """
    found = []
    for pair in difference.compared.pairs:
        slos = [side.slo for side in (pair.before, pair.after) if side is not None]
        if any(name in (slo.id, f"{slo.service}/{slo.name}") for slo in slos):
            return [pair]
        if any(name == slo.service for slo in slos):
            found.append(pair)
    return found


def names(difference: Difference) -> set[str]:
    """Every name that :func:`find` knows."""
    sides = [side for pair in difference.compared.pairs for side in (pair.before, pair.after) if side is not None]
    return {side.id for side in sides} | {side.slo.service for side in sides}


def parts(pair: Pair, difference: Difference) -> list[Part]:
    """What can be said about the SLO, on both sides."""
    before = dict(_said(pair.before, difference.before)) if pair.before is not None else {}
    after = dict(_said(pair.after, difference.after)) if pair.after is not None else {}
    return [Part(what, before.get(what, ""), after.get(what, "")) for what in {**before, **after}]


def consequences(pair: Pair, difference: Difference) -> list[Row]:
    """The consequences for the SLO."""
    ids = {side.id for side in (pair.before, pair.after) if side is not None}
    return [row for row in difference.consequences if ids & set(row.slos)]


def _said(side: SloFacts, project: ProjectFacts) -> Iterator[tuple[str, str]]:
    it = explain(side.slo, project.project.rules, project.project.evaluation_interval)
    yield "objective", it.objective
    for index, budget in enumerate(it.budgets):
        text = f"{approximate_time(budget.outage_seconds)} of full outage"
        if budget.bad_events is not None and budget.events is not None:
            text += f", {amount(budget.bad_events)} of {amount(budget.events)} events"
        yield (
            f"budget, {'rolling' if index == 0 else budget.period}",
            f"{text} in {budget.period}" if not index else text,
        )
    for tier in it.alerts:
        outage = tier.detection[0]
        fires = time_until(outage.fires_after_seconds)
        text = f"above {percent(tier.threshold_ratio)}; a full outage fires it after {fires}"
        if outage.clears_after_seconds is not None:
            text += f", and it clears {time_until(outage.clears_after_seconds)} after the end"
        yield f"{tier.severity} {tier.tier}", text
    for each in side.alerts:
        if each.alert.trigger is None:
            hold = f" after {each.hold}" if each.hold is not None else ""
            yield f"{each.alert.severity} {each.alert.tier}", f"{each.alert.name}{hold}"
    for name, fact in side.facts.items():
        if name not in ("target", "alerting") and not name.startswith(("tier ", "for of ")):
            yield slo_field(name).words, fact.text


def lines(pair: Pair, difference: Difference) -> list[str]:
    """Both sides as text: what is equal once, what differs one below the other."""
    found = [pair.id]
    if pair.before is None or pair.after is None:
        found.append(f"{'before' if pair.before is None else 'after'}: {NOT_THERE}")
    said = parts(pair, difference)
    different = [part for part in said if part.before != part.after]
    for part in different:
        found += ["", part.what, *_indented("before", part.before), *_indented("after", part.after)]
    same = [part for part in said if part.before == part.after]
    if same:
        found += ["", "the same on both sides"]
        found += [f"  {part.what}: {' '.join(part.after.split())}" for part in same]
    rows = consequences(pair, difference)
    if rows:
        found += ["", "what follows", *(f"  {row.area}: {consequence(row)}" for row in merged(rows))]
    return found


def _indented(word: str, text: str) -> list[str]:
    head, *rest = (text or "none").splitlines()
    return [f"  {word:<8}{head}", *(f"          {line}" for line in rest)]
