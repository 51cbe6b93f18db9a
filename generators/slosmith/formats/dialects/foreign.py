"""Shared functions of the readers of other tools' formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slosmith.formats.values import Node
from slosmith.model import AlertSeverity
from slosmith.problems import Problem, Severity


class UnusableError(Exception):
    """Reading cannot go on. The reason was already reported."""


def not_supported(
    node: Node, path: tuple[str | int, ...], message: str, hint: str = "", *, on_key: bool = False
) -> None:
    """Report an error: Prometheus rules cannot do this."""
    node.report("RES329", message, path, hint, on_key=on_key)


def not_for_rules(node: Node, path: tuple[str | int, ...], message: str, hint: str = "") -> None:
    """Report a notice: the spec asks for something that rules do not control."""
    node.problems.append(
        Problem(code="RES330", message=message, hint=hint, origin=node.at(*path), severity=Severity.NOTICE, on_key=True)
    )


_SEVERITIES: dict[str, AlertSeverity] = {
    **dict.fromkeys(("page", "critical", "high", "error", "p1", "sev1", "emergency", "urgent"), "page"),
    **dict.fromkeys(
        ("ticket", "warning", "warn", "medium", "low", "minor", "p2", "p3", "sev2", "sev3", "info"), "ticket"
    ),
}


def severity_of(word: str) -> AlertSeverity | None:
    """The severity (page or ticket) for another tool's word; None for unknown words."""
    return _SEVERITIES.get(word.strip().lower())


def without_nothing(value: Any) -> Any:
    """The document without keys that have no value. Other tools ignore such keys."""
    if isinstance(value, dict):
        return {key: without_nothing(item) for key, item in value.items() if item is not None}
    return [without_nothing(item) for item in value] if isinstance(value, list) else value


def link(annotations: Mapping[str, Any], kind: str) -> str:
    """The URL in the usual annotation. Empty if it is not a URL, or contains a template."""
    for name in (kind, f"{kind}_url"):
        url = str(annotations.get(name, "")).strip()
        if url.startswith(("https://", "http://")) and "{{" not in url:
            return url
    return ""
