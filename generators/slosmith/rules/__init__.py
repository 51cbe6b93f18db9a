"""Model -> Prometheus rules. What the PromQL means is written down in docs/rules.md."""

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
