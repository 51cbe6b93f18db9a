"""Unit tests of rule files that were generated without them (the setting ``unit_tests: on_demand``)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from slosmith.model import Workspace
from slosmith.output.artefacts import Files
from slosmith.output.compile import job_of, service_files
from slosmith.output.rule_files import test_beside
from slosmith.settings import Project


def unit_test_files(workspace: Workspace, project: Project, specs: str, rule_files: Iterable[str]) -> Files:
    """The test files beside ``rule_files``, as ``unit_tests: beside_rules`` would write them.

    Paths are relative to the output folder, with forward slashes. ``specs`` is the name of the specs folder. Files of
    targets and services that the project does not have are ignored. Raises InputError for wrong settings of targets.
    """
    wanted = set(rule_files)
    folders = {path.partition("/")[0] for path in wanted}
    without = job_of(workspace, msgspec.structs.replace(project, unit_tests="on_demand"), specs)
    targets = [target for target in without.targets if target.name in folders]
    tested = msgspec.structs.replace(project, unit_tests="beside_rules")
    found: Files = {}
    for service in workspace.services:
        # rules are a hundred times quicker than their tests: they say whether this service is meant
        own = service_files(service, without.project, targets, specs).keys() & wanted
        if own:
            tests = {test_beside(Path(path)).as_posix() for path in own}
            files = service_files(service, tested, targets, specs)
            found.update({path: text for path, text in files.items() if path in tests})
    return dict(sorted(found.items()))
