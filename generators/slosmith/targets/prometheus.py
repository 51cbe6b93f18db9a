"""Rule files for a Prometheus server: one for each service with its unit tests beside it, and one for the calendars."""

from __future__ import annotations

import msgspec

from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts
from slosmith.output.rule_test_text import rule_test_text
from slosmith.output.rule_text import rule_file_text
from slosmith.output.target import no_warnings

PURPOSE = "Rule files for Prometheus, with their unit tests"
PAGE = "targets/prometheus"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Additional files of the folder."""

    tests: bool = True
    """Whether unit tests of the rules are written."""


def service_files(artefacts: ServiceArtefacts, settings: Settings) -> Files:
    """``<service>.yaml`` and, if wanted, ``<service>_test.yaml``."""
    name = artefacts.rules.name
    files = {f"{name}.yaml": rule_file_text(artefacts.rules, artefacts.source)}
    if settings.tests and artefacts.tested:
        # the convention of promtool: the test file has the name of the tested file
        files[f"{name}_test.yaml"] = rule_test_text(artefacts.tests, artefacts.source)
    return files


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """``calendars.yaml``, if an SLO has a calendar."""
    calendars = artefacts.calendars
    return {f"{calendars.name}.yaml": rule_file_text(calendars, artefacts.source)} if calendars.groups else {}


warnings = no_warnings
