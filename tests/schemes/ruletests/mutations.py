"""Faults that a generated rule could have. Each is a small change of the expression of one rule.

Only the text is changed, so the faults do not depend on the code that makes rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from slosmith.model import Duration
from slosmith.model.rules import AlertingRule, AlertKind, RecordingKind, Rule, RuleGroup

LADDER = (
    "1m",
    "2m",
    "5m",
    "10m",
    "30m",
    "1h",
    "2h",
    "6h",
    "12h",
    "1d",
    "3d",
    "7d",
    "28d",
    "30d",
    "90d",
    "91d",
    "92d",
    "120d",
)


class Mutant(msgspec.Struct, frozen=True):
    """One fault: the rule at ``index`` of its group has the expression ``expr`` (or no ``for``)."""

    index: int
    kind: AlertKind | RecordingKind
    rule: str
    fault: str
    expr: str
    lost: str = ""
    """The field of the rule that is None: `hold` or `keep`."""

    @property
    def name(self) -> str:
        return f"{self.rule}: {self.fault}"

    def apply(self, group: RuleGroup) -> RuleGroup:
        rules = list(group.rules)
        lost = {self.lost: None} if self.lost else {}
        rules[self.index] = msgspec.structs.replace(rules[self.index], expr=self.expr, **lost)
        return msgspec.structs.replace(group, rules=tuple(rules))


def mutants(group: RuleGroup) -> list[Mutant]:
    """Every fault of every rule. SLOs that differ in names only have the same faults."""
    return [mutant for index in range(len(group.rules)) for mutant in mutants_of(group, index)]


def mutants_of(group: RuleGroup, index: int) -> list[Mutant]:
    """Every fault of one rule."""
    rule = group.rules[index]
    found, seen = [], {rule.expr}
    for fault, expr in _faults(rule):
        if expr not in seen:
            seen.add(expr)
            found.append(Mutant(index, rule.kind, rule_name(rule), fault, expr))
    for field, key in (("hold", "for"), ("keep", "keep_firing_for")):
        if isinstance(rule, AlertingRule) and getattr(rule, field) is not None:
            found.append(Mutant(index, rule.kind, rule_name(rule), f"time, no {key}", rule.expr, field))
    return found


def rule_name(rule: Rule) -> str:
    """A recording's name, or an alert's tier."""
    return f"alert {rule.tier}" if isinstance(rule, AlertingRule) else rule.record


def _faults(rule: Rule) -> Iterator[tuple[str, str]]:
    expr = rule.expr
    yield from _ranges(expr)
    yield from _steps(expr)
    yield from _matchers(expr)
    yield from _numbers(expr)
    yield from _comparisons(expr)
    yield from _operators(expr)
    yield from _parts(expr)
    yield from _swaps(expr)
    if isinstance(rule, AlertingRule):
        yield from _other_ratio(expr)


def _each(pattern: str, expr: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Matches outside of string literals."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', lambda match: '"' + "_" * (len(match[0]) - 2) + '"', expr)
    yield from enumerate(re.finditer(pattern, bare), 1)


def _put(expr: str, match: re.Match[str], text: str, group: int = 0) -> str:
    return expr[: match.start(group)] + text + expr[match.end(group) :]


def _ranges(expr: str) -> Iterator[tuple[str, str]]:
    """Every range replaced by the next shorter and the next longer one."""
    ladder = [Duration.parse(text).milliseconds for text in LADDER]
    for number, match in _each(r"\[([0-9a-z]+)(?=[:\]])", expr):
        length = Duration.parse(match[1]).milliseconds
        short = 1000 if length % 60_000 == 59_000 else 0
        window = length + short
        near = [
            max((one for one in ladder if one < window), default=0),
            min((one for one in ladder if one > window), default=0),
        ]
        if window > 24 * 3_600_000:
            near += [window - 24 * 3_600_000, window + 24 * 3_600_000]
        for other in near:
            if other:
                text = str(Duration(other - short))
                yield f"range {number} {match[1]} -> {Duration(other)}", _put(expr, match, text, 1)


def _steps(expr: str) -> Iterator[tuple[str, str]]:
    for number, match in _each(r":(\d+[mh])\]", expr):
        for other in {"1h": ("30m", "2h"), "5m": ("10m",), "1m": ("30s", "2m")}.get(match[1], ()):
            yield f"step {number} {match[1]} -> {other}", _put(expr, match, other, 1)


_SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\{([^{}]*)\}")
_MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"(?:[^"\\]|\\.)*"')


def _matchers(expr: str) -> Iterator[tuple[str, str]]:
    """Every matcher of every selector removed; and each identity label removed everywhere at once."""
    for number, selector in enumerate(_SELECTOR.finditer(expr), 1):
        own = [match[0] for match in _MATCHER.finditer(selector[2])]
        for place, matcher in enumerate(own):
            rest = ", ".join(other for index, other in enumerate(own) if index != place)
            label = re.match(r"\w+", matcher)
            yield f"selector {number} without {label[0] if label else ''}", _put(expr, selector, rest, 2)
    for label in ("sloth_id", "sloth_service", "sloth_slo", "calendar"):
        everywhere = re.sub(rf'{label}="[^"]*"(, )?', "", expr)
        yield f"every selector without {label}", re.sub(r", \}", "}", everywhere)


def _numbers(expr: str) -> Iterator[tuple[str, str]]:
    for number, match in _each(r"(?<![\w.\[:\"{-])(\d+(?:\.\d+)?)(?![\w.\]\"])", expr):
        value = Decimal(match[1])
        if value == 0:
            continue
        for factor in ("1.05", "0.95"):
            yield f"number {number} ({match[1]}) x {factor}", _put(expr, match, f"{value * Decimal(factor):f}", 1)


_OTHER = {">": "<", "<": ">", ">=": "<", "<=": ">"}


def _comparisons(expr: str) -> Iterator[tuple[str, str]]:
    for number, match in _each(r"\s(>=|<=|>|<)(?= )", expr):
        yield f"comparison {number} {match[1]} -> {_OTHER[match[1]]}", _put(expr, match, _OTHER[match[1]], 1)
        edge = match[1][0] if match[1].endswith("=") else match[1] + "="
        yield f"comparison {number} {match[1]} -> {edge}", _put(expr, match, edge, 1)


def _operators(expr: str) -> Iterator[tuple[str, str]]:
    for number, match in _each(r"\b(and|or|unless)\b", expr):
        for other in {"and": ("or", "unless"), "or": ("and",), "unless": ("and", "or")}[match[1]]:
            yield f"operator {number} {match[1]} -> {other}", _put(expr, match, other, 1)
    for number, match in _each(r"\n\s*(/|-|\*)(?= on|\n)", expr):
        for other in {"/": "*", "-": "+", "*": "/"}[match[1]]:
            yield f"operator {number} {match[1]} -> {other}", _put(expr, match, other, 1)
    for number, match in _each(r"\b(sum_over_time|avg_over_time|count_over_time|rate|sum)\b(?=[ (])", expr):
        other = {"sum_over_time": "max_over_time", "avg_over_time": "max_over_time", "count_over_time": "max_over_time",
                 "rate": "irate", "sum": "max"}[match[1]]  # fmt: skip
        yield f"function {number} {match[1]} -> {other}", _put(expr, match, other, 1)


def _parts(expr: str) -> Iterator[tuple[str, str]]:
    """Whole parts removed: zero-fill, guards, minimums, clamps, the elapsed share of the period."""
    for pattern, said, left in (
        (r"\nor(?: on \([^)]*\))?\n0 \* [\s\S]*$", "no zero-fill", ""),
        (r"\n  or\n  0 \* [\s\S]*?(?=\n\),)", "no zero-fill of good", ""),
        (r" > 0\)", "no guard", ")"),
        (r"\nand on \([^)]*\)\n\([^\n]*>= [0-9.]+\)$", "no event floor", ""),
        (r"\nand on \([^)]*\)\n\(max[^\n]*$", "no last condition", ""),
        (r" >= 0", "no guard against NaN", ""),
        (r" @ end\(\)", "start not pinned", ""),
        (r"\n\* on \(\) group_left \(\)\n[\s\S]*$", "not by elapsed share", ""),
        (r"^\d+ \* ", "no factor", ""),
        (r" / 300", "not per second", ""),
        (r" <= time\(\) \+ 300", "far future believed", ""),
        (r"^1 - ", "not the rest", ""),
    ):
        for number, match in _each(pattern, expr):
            yield f"{said} ({number})", _put(expr, match, left)
    clamped = re.fullmatch(r"clamp_min\(\n([\s\S]*),\n  0\n\)", expr)
    if clamped:
        yield "not clamped", clamped[1]


def _swaps(expr: str) -> Iterator[tuple[str, str]]:
    """Bad events replaced by all events and the other way round, each alone and all at once."""
    for number, match in _each(r"sli_(bad|total)(?=[:_])", expr):
        yield f"swap {number}", _put(expr, match, "total" if match[1] == "bad" else "bad", 1)
    yield "swap all", re.sub(r"sli_(bad|total)(?=[:_])", lambda m: "sli_total" if m[1] == "bad" else "sli_bad", expr)


def _other_ratio(expr: str) -> Iterator[tuple[str, str]]:
    """An alert that reads the ratio of another window."""
    windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"]
    for number, match in _each(r"ratio_rate(\w+)", expr):
        if match[1] in windows:
            place = windows.index(match[1])
            for other in windows[max(0, place - 1) : place] + windows[place + 1 : place + 2]:
                yield f"ratio {number} of {match[1]} -> {other}", _put(expr, match, other, 1)
