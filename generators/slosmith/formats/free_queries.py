"""PromQL in specs: selectors as text, and free queries with ``{{.window}}`` and ``{{.site}}``.

The PromQL parser is imported for the first expression only: most specs use templates, and have no expressions.
"""

from __future__ import annotations

import re

from slosmith.model import Selector

_TEMPLATE = re.compile(r"\{\{-?\s*\.(window|site)\s*-?\}\}")


def blank_templates(query: str) -> str:
    """``query`` with its templates replaced by valid text of the same length, so that offsets do not change."""
    return _TEMPLATE.sub(_blank, query)


def _blank(found: re.Match[str]) -> str:
    length = len(found[0])
    # padded at the end, as promql.parse does: then every parser gets the same text
    return "5m".ljust(length) if found[1] == "window" else "x" * length


def has_site(query: str) -> bool:
    """Whether ``query`` holds the ``{{.site}}`` placeholder."""
    return any(found[1] == "site" for found in _TEMPLATE.finditer(query))


def fill_site(query: str, site: str) -> str:
    """``query`` with every ``{{.site}}`` replaced. Names of sites have no characters that PromQL must escape."""
    return _TEMPLATE.sub(lambda found: site if found[1] == "site" else found[0], query)


def check_query(query: str) -> None:
    """Check ``query`` with its templates filled in. Raises :class:`slosmith.promql.PromqlError` if it is not PromQL, or
    if it gives a range or a text: a rule needs one value for each series, or a number.
    """
    from slosmith import promql

    found = promql.parse(blank_templates(query))
    if not found.is_vector and not found.is_scalar:
        message = "expected one value for each series, as in rate(x[5m]); this query gives a range or a text"
        raise promql.PromqlError(message, found.node.start, found.node.end - found.node.start)


def parse_selector(text: str) -> Selector:
    """``http_requests_total{job="api"}`` as a selector. Raises PromqlError for anything that is not one."""
    from slosmith import promql
    from slosmith.promql.ast import VectorSelector

    node = promql.parse(text).node
    if not isinstance(node, VectorSelector):
        message = 'expected a selector such as http_requests_total{job="api"}, found an expression'
        inside = {each.selector for each in promql.selectors(text)}
        hint = ""
        if len(inside) == 1:
            hint = f"write {promql.selector_text(inside.pop())}: slosmith adds rates and sums"
        raise promql.PromqlError(message, node.start, node.end - node.start, hint)
    found = promql.selectors(text)[0]
    if found.range is not None:
        raise promql.PromqlError("expected a selector without a range: slosmith adds the range", 0, len(text))
    if found.offset_ms or node.at:
        raise promql.PromqlError("expected a selector without offset and @", 0, len(text))
    if found.alternatives > 1:
        raise promql.PromqlError("expected one set of matchers, without `or`: write a list of selectors", 0, len(text))
    if not found.selector.metric:
        raise promql.PromqlError("expected a metric name", node.start, 1)
    return found.selector
