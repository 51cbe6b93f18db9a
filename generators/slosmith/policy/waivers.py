"""Waivers: problems that their owner accepts until a date, for one SLO spec or a whole class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import msgspec

from slosmith.model import Origin, Service, Slo, SloClass, Waiver, Workspace
from slosmith.policy.check import Violation


class WaiverUse(msgspec.Struct, frozen=True):
    """A waiver and how it was used in this run. The waiver checks (WAI6xx) look at these."""

    waiver: Waiver
    holder: str
    """The service or class that has the waiver."""
    used: bool
    """It covers at least one violation. An expired waiver covers, but no longer stops it."""
    objectives: tuple[str, ...]
    """Objectives of the holder: what the waiver's ``objective`` may name."""
    codes: tuple[str, ...]
    """Codes that exist in this run: the catalogue's, and those of user policies."""
    waivable: bool
    """False: the check of its code cannot be waived."""
    judged: bool
    """Whether the check of its code ran. If not, the waiver is not reported as unused."""


class Waivers:
    """All waivers of a workspace, by service and class."""

    def __init__(self, workspace: Workspace, today: date) -> None:
        self._today = today
        self._by_holder: dict[tuple[str, str], list[tuple[int, Waiver]]] = defaultdict(list)
        self._all: list[tuple[Waiver, str, tuple[str, ...]]] = []
        self._index: dict[Origin, int] = {}
        self._used: set[int] = set()
        for slo_class in workspace.classes:
            objectives = tuple(objective.indicator for objective in slo_class.objectives)
            self._add("class", slo_class.name, slo_class.waivers, objectives)
        for service in workspace.services:
            objectives = tuple(dict.fromkeys(slo.indicator_name for slo in service.slos))
            self._add("service", service.name, service.waivers, objectives)

    def _add(self, kind: str, name: str, waivers: Iterable[Waiver], objectives: tuple[str, ...]) -> None:
        for waiver in waivers:
            # services have the waivers of their class too: one origin is one waiver
            index = self._index.setdefault(waiver.origin, len(self._all))
            if index == len(self._all):
                self._all.append((waiver, name, objectives))
            self._by_holder[kind, name].append((index, waiver))

    def stop(
        self, code: str, violation: Violation, about: Slo | Service | SloClass | Workspace, *, notice: bool
    ) -> bool:
        """Whether a waiver in force covers ``violation`` of ``code``; every waiver that covers it is marked as used."""
        stopped = False
        for index, waiver in self._candidates(about):
            covers = waiver.objective is None or (isinstance(about, Slo) and about.indicator_name == waiver.objective)
            if waiver.code == code and covers and (notice or not waiver.notices_only):
                self._used.add(index)
                stopped = stopped or date.fromisoformat(waiver.expires) >= self._today
        return stopped and violation.waivable

    def _candidates(self, about: Slo | Service | SloClass | Workspace) -> Iterable[tuple[int, Waiver]]:
        """Waivers of the service and of its class; for a class those of the class."""
        if not self._all:
            return ()
        match about:
            case Slo():
                keys = [("service", about.service), ("class", about.slo_class or "")]
            case Service():
                keys = [("service", about.name), ("class", about.slo_class or "")]
            case SloClass():
                keys = [("class", about.name)]
            case Workspace():
                return ()
        return dict.fromkeys(found for key in keys for found in self._by_holder.get(key, ()))

    def uses(self, codes: tuple[str, ...], unwaivable: frozenset[str], judged: frozenset[str]) -> list[WaiverUse]:
        """Every waiver and how it was used, in the order of the workspace."""
        return [
            WaiverUse(
                waiver=waiver, holder=holder, used=index in self._used, objectives=objectives, codes=codes,
                waivable=waiver.code not in unwaivable, judged=waiver.code in judged,
            )
            for index, (waiver, holder, objectives) in enumerate(self._all)
        ]  # fmt: skip
