"""A service and its rules -> the unit tests of its rule file. Pure: the same service always gives the same tests."""

from __future__ import annotations

from slosmith.model import Service
from slosmith.model.rule_tests import TestFile
from slosmith.model.rules import RuleFile
from slosmith.ruletests.spans import EVALUATED_EVERY
from slosmith.ruletests.untestable import testable
from slosmith.schemes.weighted.tests.alert_tests import tier_groups
from slosmith.schemes.weighted.tests.budget_tests import budgets_groups
from slosmith.schemes.weighted.tests.decoys import decoys_group
from slosmith.schemes.weighted.tests.raw import raw_groups
from slosmith.schemes.weighted.tests.recording_tests import recordings_groups
from slosmith.schemes.weighted.tests.subject import subjects
from slosmith.schemes.weighted.tests.vanishing import vanishing_groups


def compile_tests(service: Service, rules: RuleFile) -> TestFile:
    """Unit tests for ``rules``, the rules of ``service``."""
    slos, silent = testable(service.slos)
    tested = subjects(slos, rules)
    raw, notes = raw_groups(tested) if tested else ((), ())
    groups = (
        (
            *raw,
            *recordings_groups(tested),
            *budgets_groups(tested),
            decoys_group(tested),
            *tier_groups(tested),
            *vanishing_groups(tested),
        )
        if tested
        else ()
    )
    return TestFile(
        rule_file=f"{rules.name}.yaml",
        evaluation_interval=EVALUATED_EVERY,
        group_order=tuple(group.name for group in rules.groups),
        groups=groups,
        comment=(
            "Unit tests of the rule file that is named below. Run them in this folder: promtool test rules FILE",
            f"Each test group is one scenario: rules are evaluated when it begins, and {EVALUATED_EVERY} later.",
            *silent,
            *notes,
        ),
    )
