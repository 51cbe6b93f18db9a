"""Parses, inspects, quotes and prints PromQL. No other package does this."""

from slosmith.promql.error import PromqlError
from slosmith.promql.expression import Expression, FoundSelector, parse, selectors
from slosmith.promql.matchers import decoys, examples, matches, parse_matcher
from slosmith.promql.quoting import (
    check_label_name,
    check_metric_name,
    fill_window,
    has_window,
    literal_regex,
    matcher_text,
    quote,
    selector_text,
)
from slosmith.promql.regex import RegexError, check_regex

__all__ = [
    "Expression",
    "FoundSelector",
    "PromqlError",
    "RegexError",
    "check_label_name",
    "check_metric_name",
    "check_regex",
    "decoys",
    "examples",
    "fill_window",
    "has_window",
    "literal_regex",
    "matcher_text",
    "matches",
    "parse",
    "parse_matcher",
    "quote",
    "selector_text",
    "selectors",
]
