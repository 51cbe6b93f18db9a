"""Generated unit tests detect every fault of a generated rule, without faults that change nothing.

`make test` tests one fault in eight, and some faults of every rule. `make test-all` tests all faults.

Between kinds of indicators only rules that read raw series differ, so all other rules are tested with one kind.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from slosmith.model import RawRatio
from slosmith.schemes.weighted.service_rules import compile_service
from tests.sampling import Sample

from .killing import Copy, falsely_accused, joined, survivors
from .mutations import Mutant, mutants, rule_name
from .slos import ALERTING, KINDS, copies, service, slo

BASE = ("slo:sli_total:rate5m", "slo:sli_bad:rate5m")
RAW = (*BASE, "slo:sli_total:increase1h", "slo:sli_bad:increase1h")
"""The rules that read raw series."""

_JOINED = "joined on its labels with a selector that still has the matcher, so others' series find no partner"
_PRESENCE = "multiplied by 0: only whether there is a value matters, and that is the same"

_NEVER_EXACT = "the number of bad events is extrapolated from rates, so it is never exactly the minimum"

_MASKED = "no period of the calendar is longer, and what lies before the period is masked"
_ANYWAY = "the zero-fill of good: where all events are missing, so is their difference to the good ones"
_SUBSET = "good events are counted by a part of the counters of all events, so they are never more"
_PER_SERIES = "subtracted series by series from a selector that still has the matcher"

EQUIVALENT = (
    (r"slo:(sli_error|calendar_sli_error):ratio.*", r"selector [12] without (sloth_\w+|calendar)", _JOINED),
    (r"slo:sli_error:ratio_rate\d+d", r"selector [34] without sloth_\w+", _JOINED),
    (r"slo:period_error_budget_remaining:ratio", r"selector [123] without sloth_\w+", _JOINED),
    (
        r"slo:calendar_error_budget_remaining:ratio",
        r"selector [12] without sloth_\w+|selector [45] without calendar",
        _JOINED,
    ),
    (r"slo:\w+_burn_rate:ratio", r"selector [12] without sloth_\w+", _JOINED),
    (r"alert .*", r"selector \d without (sloth_\w+)", _JOINED),
    (r"alert \d+[hd]", r"comparison \d >= -> >", _NEVER_EXACT),
    (
        r"slo:calendar_error_budget_spent:ratio",
        r"selector [12] without sloth_\w+|selector [45] without calendar",
        _JOINED,
    ),
    (r"slo:calendar_sli_\w+:increase", r"range 1 92d -> (120d|93d)", _MASKED),
    (r"slo:sli_bad:(rate5m|increase1h)", r"function [34] .*", _PRESENCE),
)
"""Rule, fault and the reason why no test can notice it."""

EQUIVALENT_OF_KIND = {
    "good-counters": (
        (r"slo:sli_bad:rate5m", r"selector 3 without \w+|range 3 5m -> 10m|function [56] .*", _ANYWAY),
        (r"slo:sli_bad:rate5m", r"not clamped", _SUBSET),
    ),
    "bound": ((r"slo:sli_bad:rate5m", r"selector 3 without \w+|range 3 5m -> 10m|function [56] .*", _ANYWAY),),
    "union": ((r"slo:sli_bad:rate5m", r"function [56] .*", _PRESENCE),),
    "probe": ((r"slo:sli_bad:rate5m", r"selector [12] without \w+", _PER_SERIES),),
}
"""The same for the base rules of one kind of indicator."""


Listed = tuple[tuple[str, str, str], ...]


def _listed(mutant: Mutant, known: Listed) -> bool:
    return any(re.fullmatch(rule, mutant.rule) and re.fullmatch(fault, mutant.fault) for rule, fault, _ in known)


def faults(copy: Copy, rules: str) -> list[Mutant]:
    """The faults of the rules whose name matches ``rules``, without faults that change nothing."""
    group = joined(compile_service(service([copy(0)]))).groups[0]
    every = [one for one in mutants(group) if re.fullmatch(rules, one.rule)]
    return [one for one in every if not _listed(one, EQUIVALENT) and not _at_no_count(one)]


def _at_no_count(mutant: Mutant) -> bool:
    """With a threshold of ten or more digits, no ratio of events is exactly at it, only just below or above it."""
    return mutant.fault.endswith("> -> >=") and re.search(r">=? 0\.\d{10,}\)", mutant.expr) is not None


def survivors_of(
    sample: Sample, every: list[Mutant], copy: Copy, promtool: Path, folder: Path, one_in: int = 8
) -> list[str]:
    """The faults that no test detects, of the faults that this run tests."""
    return survivors(copy, sample.of(every, lambda mutant: mutant.name, one_in, at_least=2), promtool, folder)


def rule_names(copy: Copy) -> list[str]:
    return list(dict.fromkeys(rule_name(rule) for rule in joined(compile_service(service([copy(0)]))).groups[0].rules))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("native", "either", "ratio")])
@pytest.mark.prometheus
def test_base_rules(kind: str, sample: Sample, promtool: Path, tmp_path: Path) -> None:
    copy = copies(KINDS[kind])
    known = EQUIVALENT_OF_KIND.get(kind, ())
    every = [one for one in faults(copy, "|".join(BASE)) if not _listed(one, known)]
    assert len(every) > 10
    assert [name for rule in BASE for name in falsely_accused(copy, rule, promtool, tmp_path)] == []
    assert survivors_of(sample, every, copy, promtool, tmp_path) == []


@pytest.mark.parametrize("rule", [name for name in rule_names(copies()) if name not in BASE])
@pytest.mark.prometheus
def test_all_other_rules(rule: str, sample: Sample, promtool: Path, tmp_path: Path) -> None:
    copy = copies()
    assert falsely_accused(copy, rule, promtool, tmp_path) == []
    assert survivors_of(sample, faults(copy, re.escape(rule)), copy, promtool, tmp_path) == []


@pytest.mark.parametrize(
    "copy",
    [copies(target="0.95", rolling="91d"), copies(target="0.999", rolling="30d", calendar=None)],
    ids=["95 % over 91d", "99.9 % over 30d without calendar"],
)
@pytest.mark.prometheus
def test_alerts_of_other_objectives(copy: Copy, sample: Sample, promtool: Path, tmp_path: Path) -> None:
    # rules that do not depend on thresholds and windows are the same as for the first objective
    every = [one for one in faults(copy, "alert .*") if re.match("number|range|comparison|ratio", one.fault)]
    assert survivors_of(sample, every, copy, promtool, tmp_path, one_in=16) == []


@pytest.mark.prometheus
def test_rules_of_groups(sample: Sample, promtool: Path, tmp_path: Path) -> None:
    copy = copies(group_by=("zone",))
    every = faults(copy, r"slo:sli_bad:rate5m|slo:current.*|slo:period_burn.*|alert 6h")
    assert survivors_of(sample, every, copy, promtool, tmp_path) == []


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_differ_only_in_rules_that_read_raw_series(kind: str) -> None:
    plain = joined(compile_service(service([slo()]))).groups[0]
    other = joined(compile_service(service([slo(indicator=KINDS[kind])]))).groups[0]
    mine, theirs = (
        [(rule_name(rule), rule.expr, rule.labels) for rule in group.rules if rule_name(rule) not in RAW]
        for group in (plain, other)
    )
    if isinstance(KINDS[kind], RawRatio):
        assert theirs != []
    else:
        assert theirs == mine


def test_equivalent_faults_exist() -> None:
    """Every reason for a fault without effect is still needed."""
    group = joined(compile_service(service([slo(alerting=msgspec.structs.replace(ALERTING))]))).groups[0]
    every = mutants(group)
    for rule, fault, _ in EQUIVALENT:
        assert any(re.fullmatch(rule, one.rule) and re.fullmatch(fault, one.fault) for one in every), (rule, fault)
