"""Bucket bounds: exporters and versions of Prometheus write one number in several ways.

Prometheus 2 keeps the exporter's text, ``500`` from most and ``500.0`` from Python's client; Prometheus 3 stores
``500.0``. From 10^6 up and below 10^-4 Prometheus 3 and Go's client write ``3.6e+06``, and Envoy writes digits.
A series has one spelling, so nothing is counted twice.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from slosmith.model import Matcher, Selector
from slosmith.promql import literal_regex, quote
from slosmith.promql.lexer import tokens
from slosmith.vocabulary.numbers import exact

LE = "le"
_BOUND = re.compile(r"\ble\s*=")


def le_pattern(le: str) -> str:
    """A regex for every spelling of the bucket bound ``le``. Raises ValueError if it is not a number."""
    try:
        bound = Decimal(le)
    except InvalidOperation:
        raise ValueError(f"not a bucket bound: {le!r}") from None
    if not bound.is_finite():
        return literal_regex(le)
    plain = exact(bound)
    digits, exponent = f"{bound:e}".lower().split("e")
    spellings = literal_regex(plain) + ("" if "." in plain else r"(\.0)?")
    if bound != 0 and not -4 <= int(exponent) < 6:
        mantissa = digits.rstrip("0").rstrip(".") if "." in digits else digits
        spellings += "|" + literal_regex(f"{mantissa}e{int(exponent):+03d}")
    return spellings


def any_spelling(selector: Selector) -> Selector:
    """The selector with every ``le="1"`` in it as a matcher for all spellings of that bound."""
    if not any(matcher.label == LE and matcher.op == "=" for matcher in selector.matchers):
        return selector
    return Selector(selector.metric, tuple(_any_spelling(matcher) for matcher in selector.matchers))


def any_spelling_in(query: str) -> str:
    """The same for a PromQL expression. Its other characters do not change. Raises PromqlError."""
    if _BOUND.search(query) is None:
        return query
    found, read = tokens(query), 0
    parts: list[str] = []
    for before, label, op, value in zip(found, found[1:], found[2:], found[3:], strict=False):
        if before.text not in ("{", ",") or label.text != LE or op.text != "=" or value.kind != "string":
            continue
        matcher = _any_spelling(Matcher(LE, "=", value.value))
        if matcher.op != "=":
            parts += [query[read : op.start], matcher.op, query[op.end : value.start], quote(matcher.value)]
            read = value.end
    return "".join((*parts, query[read:]))


def _any_spelling(matcher: Matcher) -> Matcher:
    """A ``=~`` matcher if the bound has more than one spelling."""
    if matcher.label != LE or matcher.op != "=":
        return matcher
    try:
        pattern = le_pattern(matcher.value)
    except ValueError:
        return matcher
    written = literal_regex(matcher.value)
    if pattern == written:
        return matcher
    bound = Decimal(matcher.value)
    known = {exact(bound), f"{exact(bound)}.0"} if bound.is_finite() else set()
    return Matcher(LE, "=~", pattern if matcher.value in known else f"{written}|{pattern}")
