"""The lock file for people: a short block for each SLO, with everything that a change can change.

Its difference in git is what a reviewer reads. Blocks are sorted by id, values have one line each, and numbers are
those of the rules. Nothing in a block depends on another SLO, so changes of two services touch different lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from slosmith.changes.facts import ProjectFacts, SloFacts
from slosmith.changes.queries import one_line
from slosmith.explanation.detection import Tier, explain_tiers
from slosmith.explanation.summary import period_budgets
from slosmith.model import Origin
from slosmith.vocabulary import names, sentences
from slosmith.vocabulary.numbers import approximate_time, number, percent, plural, time_until

Block = dict[str, object]


def blocks(project: ProjectFacts) -> dict[str, Block]:
    """A block for each SLO, by id, sorted."""
    return {slo: _block(project.slos[slo], project) for slo in sorted(project.slos)}


def _block(side: SloFacts, project: ProjectFacts) -> Block:
    slo, facts = side.slo, side.facts
    interval = project.project.evaluation_interval
    tiers = {(each.severity, each.tier): each for each in explain_tiers(slo, project.scheme, interval)}
    rolling = period_budgets(slo)[0]
    found: Block = {"objective": sentences.objective(slo)}
    for name in ("class", "team", "group_by", "labels", "traffic", "aspirational"):
        if name in facts:
            found[name] = facts[name].text
    budget = f"{approximate_time(rolling.outage_seconds)} of full outage in {rolling.period}"
    if rolling.bad_events is not None:
        budget += f", {number(rolling.bad_events)} bad events"
    found["budget"] = budget
    for name, words in (("total", "events"), ("bad", "bad events"), ("error_ratio", "error ratio")):
        if name in facts:
            # a raw ratio has a placeholder in place of its window
            text = facts[name].text
            found[words] = " ".join(text.split()) if name == "error_ratio" else one_line(text)
    if "template" in facts:
        found["template"] = facts["template"].text
    found["alerts"] = {
        f"{each.alert.name} {each.alert.tier}": "; ".join(
            [_labels(each.alert.labels), *(_tiers(each.alert.trigger.pairs, tiers, each.alert.severity)
             if each.alert.trigger is not None else ()), *_holds(each)]
        )
        for each in side.alerts
    } or "none"  # fmt: skip
    found["series"] = ", ".join(_series(each.record for each in side.recordings)) or "none"
    found["from"] = dict(_origins(side))
    return found


_OWN = frozenset({*names.IDENTITY, names.TIER, names.SLOTH_SEVERITY})


def _labels(labels: Iterable[tuple[str, str]]) -> str:
    """The labels that route an alert."""
    return ", ".join(f"{name} {value}" for name, value in labels if name not in _OWN)


def _tiers(pairs: Iterable[object], tiers: dict[tuple[str, str], Tier], severity: str) -> Iterator[str]:
    for pair in pairs:
        tier = tiers.get((severity, getattr(pair, "name", "")))
        if tier is None:
            continue
        outage = tier.detection[0]
        long, short = (approximate_time(seconds) for seconds in (tier.long_seconds, tier.short_seconds))
        text = f"above {percent(tier.threshold_ratio)} in {long} and {short}"
        if tier.minimum_is_adaptive:
            text += f", at least {number(tier.minimum_bad_events)} bad events, more with more traffic"
        elif tier.minimum_bad_events:
            text += f", at least {plural(int(tier.minimum_bad_events), 'bad event')}"
        yield f"{text}; a full outage fires it after {time_until(outage.fires_after_seconds)}"


def _holds(each: object) -> Iterator[str]:
    for name, words in (("hold", "for"), ("keep", "keep_firing_for")):
        value = getattr(each, name)
        if value is not None:
            yield f"{words} {value}"


_WINDOWED = re.compile(r"(?P<stem>.+:ratio_rate)(?P<window>\w+)")


def _series(records: Iterable[str]) -> Iterator[str]:
    """The names of the recorded series; those that differ in a window only are one name."""
    windows: dict[str, list[str]] = {}
    for record in dict.fromkeys(records):
        found = _WINDOWED.fullmatch(record)
        windows.setdefault(found["stem"] if found else record, []).extend([found["window"]] if found else [])
    for stem in sorted(windows):
        yield f"{stem}({'|'.join(windows[stem])})" if windows[stem] else stem


_FROM = (
    "target", "threshold", "period", "calendar", "bad", "error_ratio", "template", "catalogue", "minimum_bad_events",
    "max_error_ratio", "team",
)  # fmt: skip


def _origins(side: SloFacts) -> Iterator[tuple[str, str]]:
    """Where the values are written. Defaults are not listed."""
    for name in _FROM:
        origin = side.facts[name].origin if name in side.facts else Origin("default")
        if origin.file:
            steps = ".".join(str(step) for step in origin.path)
            yield {"bad": "indicator", "error_ratio": "indicator"}.get(name, name), f"{origin.file} {steps}".strip()
