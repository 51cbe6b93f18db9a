"""Model -> Prometheus rules. What the PromQL means is written down in docs/rules.md."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slosmith.rules.calendars import compile_calendars
    from slosmith.rules.compile import compile_service, compile_slo
    from slosmith.rules.types import AlertingRule, RecordingRule, Rule, RuleFile, RuleGroup
    from slosmith.rules.windows import AlertTier, all_tiers, tiers

__all__ = [
    "AlertTier",
    "AlertingRule",
    "RecordingRule",
    "Rule",
    "RuleFile",
    "RuleGroup",
    "all_tiers",
    "compile_calendars",
    "compile_service",
    "compile_slo",
    "tiers",
]

_HOMES = {
    "compile_calendars": "calendars",
    "compile_service": "compile",
    "compile_slo": "compile",
    "AlertTier": "windows",
    "all_tiers": "windows",
    "tiers": "windows",
}


def __getattr__(name: str) -> Any:
    # on first use: reading specs needs slosmith.rules.names alone, and must start at once
    if name in __all__:
        return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'types')}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
