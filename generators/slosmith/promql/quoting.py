"""Writes text into PromQL: string literals, names, selectors, the ``{{.window}}`` placeholder.

All texts in queries are written by this module. So a text of a user cannot become another part of the query.
"""

from __future__ import annotations

import re
from functools import lru_cache

from slosmith.model import Duration, Matcher, Selector

METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*", re.ASCII)
LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)

# Words that PromQL reads as operators or modifiers in the place of a metric name.
_RESERVED = re.compile(
    "and|or|unless|atan2|on|ignoring|group_left|group_right|by|without|bool|offset|inf|nan|start|end|sum|avg|count|min|max"
    "|group|stddev|stdvar|topk|bottomk|count_values|quantile|limitk|limit_ratio",
    re.IGNORECASE,
)

_UNREMARKABLE = re.compile(r"[ !#-\[\]-~]*", re.ASCII)
"""Printable ASCII without quote and backslash. Nearly all label values have this form."""

_SIMPLE_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
WINDOW_PLACEHOLDER = re.compile(r"\{\{-?\s*\.window\s*-?\}\}")
_META = frozenset("\\.+*?()|[]{}^$")


def quote(text: str) -> str:
    r"""``text`` as a double-quoted PromQL (Go) string literal.

    Raises ValueError for characters that are not possible in label values and queries: NUL and unpaired surrogates.
    Characters that are not printable, and separators of lines and paragraphs, are written as escapes. So a generated
    rule stays on its line.
    """
    if _UNREMARKABLE.fullmatch(text):
        return f'"{text}"'
    out = ['"']
    for char in text:
        code = ord(char)
        if code == 0 or 0xD800 <= code <= 0xDFFF:
            raise ValueError(f"the character U+{code:04X} is not allowed in a PromQL string")
        if char in _SIMPLE_ESCAPES:
            out.append(_SIMPLE_ESCAPES[char])
        elif char.isprintable():
            out.append(char)
        elif code <= 0xFFFF:
            out.append(f"\\u{code:04x}")
        else:
            out.append(f"\\U{code:08x}")
    return "".join(out) + '"'


@lru_cache(maxsize=4096)
def is_ordinary(name: str) -> bool:
    """Whether a metric or label name is a plain name that PromQL never reads as something else."""
    return METRIC_NAME.fullmatch(name) is not None and name != "__name__" and not _RESERVED.fullmatch(name)


def check_metric_name(name: str) -> str:
    """``name``, unchanged. Raises ValueError if PromQL does not read it as a metric name."""
    if not METRIC_NAME.fullmatch(name) or _RESERVED.fullmatch(name):
        raise ValueError(f"not a metric name: {name!r}")
    return name


def check_label_name(name: str) -> str:
    """``name``, unchanged. Raises ValueError if it is not a label name."""
    if not LABEL_NAME.fullmatch(name):
        raise ValueError(f"not a label name: {name!r}")
    return name


def matcher_text(matcher: Matcher) -> str:
    """One matcher as PromQL. Raises ValueError for a bad label name, operator or value."""
    if matcher.op not in ("=", "!=", "=~", "!~"):
        raise ValueError(f"not a matcher operator: {matcher.op!r}")
    return f"{check_label_name(matcher.label)}{matcher.op}{quote(matcher.value)}"


def selector_text(selector: Selector, range: Duration | None = None) -> str:
    """A selector as PromQL, ``metric{a="b"}`` or, with ``range``, ``metric{a="b"}[5m]``.

    A selector without a metric name is written ``{...}``. Raises ValueError for names that are not valid.
    """
    name = check_metric_name(selector.metric) if selector.metric else ""
    body = ",".join(matcher_text(matcher) for matcher in selector.matchers)
    if not name and not body:
        raise ValueError("a selector needs a metric name or a matcher")
    text = f"{name}{{{body}}}" if body else name
    return f"{text}[{range}]" if range is not None else text


def literal_regex(value: str) -> str:
    """An RE2 pattern that matches ``value`` and nothing else."""
    return "".join("\\" + char if char in _META else char for char in value)


def fill_window(expr: str, window: Duration) -> str:
    """``expr`` with every ``{{.window}}``, in each spacing and with trim markers, replaced by ``window``."""
    return str(window).join(_around_windows(expr))


@lru_cache(maxsize=1024)
def _around_windows(expr: str) -> tuple[str, ...]:
    """The texts before, between and after the placeholders. Cached, because a query is filled for many windows."""
    return tuple(WINDOW_PLACEHOLDER.split(expr))


def has_window(expr: str) -> bool:
    """Whether ``expr`` contains the ``{{.window}}`` placeholder."""
    return WINDOW_PLACEHOLDER.search(expr) is not None
