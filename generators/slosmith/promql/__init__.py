"""The one place that parses, inspects, quotes or prints PromQL."""

from slosmith.promql.error import PromqlError
from slosmith.promql.expression import Expression, FoundSelector, normalise, parse, selectors
from slosmith.promql.matchers import decoys, example_labels, examples, matches, parse_matcher
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
from slosmith.promql.regex import RegexError, check_regex, regex_counterexample, regex_example

__all__ = [
    "Expression",
    "FoundSelector",
    "PromqlError",
    "RegexError",
    "check_label_name",
    "check_metric_name",
    "check_regex",
    "decoys",
    "example_labels",
    "examples",
    "fill_window",
    "has_window",
    "literal_regex",
    "matcher_text",
    "matches",
    "normalise",
    "parse",
    "parse_matcher",
    "quote",
    "regex_counterexample",
    "regex_example",
    "selector_text",
    "selectors",
]
