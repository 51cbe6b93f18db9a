"""The error budget in time and in events, a period, before and after."""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.changes.consequences.row import Area, Row
from slosmith.changes.pairing import Pair
from slosmith.explanation.summary import PeriodBudget, period_budgets
from slosmith.vocabulary.numbers import amount, approximate_time

_ROLLING = "rolling"


def rows(pair: Pair) -> Iterator[Row]:
    """The budgets of an SLO that differ. Budgets in events need declared traffic."""
    before = _by_period(() if pair.before is None else period_budgets(pair.before.slo))
    after = _by_period(() if pair.after is None else period_budgets(pair.after.slo))
    differing = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if pair.before is None or pair.after is None:
        differing = [_ROLLING]
    for name in differing:
        old, new = before.get(name), after.get(name)
        if (old and (old.period, old.outage_seconds)) != (new and (new.period, new.outage_seconds)):
            yield Row(
                area=Area.BUDGET, what=f"full outage, {_name(old, new)}", before=_time(old), after=_time(new),
                slos=(pair.id,),
            )  # fmt: skip
        if _events(old) or _events(new):
            yield Row(
                area=Area.BUDGET, what=f"bad events, {_name(old, new)}", before=_events(old), after=_events(new),
                slos=(pair.id,),
            )  # fmt: skip
    counting = [side.slo for side in (pair.before, pair.after) if side is not None and side.slo.counts_events]
    if differing and counting and all(slo.expected_events_per_day is None for slo in counting):
        reason = "bad events a period: not estimated, no traffic is declared"
        yield Row(area=Area.BUDGET, what=reason, slos=(pair.id,), estimated=False)


def _by_period(budgets: tuple[PeriodBudget, ...]) -> dict[str, PeriodBudget]:
    """The budgets of the rolling, the shortest and the longest reporting period, whatever these are called."""
    return dict(zip((_ROLLING, "shortest", "longest"), budgets, strict=False))


def _name(old: PeriodBudget | None, new: PeriodBudget | None) -> str:
    names = dict.fromkeys(each.period for each in (old, new) if each is not None)
    return " -> ".join(names)


def _time(budget: PeriodBudget | None) -> str:
    if budget is None:
        return "none"
    return f"{approximate_time(budget.outage_seconds)} ({amount(budget.outage_seconds / 60)} min)"


def _events(budget: PeriodBudget | None) -> str:
    if budget is None or budget.bad_events is None or budget.events is None:
        return ""
    return f"{amount(budget.bad_events)} of {amount(budget.events)}"
