"""The one place that parses, inspects, quotes or prints PromQL."""

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

__all__ = [
    "check_label_name",
    "check_metric_name",
    "fill_window",
    "has_window",
    "literal_regex",
    "matcher_text",
    "quote",
    "selector_text",
]
