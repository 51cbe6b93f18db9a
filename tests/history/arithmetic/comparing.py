"""Our numbers beside promtool's: every recorded value and every alert's state, minute by minute."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import msgspec

from slosmith.history.arithmetic import PENDING, Outcome, Series, evaluate, read_rule_file
from slosmith.history.arithmetic.samples import SAMPLE
from tests.history.arithmetic.oracle import Found, ask, dialect_of

MINUTE = 60_000
_EXACT = 1e-9


def differences(
    promtool: Path,
    folder: Path,
    rules: Sequence[str],
    series: Sequence[Series],
    minutes: int,
    every: int = 1,
) -> tuple[list[str], int]:
    """Where ``rules`` (texts of rule files) give other numbers than promtool's over ``minutes``, looked at ``every`` so
    many; and how many values were compared.
    """
    read = (group for text in rules for group in read_rule_file(text))
    groups = [msgspec.structs.replace(group, interval=MINUTE) for group in read]  # as promtool evaluates them
    outcome = evaluate(groups, series, 0, minutes * MINUTE, dialect=dialect_of(promtool))
    instants = range(0, minutes + 1, every)
    own = {dict(each.labels)["__name__"] for each in series}
    records = {rule.record for group in groups for rule in group.rules if rule.record}
    query = f'{{__name__=~"{"|".join(sorted({*records, "ALERTS"} - own))}"}}'  # states of alerts are series too
    files = {f"rules{number}.yaml": text for number, text in enumerate(rules)}
    order = [group.name for group in groups]
    theirs = ask(promtool, folder, series, [(query, minute * MINUTE) for minute in instants], files, order)
    found, compared = [], 0
    for minute, expected in zip(instants, theirs, strict=True):
        assert expected is not None, f"promtool fails at minute {minute}"
        ours = _at(outcome, minute)
        compared += len(expected)
        found += [f"minute {minute}: {text}" for text in unlike(expected, ours)]
    return found, compared


def unlike(expected: Found, ours: Found) -> list[str]:
    """What differs between two vectors, by more than a billionth of a value."""
    found = [f"{labels} has no {value}" for labels, value in expected.items() if labels not in ours]
    found += [f"{labels} has {value}" for labels, value in ours.items() if labels not in expected]
    for labels, value in expected.items():
        own = ours.get(labels, value)
        same = (math.isnan(value) and math.isnan(own)) or value == own
        if not same and not math.isclose(value, own, rel_tol=_EXACT, abs_tol=0.0):
            found.append(f"{labels}: {own!r} instead of {value!r}")
    return found


def _at(outcome: Outcome, minute: int) -> Found:
    found: Found = {}
    for series in outcome.recorded:
        kinds, values = series.samples.kinds, series.samples.values
        if kinds is None or kinds[minute] == SAMPLE:
            found[series.labels] = float(values[minute])
    for alert in outcome.alerts:
        if alert.states[minute]:
            state = "pending" if alert.states[minute] == PENDING else "firing"
            found[tuple(sorted((("__name__", "ALERTS"), ("alertstate", state), *alert.labels)))] = 1.0
    return found
