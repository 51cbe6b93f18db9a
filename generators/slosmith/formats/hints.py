"""Hints: the nearest allowed value, computed from the written value."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from slosmith.model import DocumentPath
from slosmith.vocabulary.durations import duration_hint


def unit_for(number: str, path: DocumentPath, pattern: str = "") -> str:
    """The likely unit of a number without one: milliseconds for thresholds, days for periods, seconds for all else.

    ``pattern`` is the notation of the place; where it lacks the unit, the hint is :func:`duration_hint`'s.
    """
    last = str(path[-1]) if path else ""
    likely = (
        "ms"
        if "threshold" in last
        else "d"
        if last in ("rolling", "period", "duration", "window", "sloPeriod")
        else "s"
    )
    whole = Decimal(number)
    if likely == "ms" and whole != whole.to_integral_value():
        return f"write {(whole * 1000).normalize():f}ms if you mean seconds"
    written = f"{number}{likely}"
    return f"write {written}" if re.search(pattern, written) else duration_hint(written, pattern)


def percentage(text: str, rule: dict[str, Any]) -> str:
    """A hint with a percentage or ratio near ``text`` that ``rule`` allows: ``98%``, ``98`` or ``0.98``, as the format
    writes it. Empty if none is near.
    """
    bare = text.strip().replace(",", ".").removesuffix("%").strip().removesuffix("percent").strip()
    if re.fullmatch(r"[0-9]{1,2}\.[0-9]{13,}", bare, re.ASCII):
        return "write at most twelve digits after the decimal point"
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,12})?", bare, re.ASCII):
        return ""
    number = Decimal(bare)
    hundredfold, hundredth = (f"{each.normalize():f}" for each in (number * 100, number / 100))
    if "%" not in text and 0 < number < 1 and _allows(rule, f"{hundredfold}%"):
        return f"write {hundredfold}%, or {bare}% if you mean that"
    is_ratio = rule.get("exclusiveMaximum") == 1
    near = [f"{bare}%", bare] if not (is_ratio and "%" in text) else []
    for written in (*near, *([hundredth] if is_ratio and (number > 1 or "%" in text) else [])):
        if _allows(rule, written):
            return f"write {written}{', without quotes' if written == text else ''}"
    return ""


def _allows(rule: dict[str, Any], written: str) -> bool:
    """Whether ``written`` in YAML is a value that ``rule`` (of a percentage or ratio) allows."""
    types, pattern = rule.get("type", ()), rule.get("pattern")
    if pattern is not None and re.search(pattern, written):
        return True
    if "number" not in types or written.endswith("%"):
        return False
    number = Decimal(written)
    above, below = rule.get("exclusiveMinimum", -1), rule.get("exclusiveMaximum", 101)
    return bool(above < number < below and rule.get("minimum", 0) <= number <= rule.get("maximum", 100))


def day(text: str) -> str:
    """A hint with a day as YYYY-MM-DD, from texts such as 30.01.2026, 2026/1/30, 20260130 or a time of that day."""
    found = re.fullmatch(r"([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})([T ].*)?", text.strip(), re.ASCII)
    parts = found.groups()[:3] if found is not None else ()
    if found is None:
        found = re.fullmatch(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})", text.strip(), re.ASCII)
        parts = found.groups()[::-1] if found is not None else ()
    if not parts:
        return ""
    year, month, number = (int(part) for part in parts)
    return f"write {year:04}-{month:02}-{number:02}" if 1 <= month <= 12 and 1 <= number <= 31 else ""


def matching(text: str, pattern: str) -> str:
    """A hint with a text that ``pattern`` allows: ``text`` without white space around it, in upper or lower case, or
    with '-' instead of characters that names cannot have. Empty if none is allowed.
    """
    stripped = text.strip()
    joined = re.sub(r"[^a-z0-9]+", "-", stripped.lower()).strip("-")
    names = [] if pattern and re.search(pattern, "a b") else [joined]
    for candidate in (stripped, stripped.upper(), stripped.lower(), *names):
        if candidate != text and pattern and re.search(pattern, candidate):
            return f"write {candidate}"
    return ""


def name(text: str, rule: dict[str, Any], schema: dict[str, Any]) -> str:
    """A hint with an allowed name near ``text``. Empty if ``rule`` is not for names."""
    candidate = text.strip()
    if rule in (schema["$defs"].get("name"), schema["$defs"].get("nameOrNull")):
        candidate = re.sub(r"[^-A-Za-z0-9_.]+", "-", candidate).strip("-_.")[:63]
    elif rule in (schema["$defs"].get("labelName"), schema["$defs"].get("labelNameOrNull")):
        candidate = re.sub(r"[^a-zA-Z0-9_]", "_", candidate)
        candidate = f"_{candidate}" if candidate[:1].isdigit() else candidate
    else:
        return ""
    return f"for instance '{candidate}'" if candidate and candidate != text else ""
