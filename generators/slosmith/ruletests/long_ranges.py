"""Tests of rules whose ranges are longer than a test of a consumer: queries over input, without any rule.

promtool's storage compacts itself in such a test (:data:`.spans.COMPACTS_ABOVE`), and a series that a rule creates at
that moment can get lost. So no rule is evaluated: the expression of the rule is the query of the test. All input is
added in one transaction before that, and nothing is added after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from slosmith.model import Duration, Labels
from slosmith.model.rule_tests import InputSeries, QueryTest, Sample, TestFile, TestGroup
from slosmith.model.rules import RecordingRule, RuleFile
from slosmith.ruletests.expect import round_query
from slosmith.ruletests.series import Timeline

_HOUR_MS = 3_600_000

_ORIGIN = InputSeries(
    "slosmith_origin", "0", ("promtool does not accept samples that are much older than the first one that it reads.",)
)


class LongTest:
    """One test group under construction: histories that end at the evaluation of all its queries."""

    def __init__(self, name: str, interval: Duration, evaluation: Duration) -> None:
        """``evaluation``: when the queries are evaluated. It is the same for all groups of a file."""
        self.name = name
        self.timeline = Timeline(interval, evaluation)
        self.at = evaluation
        self.queries: list[QueryTest] = []

    def expect(self, expr: str, values: Iterable[tuple[Labels, Fraction]], *comment: str) -> None:
        """The result of a recording's expression."""
        self.queries.append(round_query(expr, self.at, values, *comment))

    def expect_firing(self, expr: str, firing: bool, *comment: str) -> None:
        """Whether the expression of an alert has a result."""
        samples = (Sample("{}", "1"),) if firing else ()
        self.queries.append(QueryTest(f"count(\n{expr}\n)", self.at, samples, comment))

    def group(self) -> TestGroup:
        inputs = (_ORIGIN, *self.timeline.inputs())
        return TestGroup(self.name, self.timeline.interval, inputs, tuple(self.queries))


def evaluation_after(histories: Iterable[Duration]) -> Duration:
    """When tests that need these histories evaluate their queries: on the hour, because tiles are read on the hour."""
    longest = max((history.milliseconds for history in histories), default=0)
    return Duration((longest // _HOUR_MS + 2) * _HOUR_MS)


def long_test_file(tests: Iterable[LongTest], evaluation: Duration) -> TestFile | None:
    """A test file without rule files. None if there is nothing to test."""
    groups = tuple(test.group() for test in tests if test.queries)
    if not groups:
        return None
    comment = (
        "Tests of ranges that are too long for the tests beside the rules. No rule is evaluated: the queries are the",
        "expressions of the rules.",
    )
    return TestFile("", evaluation, (), groups, comment)


def expressions(rules: RuleFile) -> dict[tuple[str | None, str], str]:
    """The expression of every recording, by the id of its SLO and its name."""
    return {
        (rule.slo, rule.record): rule.expr
        for group in rules.groups
        for rule in group.rules
        if isinstance(rule, RecordingRule)
    }


def inlined(expr: str, recordings: Mapping[str, str]) -> str:
    """``expr`` with the expressions of some recordings in place of their selectors. Both give the same result where
    ``expr`` does not use the labels that the rule adds.
    """
    names = "|".join(map(re.escape, sorted(recordings, key=len, reverse=True)))
    selector = re.compile(rf'(?:{names})\{{(?:[^{{}}"]|"(?:[^"\\]|\\.)*")*\}}(?!\[)')
    return selector.sub(lambda match: f"(\n{recordings[match[0].partition('{')[0]]}\n)", expr) if recordings else expr
