"""Hints: the nearest allowed value, computed from the written value."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from slosmith.model import DocumentPath, Duration

_SPELLED_UNITS = (
    ("milliseconds", "ms"), ("millisecond", "ms"), ("msec", "ms"), ("seconds", "s"), ("second", "s"), ("secs", "s"),
    ("sec", "s"), ("minutes", "m"), ("minute", "m"), ("mins", "m"), ("min", "m"), ("hours", "h"), ("hour", "h"),
    ("hrs", "h"), ("hr", "h"), ("days", "d"), ("day", "d"), ("weeks", "w"), ("week", "w"), ("years", "y"),
    ("year", "y"),
)  # fmt: skip
_FRACTION = re.compile(r"([0-9]{1,12}\.[0-9]{1,12})(y|w|d|h|m|s|ms)", re.ASCII)
_SMALLER = {"y": ("d", 365), "w": ("d", 7), "d": ("h", 24), "h": ("m", 60), "m": ("s", 60), "s": ("ms", 1000)}


def unit_for(number: str, path: DocumentPath) -> str:
    """The likely unit of a number without one: milliseconds for thresholds, days for periods, seconds for all else."""
    last = str(path[-1]) if path else ""
    likely = "ms" if "threshold" in last else "d" if last == "rolling" else "s"
    whole = Decimal(number)
    if likely != "ms" or whole == whole.to_integral_value():
        return f"write {number}{likely}"
    return f"write {(whole * 1000).normalize():f}ms if you mean seconds"


def duration(text: str) -> str:
    """A hint with a duration near ``text``, in Prometheus' notation. If none is near: the rules of the notation."""
    candidate = re.sub(r"[\s,]+", "", text[:60]).lower()
    if "month" in candidate:
        return "months differ in length: write 30d"
    if re.fullmatch(r"(0+[a-z]*)+", candidate):
        return "it must be longer than 0: remove the key, or write a duration such as 1m"
    for long, unit in _SPELLED_UNITS:
        candidate = re.sub(rf"(?<=[0-9]){long}", unit, candidate)
    fraction = _FRACTION.fullmatch(candidate)
    if fraction is not None and fraction[2] in _SMALLER:
        unit, factor = _SMALLER[fraction[2]]
        exact = Decimal(fraction[1]) * factor
        candidate = f"{int(exact)}{unit}" if exact == int(exact) else candidate
    if candidate.isascii() and candidate.isdigit():
        return f"add a unit, such as {candidate}ms or {candidate}s"
    try:
        Duration.parse(candidate)
    except ValueError:
        return "write whole numbers with the units y, w, d, h, m, s and ms, largest unit first: 1h30m"
    # a duration that can be parsed and is not allowed has a number of ten digits or more
    return f"write {candidate}" if candidate != text else "write a shorter time"


def percentage(text: str) -> str:
    """A hint with a percentage near ``text``. Empty if none is near."""
    candidate = text.strip().replace(",", ".").removesuffix("%").strip()
    candidate = candidate.removesuffix("percent").strip()
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,12})?", candidate, re.ASCII) and Decimal(candidate) <= 100:
        return f"write {candidate}%"
    if re.fullmatch(r"[0-9]{1,2}\.[0-9]{13,}", candidate, re.ASCII):
        return "write at most twelve digits after the decimal point"
    return ""


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
