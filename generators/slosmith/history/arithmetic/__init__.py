"""Chains of rules over arrays: every evaluation at once, with Prometheus' numbers or an error.

``evaluate`` takes groups of rules and scraped series, and gives what would have been recorded and which alerts would
have fired. Tests hold it against promtool. It needs numpy (``pip install 'slosmith[history]'``).
"""

from slosmith.history.arithmetic.alerting import FIRING, INACTIVE, PENDING
from slosmith.history.arithmetic.chain import AlertHistory, Outcome, evaluate
from slosmith.history.arithmetic.dialect import PROMETHEUS_2, PROMETHEUS_3, Dialect
from slosmith.history.arithmetic.error import EvaluationError, FailedEvaluationError, UnsupportedError
from slosmith.history.arithmetic.grid import Grid
from slosmith.history.arithmetic.rulefiles import Group, Rule, read_rule_file
from slosmith.history.arithmetic.samples import Samples, Series, stale

__all__ = [
    "FIRING",
    "INACTIVE",
    "PENDING",
    "PROMETHEUS_2",
    "PROMETHEUS_3",
    "AlertHistory",
    "Dialect",
    "EvaluationError",
    "FailedEvaluationError",
    "Grid",
    "Group",
    "Outcome",
    "Rule",
    "Samples",
    "Series",
    "UnsupportedError",
    "evaluate",
    "read_rule_file",
    "stale",
]
