"""Runs promtool on many mutants at a time. Every mutant is a separate SLO in one rule file.

To save time, a mutant is first tested with the test groups for its rule, and with the rules that these need. A test
that fails there also fails in the whole file. Only mutants that survive are tested with everything.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from slosmith.model import Service, Slo
from slosmith.model.rule_tests import TestFile, TestGroup
from slosmith.model.rules import AlertingRule, AlertKind, RecordingKind, RuleFile, RuleGroup
from slosmith.output.rule_test_text import rule_test_text
from slosmith.output.rule_text import rule_file_text
from slosmith.ruletests.expect import one_of
from slosmith.schemes.tiers import FIVE_MINUTES
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.schemes.weighted.tests.range_tests import compile_long_tests
from slosmith.schemes.weighted.tests.service_tests import compile_tests
from slosmith.vocabulary import names
from slosmith.vocabulary.provenance import Source

from .mutations import Mutant, mutants_of, rule_name
from .slos import service

Copy = Callable[[int], Slo]
"""The n-th copy of an SLO: other names, other raw metrics, the same rules but for them."""

NO_FAULT = "no fault"

_BATCH = 24
_METRIC = re.compile(r"(?:slo|sloth)[:_][a-zA-Z0-9_:]+")


def joined(rules: RuleFile) -> RuleFile:
    """The rules with one group for each SLO, so that a fault is a rule of one group. promtool evaluates all groups at
    the same times, in order.
    """
    groups: dict[str | None, list[RuleGroup]] = {}
    for group in rules.groups:
        groups.setdefault(group.rules[0].slo, []).append(group)
    whole = (
        msgspec.structs.replace(parts[0], rules=tuple(rule for part in parts for rule in part.rules))
        for parts in groups.values()
    )
    return msgspec.structs.replace(rules, groups=tuple(whole))


def survivors(copy: Copy, every: Sequence[Mutant], promtool: Path, folder: Path) -> list[str]:
    """Names of the mutants of an SLO that its generated tests do not detect."""
    # a fault that can make a rule fail is tested alone, because it stops the whole test group of promtool
    alone = [mutant for mutant in every if re.search("without|zero-fill|operator|clamped", mutant.fault)]
    together = [mutant for mutant in every if mutant not in alone]
    tasks = [[mutant] for mutant in alone]
    tasks += [together[start : start + _BATCH] for start in range(0, len(together), _BATCH)]
    return [mutant.name for task in tasks for mutant in _alive(task, copy, promtool, folder)]


def falsely_accused(copy: Copy, rule: str, promtool: Path, folder: Path) -> list[str]:
    """Rules that fail the first tests without a fault. This must be empty."""
    group = joined(compile_service(service([copy(0)]))).groups[0]
    whole = [
        Mutant(i, one.kind, rule, NO_FAULT, one.expr) for i, one in enumerate(group.rules) if rule_name(one) == rule
    ]
    return [one.name for one in whole if not _run([one], copy, promtool, folder, whole=False)]


def _alive(task: Sequence[Mutant], copy: Copy, promtool: Path, folder: Path) -> list[Mutant]:
    """The mutants that survive. First the tests for consumers that probably detect them run, then those of `slosmith
    test`, then all others.
    """
    alive = _run(task, copy, promtool, folder, whole=False)
    alive = _run_long(alive, copy, promtool, folder) if alive else []
    return _run(alive, copy, promtool, folder, whole=True) if alive else []


def _run_long(task: Sequence[Mutant], copy: Copy, promtool: Path, folder: Path) -> list[Mutant]:
    """The mutants that the tests of long ranges do not detect."""
    slos = [copy(number) for number in range(1, len(task) + 1)]
    shop = service(slos)
    rules = joined(compile_service(shop))
    groups = [_faulty(mutant, group) for mutant, group in zip(task, rules.groups, strict=True)]
    rules = msgspec.structs.replace(rules, groups=tuple(groups))
    tests = compile_long_tests(shop, rules)
    output = run_tests(promtool, folder, shop, rules, tests) if tests is not None else ""
    if len(task) > 1 and not _named(output) and output:
        # a query that fails has no labels: each on its own
        return [one for mutant in task for one in _run_long([mutant], copy, promtool, folder)]
    if len(task) == 1:
        return [] if output else list(task)
    return [mutant for mutant, slo in zip(task, slos, strict=True) if slo.id not in _named(output)]


def _named(output: str) -> set[str]:
    """The ids of the SLOs in promtool's errors."""
    return set(re.findall(rf'{names.ID}=\\?"([^"\\]+)', output))


def _run(task: Sequence[Mutant], copy: Copy, promtool: Path, folder: Path, *, whole: bool) -> list[Mutant]:
    slos = [copy(number) for number in range(1, len(task) + 1)]
    shop = service(slos)
    rules = joined(compile_service(shop))
    tests = compile_tests(shop, rules)
    groups = [_faulty(mutant, group) for mutant, group in zip(task, rules.groups, strict=True)]
    # texts of alerts are not tested: for a wrong text, promtool prints all alerts of the name, also right ones
    tests = msgspec.structs.replace(tests, groups=[msgspec.structs.replace(group, alerts=()) for group in tests.groups])
    if not whole:
        likely = [group for group in tests.groups if any(_about(mutant, group) for mutant in task)]
        chosen = tuple(asking for group in likely if (asking := _asking(group, task)).queries)
        tests = msgspec.structs.replace(tests, groups=chosen)
        groups = [_asked_for(group, chosen) for group in groups]
    rules = msgspec.structs.replace(rules, groups=tuple(groups))
    output = run_tests(promtool, folder, shop, rules, tests)
    if re.search(r"^\s+rule: ", output, re.MULTILINE):
        # a rule that fails stops its whole test group, so each is tested alone
        return [] if len(task) == 1 else [one for mutant in task for one in _alive([mutant], copy, promtool, folder)]
    failing = _named(output)
    return [mutant for mutant, slo in zip(task, slos, strict=True) if slo.id not in failing]


_OF_BUDGETS = (
    RecordingKind.EVENTS, RecordingKind.COVERAGE, RecordingKind.CALENDAR_EVENTS, RecordingKind.CALENDAR_RATIO,
    RecordingKind.CALENDAR_COVERAGE, RecordingKind.CALENDAR_BUDGET, AlertKind.EXHAUSTED, AlertKind.CALENDAR_EXHAUSTED,
)  # fmt: skip


def _about(mutant: Mutant, group: TestGroup) -> bool:
    """Whether a test group probably detects the fault."""
    rule, kind = mutant.rule, mutant.kind
    if kind is RecordingKind.BASE or rule in (names.TOTAL_HOUR, names.BAD_HOUR):
        return group.name.startswith("raw series")
    if " without " in mutant.fault:
        return group.name.startswith("recorded series of")
    if kind in _OF_BUDGETS or rule in _OF_TILES or re.fullmatch(_TILED, rule):
        return group.name.startswith("budgets")
    if re.search("floor|range|number|comparison 3", mutant.fault) and group.name.startswith("recordings"):
        return True
    if kind is AlertKind.TIER:
        return rule.removeprefix("alert ") + " (" in group.name
    if rule == names.error_ratio(FIVE_MINUTES):
        return group.name.startswith(("raw series", "recordings"))
    return group.name.startswith("recordings")


_OF_TILES = (names.PERIOD_BURN_RATE, names.PERIOD_BUDGET_REMAINING)
_TILED = r"slo:sli_error:ratio_rate\d+[dw]|slo:sli_total:events\d+[dw]"
"""Windows of hour tiles."""

_TIERS = re.compile(rf'(?<={names.TIER}=~")(?:[^"\\]|\\.)*(?=")')


def _asking(group: TestGroup, task: Sequence[Mutant]) -> TestGroup:
    """Only the tests that read a faulty recording or check a faulty alert, without tests of other tiers."""
    faulty = {mutant.rule for mutant in task}
    tiers = [rule.removeprefix("alert ") for rule in sorted(faulty) if rule.startswith("alert ")]
    queries = []
    for query in group.queries:
        asked = _TIERS.search(query.expr)
        if asked is not None:
            alternatives = re.compile(asked[0].replace("\\\\", "\\"))
            kept = [tier for tier in tiers if alternatives.fullmatch(tier)]
            own = tuple(one for one in query.samples if any(f'{names.TIER}="{tier}"' in one.labels for tier in kept))
            if kept:
                expr = _put_tiers(query.expr, asked, kept)
                queries.append(msgspec.structs.replace(query, expr=expr, samples=own))
        elif faulty.intersection(_METRIC.findall(query.expr.replace("\\\\", ""))):
            queries.append(query)
    return msgspec.structs.replace(group, queries=tuple(queries))


def _put_tiers(expr: str, asked: re.Match[str], tiers: Sequence[str]) -> str:
    return expr[: asked.start()] + one_of(tiers).replace("\\", "\\\\") + expr[asked.end() :]


def _faulty(mutant: Mutant, group: RuleGroup) -> RuleGroup:
    """The group with the same fault, with its own names."""
    if mutant.fault == NO_FAULT:
        return group
    again = next(one for one in mutants_of(group, mutant.index) if one.fault == mutant.fault)
    return again.apply(group)


def _asked_for(group: RuleGroup, tests: Sequence[TestGroup]) -> RuleGroup:
    """The group with only the rules that the tests need, and the rules that these read."""
    asked = " ".join(query.expr for test in tests for query in test.queries)
    wanted = set(_METRIC.findall(asked.replace("\\\\", "")))
    kept: set[int] = set()
    for index in reversed(range(len(group.rules))):
        rule = group.rules[index]
        if isinstance(rule, AlertingRule):
            own = rule_name(rule).removeprefix("alert ")
            needed = re.search(rf'["|]{re.escape(own)}["|\\]', asked)
        else:
            needed = rule.record in wanted
        if needed:
            kept.add(index)
            wanted.update(_METRIC.findall(rule.expr))
    return msgspec.structs.replace(group, rules=tuple(rule for index, rule in enumerate(group.rules) if index in kept))


def run_tests(promtool: Path, folder: Path, shop: Service, rules: RuleFile, tests: TestFile) -> str:
    """The output of promtool for failing tests. Empty if all pass."""
    here = Path(tempfile.mkdtemp(dir=folder))
    (here / f"{shop.name}.yaml").write_text(rule_file_text(rules, Source("specs")))
    (here / "test.yaml").write_text(rule_test_text(tests, Source("specs")))
    done = subprocess.run(
        [promtool, "test", "rules", "test.yaml"], cwd=here, capture_output=True, text=True, check=False, timeout=300
    )
    return "" if done.returncode == 0 else f"{done.stdout}\n{done.stderr}\n"
