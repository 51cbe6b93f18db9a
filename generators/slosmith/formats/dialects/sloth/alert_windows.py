"""Sloth's ``AlertWindows``: an alert catalogue for one period."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from slosmith.formats.catalogues import Tier, Tiers
from slosmith.formats.declarations import AnyDeclaration, BrokenDeclaration, CatalogueDeclaration
from slosmith.formats.schema import Schema
from slosmith.formats.values import Node
from slosmith.formats.yaml.document import Document
from slosmith.model import ALERT_SEVERITIES, HOUR, MINUTE, Duration
from slosmith.problems import Problem

NAME = "sloth.slok.dev/v1 AlertWindows"
KIND = "AlertWindows"
SCHEMA = Schema("sloth-alert-windows-v1")


def declare(document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
    """The catalogue. It has no name of its own, so it has the file's (and a number, from its second document on)."""
    place = document.origin("catalogue")
    stem = PurePosixPath(document.file).stem
    number = document.index + sum(step for step in document.path if isinstance(step, int))
    name = f"{stem}-{number + 1}" if number else stem
    problems = SCHEMA.check(document.value, KIND, place)
    if problems:
        return (BrokenDeclaration(origin=place, kind="catalogue", name=name),), problems
    node = Node(document.value["spec"], document.origin("catalogue", "spec"), problems)
    period = node.duration("sloPeriod")
    if period is None or period.milliseconds % HOUR.milliseconds:
        node.report("SCH215", f"a period of {period} is not whole hours", ("sloPeriod",), "such as 28d or 30d")
    tiers = tuple(
        Tier(long=long, short=short, severity=severity, budget_share=share)
        for severity in ALERT_SEVERITIES
        for share, long, short in _pairs(node, severity, period)
    )
    if problems or period is None:
        return (BrokenDeclaration(origin=place, kind="catalogue", name=name),), problems
    paths = {"name": (*document.path, "kind"), "windows": (*document.path, "spec")}
    windows = Tiers(tiers=tiers, periods=(period,))
    return (CatalogueDeclaration(origin=place, paths=paths, name=name, windows=windows),), problems


def _pairs(node: Node, severity: str, period: Duration | None) -> list[tuple[Any, Duration, Duration]]:
    """Budget share, long and short window of the fast and of the slow pair."""
    found = []
    severity_node = node.child(severity)
    for speed in ("quick", "slow"):
        window = severity_node.child(speed) if severity_node is not None else None
        if window is None:
            continue
        share, long, short = (
            window.percent("errorBudgetPercent"), window.duration("longWindow"), window.duration("shortWindow"),
        )  # fmt: skip
        if share is None or long is None or short is None:
            continue
        if short >= long:
            message = f"the short window ({short}) must be shorter than the long one ({long})"
            window.report("SCH207", message, ("shortWindow",), "a twelfth of the long one is usual")
        if period is not None and long > period:
            message = f"the long window ({long}) is longer than the period ({period})"
            window.report("SCH207", message, ("longWindow",))
        for field, length in (("shortWindow", short), ("longWindow", long)):
            if length.milliseconds % MINUTE.milliseconds:
                message = f"a window of {length} is not whole minutes"
                window.report("SCH207", message, (field,), "such as 2m, 5m or 1h")
        found.append((share, long, short))
    return found
