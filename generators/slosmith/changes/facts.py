"""The facts of a project: one plain value for each SLO, each service, each class and the settings.

A fact is a text that people read and programs compare. Two projects with equal facts mean the same, whatever their
files look like: order of keys, comments, anchors and names of files are no facts. Everything that this room reports is
computed from two sets of facts. Pure: no clock, no files.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from slosmith.model import Duration, Indicator, Labels, Origin, Slo, Workspace
from slosmith.model.rules import RecordingKind
from slosmith.schemes.registry import scheme
from slosmith.schemes.scheme import Alert, Scheme
from slosmith.settings import Project


class Fact(msgspec.Struct, frozen=True):
    """One value, as text. Facts are equal if their texts are, wherever they come from."""

    text: str
    origin: Origin = Origin("default")
    """The place where the value is written."""


Facts = Mapping[str, Fact]
"""Name of a fact (:mod:`slosmith.changes.kinds` has them all) -> fact. A value that is not there has no fact."""


ABSENT = Fact("")
"""Where one side does not have a fact."""


class Recording(msgspec.Struct, frozen=True):
    """A recorded series, by all that identifies it, and the expression that computes it."""

    kind: RecordingKind
    record: str
    labels: Labels
    expr: str


class AlertFacts(msgspec.Struct, frozen=True):
    """An alert, with what the scheme says about it and the expression that fires it."""

    alert: Alert
    expr: str
    annotations: Labels
    hold: Duration | None
    keep: Duration | None

    @property
    def key(self) -> tuple[str, str]:
        """Distinguishes the alerts of an SLO: name and tier."""
        return self.alert.name, self.alert.tier


class SloFacts(msgspec.Struct, frozen=True):
    """An SLO: its model, its facts, and what the project's scheme makes of it."""

    slo: Slo
    facts: Facts
    measure: Indicator
    """The indicator without the bound that the threshold sets."""
    recordings: tuple[Recording, ...]
    alerts: tuple[AlertFacts, ...]

    @property
    def id(self) -> str:
        return self.slo.id


class ProjectFacts(msgspec.Struct, frozen=True):
    """All facts of one project."""

    workspace: Workspace
    project: Project
    slos: Mapping[str, SloFacts]
    """By id. Ids are unique in a project."""
    services: Mapping[str, Facts]
    classes: Mapping[str, Facts]
    settings: Facts

    @property
    def scheme(self) -> Scheme:
        """The scheme of the project's rules."""
        return scheme(self.project.rules)
