"""Every rule has its kind and its SLO. A fault in an alert of any kind fails the unit tests of the rule file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec
import pytest

from slosmith.model import Duration, Service, Workspace
from slosmith.model.rules import AlertingRule, AlertKind, RecordingKind, RecordingRule, RuleFile
from slosmith.output.artefacts import SharedArtefacts, compile_rules, compile_tests
from slosmith.promql import selectors
from slosmith.schemes.registry import own_schemes, scheme
from slosmith.settings import Project
from slosmith.vocabulary import names
from slosmith.workspace import load
from tests.cli.project import CHECKOUT
from tests.sampling import Sample

from .ruletests.killing import run_tests
from .ruletests.slos import KINDS, WEEKS, service, slo

MODES = tuple(own_schemes())
SHIPPED = (CHECKOUT / "slo_specs", *sorted((CHECKOUT / "tests/transcripts/trees").glob("*/slo_specs")))
CLOCK = (names.CALENDAR_START, names.CALENDAR_END)

SHOP = service([slo()])
"""Its alerts are of every kind that the rules of a mode can have."""


def made_up() -> Service:
    """SLOs of every kind of indicator, and SLOs with unusual alerts."""
    alerting = slo().alerting
    assert alerting is not None
    weeks = msgspec.structs.replace(alerting, windows=WEEKS, page=False)
    silent = msgspec.structs.replace(alerting, absence=False, exhaustion=False)
    return service(
        [
            *(slo(name, indicator) for name, indicator in KINDS.items()),
            slo("never-alerts", alerting=None),
            slo("weeks", alerting=weeks, rolling="91d", calendar=None),
            slo("silent", alerting=silent),
            slo("grouped", group_by=("zone",)),
        ]
    )


def files(specs: Path, mode: str) -> Iterator[tuple[Service | None, RuleFile]]:
    """Every service of a specs folder with its rules. Without a service: the rules that all services share."""
    loaded = load(specs, rules=mode)
    assert loaded.workspace is not None, [problem.message for problem in loaded.problems]
    for each in loaded.workspace.services:
        yield each, compile_rules(each, loaded.project)
    yield None, SharedArtefacts(loaded.workspace, loaded.project, "specs").calendars


def check(owner: Service | None, file: RuleFile) -> None:
    ids = {slo.id for slo in owner.slos} if owner is not None else set()
    with_rules = set()
    for group in file.groups:
        for rule in group.rules:
            read = selectors(rule.expr)
            if isinstance(rule, AlertingRule):
                assert isinstance(rule.kind, AlertKind)
                assert rule.tier
                assert bool(rule.windows) == (rule.kind in (AlertKind.TIER, AlertKind.COMBINED)), rule
            else:
                assert isinstance(rule.kind, RecordingKind)
                assert dict(rule.labels).get(names.ID) == rule.slo, rule
                assert (rule.slo is None) == (rule.kind is RecordingKind.CALENDAR_CLOCK) == (rule.record in CLOCK)
            if rule.slo is None:
                continue
            with_rules.add(rule.slo)
            # a rule that reads series of SLOs reads those of its own SLO
            own = [each.selector for each in read if each.selector.metric.startswith("slo:")]
            of = [{m.label: m.value for m in each.matchers}.get(names.ID) for each in own if each.metric not in CLOCK]
            assert set(of) <= {rule.slo}, rule
            assert of or rule.kind in (
                RecordingKind.BASE,
                RecordingKind.TILE,
                RecordingKind.METADATA,
                RecordingKind.RATIO,
            ), rule
    assert with_rules == ids


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("specs", SHIPPED, ids=lambda path: path.parent.name)
def test_every_shipped_rule_knows_what_it_is_and_whose(specs: Path, mode: str) -> None:
    for owner, file in files(specs, mode):
        check(owner, file)


@pytest.mark.parametrize("mode", MODES)
def test_every_rule_of_every_kind_of_slo_does(mode: str) -> None:
    owner = made_up()
    check(owner, compile_rules(owner, Project(rules=mode)))


@cache
def shop(mode: str) -> tuple[RuleFile, frozenset[AlertKind]]:
    file = compile_rules(SHOP, Project(rules=mode))
    return file, frozenset(rule.kind for group in file.groups for rule in group.alerts)


def test_every_kind_of_alert_is_in_some_schemes_rules() -> None:
    assert frozenset().union(*(shop(mode)[1] for mode in MODES)) == frozenset(AlertKind)


@pytest.mark.parametrize("mode", MODES)
def test_a_scheme_says_truly_what_it_records_and_warns_of(mode: str) -> None:
    whole = msgspec.structs.replace(slo().objective, aspirational_ratio=Decimal("0.99"))
    owner = service([msgspec.structs.replace(slo(), objective=whole)])
    rules = [rule for group in compile_rules(owner, Project(rules=mode)).groups for rule in group.rules]
    shared = SharedArtefacts(Workspace((owner,)), Project(rules=mode), "specs").calendars
    rules += [rule for group in shared.groups for rule in group.rules]
    made = scheme(mode)
    assert {rule.kind for rule in rules if isinstance(rule, RecordingRule)} == made.recordings
    assert {rule.kind for rule in rules if isinstance(rule, AlertingRule)} == made.alert_kinds
    windows = {rule.record for rule in rules if isinstance(rule, RecordingRule) and rule.kind is RecordingKind.RATIO}
    (one,) = owner.slos
    assert windows == {names.error_ratio(window) for window in (*made.windows(one), one.period.rolling)}


@pytest.mark.parametrize("mode", MODES)
def test_the_alerts_that_others_ask_for_are_those_that_are_written(mode: str) -> None:
    owner, made = made_up(), scheme(mode)
    written = compile_rules(owner, Project(rules=mode)).alerts()
    for one in owner.slos:
        rules = written.get(one.id, [])
        found = {(rule.kind, rule.alert, rule.tier, rule.severity, rule.labels, rule.hold) for rule in rules}
        assert len(found) == len(rules)
        assert found == {
            (each.kind, each.name, each.tier, each.severity, each.labels, each.hold) for each in made.alerts(one)
        }
        pairs = [window for rule in rules for window in rule.windows]
        assert [pair.window for pair in made.pairs(one)] == pairs
        for each in made.alerts(one):
            labels = dict(each.labels)
            assert labels[made.severity_label]
            assert labels[made.tier_label] == each.tier
        separate = {(each.name, dict(each.labels)[made.tier_label]) for each in made.alerts(one)}
        assert len(separate) == len(rules)


def broken(file: RuleFile, kind: AlertKind, expr: str) -> RuleFile:
    groups = []
    for group in file.groups:
        rules = [
            msgspec.structs.replace(rule, expr=expr.replace("THAT", rule.expr), hold=None)
            if rule.kind is kind
            else rule
            for rule in group.rules
        ]
        groups.append(msgspec.structs.replace(group, rules=tuple(rules)))
    return msgspec.structs.replace(file, groups=tuple(groups))


@pytest.mark.prometheus
@pytest.mark.parametrize(("mode", "kind"), [(mode, kind) for mode in MODES for kind in sorted(shop(mode)[1], key=str)])
def test_the_unit_tests_are_about_every_kind_of_alert(
    mode: str, kind: AlertKind, sample: Sample, promtool: Path, tmp_path: Path
) -> None:
    """`make test` tests one of the two faults of each kind."""
    file, _ = shop(mode)
    tests = compile_tests(SHOP, Project(rules=mode), file)
    # an alert that never fires, and an alert that always fires if the SLO exists
    never = "(THAT) and on () vector(0) > 1"
    always = f'max by (sloth_id, sloth_service, sloth_slo) ({names.OBJECTIVE_RATIO}{{{names.ID}="{SHOP.slos[0].id}"}})'
    for fault in sample.of([never, always], lambda fault: f"{mode} {kind} {fault}", one_in=2):
        assert run_tests(promtool, tmp_path, SHOP, broken(file, kind, fault), tests)


@pytest.mark.parametrize("mode", MODES)
def test_comments_leave_out_what_a_service_does_not_have(mode: str) -> None:
    """Specs in Sloth's format have no team, and no class."""
    bare = msgspec.structs.replace(SHOP, team="", slo_class=None)
    first, *_ = scheme(mode).compile_service(bare, Duration(60_000)).comment
    assert first.startswith("SLOs of shop.")
