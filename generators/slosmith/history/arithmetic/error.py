"""What the arithmetic refuses: it gives Prometheus' numbers, or an error, and never another number."""

from __future__ import annotations


class EvaluationError(ValueError):
    """Rules or data for which there is no answer. The message says which expression, and what about it."""


class UnsupportedError(EvaluationError):
    """PromQL that Prometheus takes and this package does not evaluate."""


class FailedEvaluationError(EvaluationError):
    """An evaluation that fails in Prometheus too, such as a match of many series to many."""
