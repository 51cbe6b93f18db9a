"""Reads matchers, and finds examples of series that match and of series that fail a single matcher (decoys)."""

from __future__ import annotations

from functools import lru_cache

from slosmith.model import Matcher, MatchOperator, Selector
from slosmith.promql.ast import VectorSelector
from slosmith.promql.regex import Regex, counterexamples
from slosmith.promql.syntax import read

PLAIN_VALUE = "example"
"""The value of a label that has only negative matchers."""


def parse_matcher(text: str) -> Matcher:
    """Reads one matcher, such as ``job="api"``. Raises ValueError for everything else, also for several matchers."""
    try:
        parsed = read(f"x{{{text}\n}}")
    except ValueError as error:
        raise ValueError(f'not a matcher like label="value": {text!r} ({error})') from None
    if (
        not isinstance(parsed, VectorSelector)
        or (parsed.metric, parsed.range, parsed.offset_ms, parsed.at) != ("x", None, 0, "")
        or [len(group) for group in parsed.alternatives] != [1]
    ):
        raise ValueError(f'not one matcher like label="value": {text!r}')
    return parsed.alternatives[0][0]


def matches(matcher: Matcher, value: str) -> bool:
    """Whether a label value matches. A missing label has the value ``""``."""
    match matcher.op:
        case "=":
            return value == matcher.value
        case "!=":
            return value != matcher.value
        case "=~":
            return Regex(matcher.value).matches(value)
        case "!~":
            return not Regex(matcher.value).matches(value)


def examples(selector: Selector, limit: int = 16) -> list[dict[str, str]]:
    """Several sets of labels that the selector selects: first the simplest, then others that differ in one label."""
    labels = _by_label(selector.matchers)
    options = {label: _values(tuple(matchers)) for label, matchers in labels.items()}
    if not all(options.values()):
        return []
    plainest = {label: values[0] for label, values in options.items()}
    others = [{**plainest, label: value} for label, values in options.items() for value in values[1:4]]
    found = [_present(chosen) for chosen in [plainest, *others]]
    return [labels for index, labels in enumerate(found) if labels not in found[:index]][:limit]


def decoys(selector: Selector) -> list[tuple[Matcher, dict[str, str]]]:
    """For each matcher, labels that fail this matcher only. A matcher that another one implies has no decoy."""
    found = []
    for matcher in dict.fromkeys(selector.matchers):
        opposite = Matcher(matcher.label, _OPPOSITE[matcher.op], matcher.value)
        rest = tuple(other for other in selector.matchers if other != matcher)
        labels = _labels((*rest, opposite))
        if labels is not None:
            found.append((matcher, labels))
    return found


_OPPOSITE: dict[MatchOperator, MatchOperator] = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}


def _labels(matchers: tuple[Matcher, ...]) -> dict[str, str] | None:
    chosen = {}
    for label, own in _by_label(matchers).items():
        values = _values(tuple(own))
        if not values:
            return None
        chosen[label] = values[0]
    return _present(chosen)


def _by_label(matchers: tuple[Matcher, ...]) -> dict[str, list[Matcher]]:
    found: dict[str, list[Matcher]] = {}
    for matcher in matchers:
        found.setdefault(matcher.label, []).append(matcher)
    return found


@lru_cache(maxsize=8192)
def _values(matchers: tuple[Matcher, ...]) -> tuple[str, ...]:
    """Values that satisfy all matchers of one label: the simplest first, the empty one (no label) last.

    Cached, because the SLOs of a service have the same labels, and matching patterns is slow.
    """
    candidates: list[str] = []
    for matcher in matchers:
        match matcher.op:
            case "=":
                candidates.append(matcher.value)
            case "=~":
                candidates += Regex(matcher.value).examples()
    for matcher in matchers:
        match matcher.op:
            case "!=":
                candidates += [f"other-{matcher.value}", "1" if matcher.value != "1" else "2"]
            case "!~":
                candidates += counterexamples(matcher.value)
    candidates += [PLAIN_VALUE, ""]
    fitting = [value for value in dict.fromkeys(candidates) if all(matches(matcher, value) for matcher in matchers)]
    return tuple(sorted(fitting, key=lambda value: value == ""))


def _present(labels: dict[str, str]) -> dict[str, str]:
    return {label: value for label, value in labels.items() if value}
