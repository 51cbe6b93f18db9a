"""The lock file for people: every SLO in a few lines, for reviews. No program reads it."""

from __future__ import annotations

import msgspec

from slosmith.changes.collecting import facts_of
from slosmith.changes.lock import blocks
from slosmith.output.artefacts import Files, SharedArtefacts
from slosmith.output.target import no_files, no_warnings
from slosmith.output.yaml_text import document
from slosmith.vocabulary.provenance import header

PURPOSE = "What every SLO means, in a few lines each: for reviews of merge requests"
PAGE = "targets/lock"
FILE = "slos.yaml"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """There are no settings."""


service_files = no_files  # one file has all services


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """``slos.yaml``."""
    facts = facts_of(artefacts.workspace, artefacts.project)
    comment = (header(artefacts.source), "For people who review a change. `slosmith docs targets/lock` explains it.")
    found = blocks(facts)
    # an empty line between blocks: changes of neighbours do not touch adjacent lines
    parts = [document({slo: block}) for slo, block in found.items()]
    return {FILE: document({}, comment).replace("{}\n", "", 1) + "\n" + "\n".join(parts)} if parts else {}


warnings = no_warnings
