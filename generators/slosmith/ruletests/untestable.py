"""SLOs whose rules record a value although no raw series exists. A test cannot give their recordings as input: the rule
and the input would both write a sample at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence

from slosmith.model import Duration, Slo
from slosmith.promql import parse
from slosmith.promql.without_series import answers_without_series
from slosmith.sli.base import base_expressions, error_ratio_query

_FIVE_MINUTES = Duration(300_000)


def testable(slos: Sequence[Slo]) -> tuple[list[Slo], list[str]]:
    """The SLOs whose recordings a test can give as input, and notes about the others."""
    always = {slo.id for slo in slos if _always_recorded(slo)}
    notes = [f"Not tested: {name}. Its query returns a number even without any series." for name in sorted(always)]
    return [slo for slo in slos if slo.id not in always], notes


def _always_recorded(slo: Slo) -> bool:
    indicator = slo.indicator
    if not indicator.free_promql:
        return False
    if not indicator.counts_events:
        texts = [error_ratio_query(indicator, _FIVE_MINUTES)]
    else:
        expressions = base_expressions(indicator, slo.group_by)
        texts = [expressions.total, expressions.bad]
    return any(answers_without_series(parse(text).node) for text in texts)
