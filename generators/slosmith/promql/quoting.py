"""Text into PromQL and back: string literals, names, selectors, the ``{{.window}}`` placeholder.

Everything that reaches a query passes through here, so nothing a user writes can leave the place it was meant for.
"""

from __future__ import annotations

import re
from functools import lru_cache

from slosmith.model import Duration, Matcher, Selector

METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*", re.ASCII)
LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)

# Words that the PromQL grammar reads as operators or modifiers where a metric name may stand.
_RESERVED = re.compile(
    "and|or|unless|atan2|on|ignoring|group_left|group_right|by|without|bool|offset|inf|nan|start|end|sum|avg|count|min|max"
    "|group|stddev|stdvar|topk|bottomk|count_values|quantile|limitk|limit_ratio",
    re.IGNORECASE,
)

_UNREMARKABLE = re.compile(r"[ !#-\[\]-~]*", re.ASCII)
"""Printable ASCII without quote and backslash: nearly every label value there is."""

_SIMPLE_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
WINDOW_PLACEHOLDER = re.compile(r"\{\{-?\s*\.window\s*-?\}\}")
_META = frozenset("\\.+*?()|[]{}^$")


def quote(text: str) -> str:
    r"""``text`` as a double-quoted PromQL (Go) string literal.

    Raises ValueError for what no label value or query can hold: NUL and unpaired surrogates. Characters that do not
    print, and line and paragraph separators, are written as escapes, so a generated rule stays on its line.
    """
    if _UNREMARKABLE.fullmatch(text):
        return f'"{text}"'
    out = ['"']
    for char in text:
        code = ord(char)
        if code == 0 or 0xD800 <= code <= 0xDFFF:
            raise ValueError(f"character U+{code:04X} cannot stand in a PromQL string")
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
    """Whether a metric or label name is a plain one that no reader of PromQL could take for anything else."""
    return METRIC_NAME.fullmatch(name) is not None and name != "__name__" and not _RESERVED.fullmatch(name)


def check_metric_name(name: str) -> str:
    """``name`` itself when it is a metric name that PromQL reads as one; else ValueError."""
    if not METRIC_NAME.fullmatch(name) or _RESERVED.fullmatch(name):
        raise ValueError(f"not a metric name: {name!r}")
    return name


def check_label_name(name: str) -> str:
    """``name`` itself when it is a label name; else ValueError."""
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

    A selector without a metric name is written ``{...}``. Raises ValueError for names that are not names.
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
    """What stands before, between and behind the placeholders: a query is filled for one window after the other."""
    return tuple(WINDOW_PLACEHOLDER.split(expr))


def has_window(expr: str) -> bool:
    """Whether ``expr`` holds the ``{{.window}}`` placeholder."""
    return WINDOW_PLACEHOLDER.search(expr) is not None
