"""Rule files for a Thanos ruler: the same as for Prometheus. Global scope has added site matchers to their selectors.

The ruler's default for partial responses, abort, is right for SLOs: half of the data is not an SLI. So files do not set
it, unless the project does, and promtool can read them.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts
from slosmith.output.rule_text import rule_file_text
from slosmith.output.target import no_warnings
from slosmith.targets import prometheus

PURPOSE = "Rule files for a Thanos ruler, with their unit tests"
PAGE = "targets/thanos"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Additional files of the folder, and a field of every group."""

    tests: bool = True
    """Whether unit tests of the rules are written."""
    partial_response_strategy: Literal["abort", "warn"] | None = None
    """A field of Thanos in every group. promtool refuses files with this field, so no unit tests are written."""


def service_files(artefacts: ServiceArtefacts, settings: Settings) -> Files:
    """``<service>.yaml`` and, if wanted and possible, ``<service>_test.yaml``."""
    fields = _fields(settings)
    if not fields:
        return prometheus.service_files(artefacts, prometheus.Settings(settings.tests))
    return {f"{artefacts.rules.name}.yaml": rule_file_text(artefacts.rules, artefacts.source, fields)}


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """``calendars.yaml``, if an SLO has a calendar."""
    calendars = artefacts.calendars
    if not calendars.groups:
        return {}
    return {f"{calendars.name}.yaml": rule_file_text(calendars, artefacts.source, _fields(settings))}


warnings = no_warnings


def _fields(settings: Settings) -> dict[str, str]:
    strategy = settings.partial_response_strategy
    return {} if strategy is None else {"partial_response_strategy": strategy}
