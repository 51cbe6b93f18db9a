"""Matchers from text: what a user may write, as structure, so that it can only ever be a matcher again."""

from __future__ import annotations

from typing import Any

import promql_parser

from slosmith.model import Matcher, MatchOperator
from slosmith.promql.quoting import check_label_name, quote

OPERATORS: dict[str, MatchOperator] = {
    "MatchOp.Equal": "=",
    "MatchOp.NotEqual": "!=",
    "MatchOp.Re": "=~",
    "MatchOp.NotRe": "!~",
}


def check_regex(pattern: str) -> str:
    """``pattern`` itself when it is a regular expression that Prometheus takes; else ValueError."""
    if not pattern:
        raise ValueError("an empty regular expression")
    try:
        promql_parser.parse(f"x{{y=~{quote(pattern)}}}")
    except ValueError as error:
        raise ValueError(f"not an RE2 regular expression: {pattern!r} ({error})") from None
    return pattern


def parse_matcher(text: str) -> Matcher:
    """One matcher, ``job="api"``, read as PromQL. Raises ValueError for anything else or more."""
    try:
        parsed: Any = promql_parser.parse(f"x{{{text}\n}}")
    except ValueError as error:
        raise ValueError(f'not a matcher like label="value": {text!r} ({error})') from None
    plain = isinstance(parsed, promql_parser.VectorSelector) and parsed.name == "x" and parsed.offset is None
    if not plain or parsed.at is not None or parsed.matchers.or_matchers or len(parsed.matchers.matchers) != 1:
        raise ValueError(f'not one matcher like label="value": {text!r}')
    found = parsed.matchers.matchers[0]
    return Matcher(check_label_name(found.name), OPERATORS[str(found.op)], found.value)
