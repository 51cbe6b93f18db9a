"""The project's own levels and parameters: the ``policy:`` map of slosmith.yaml.

::

    policy:
      profile: starter                                        # a set of levels; `levels` have precedence
      levels: {ALT201: warning, DOC4: notice, SLI306: off}    # a code, or its first letters and digits
      parameters: {BUD108: {events: 20}}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from slosmith.model import Origin
from slosmith.policy import catalogue, parameters
from slosmith.problems import Problem, Severity, at
from slosmith.problems.nearest import suggestion
from slosmith.settings import Project

LEVELS: Mapping[str, Severity | None] = {
    "error": Severity.ERROR, "warning": Severity.WARNING, "notice": Severity.NOTICE, "off": None,
}  # fmt: skip
BAD_SETTING = "POL701"
_KEYS = ("levels", "parameters", "profile")


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Levels that go together: a file of ``profiles/``."""

    description: str
    levels: dict[str, str]


@cache
def profiles() -> Mapping[str, Profile]:
    """The profiles that a project can name, by their files."""
    folder = Path(__file__).with_name("profiles")
    return {
        path.stem: msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Profile)
        for path in sorted(folder.glob("*.yaml"))
    }


class Configuration(msgspec.Struct, frozen=True):
    """Levels and parameters from the settings. Everything else has the check's own default."""

    levels: Mapping[str, Severity | None] = {}
    """Code or beginning of codes -> level; None: off."""
    values: Mapping[str, Mapping[str, Any]] = {}
    """Code -> parameter -> value, typed."""

    def level(self, code: str, default: Severity | None) -> Severity | None:
        """The level of a check: set by code, else by the longest beginning of its code, else ``default``."""
        for length in range(len(code), 0, -1):
            if code[:length] in self.levels:
                return self.levels[code[:length]]
        return default

    def is_off(self, code: str) -> bool:
        """Whether settings switch the check off. The check is not imported for this."""
        return self.level(code, Severity.ERROR) is None

    def parameters(self, code: str) -> msgspec.Struct:
        """The check's parameters: values of the settings, else the check's defaults."""
        found: msgspec.Struct = catalogue.check(code).parameters(**self.values.get(code, {}))
        return found


def configure(project: Project, user_codes: Iterable[str] = ()) -> tuple[Configuration, list[Problem]]:
    """Read ``project.policy``. Unknown keys, codes, levels and parameters are reported and left out."""
    reader = _Reader(at(project.origin, "policy"), (*catalogue.codes(), *user_codes))
    levels, values = reader.read(project.policy)
    return Configuration(levels, values), reader.problems


class _Reader:
    def __init__(self, origin: Origin, codes: tuple[str, ...]) -> None:
        self._origin, self._codes = origin, codes
        self.problems: list[Problem] = []

    def read(self, policy: Mapping[str, Any]) -> tuple[dict[str, Severity | None], dict[str, dict[str, Any]]]:
        levels: dict[str, Severity | None] = {}
        values: dict[str, dict[str, Any]] = {}
        for key, value in policy.items():
            if key == "profile":
                levels = {**self._profile(value), **levels}
            elif key not in _KEYS:
                hint = suggestion(key, _KEYS)
                self._report((key,), f"'{key}' is not a policy setting", hint, key=True)
            elif not isinstance(value, Mapping):
                self._report((key,), f"`{key}` must be a mapping from codes")
            elif key == "levels":
                levels = {**levels, **self._levels(value)}
            else:
                values = self._parameters(value)
        return levels, values

    def _profile(self, name: object) -> dict[str, Severity | None]:
        known = profiles()
        if not isinstance(name, str) or name not in known:
            self._report(("profile",), f"there is no profile '{name}'", suggestion(str(name), known, "profiles"))
            return {}
        return {code: LEVELS[level] for code, level in known[name].levels.items()}

    def _levels(self, written: Mapping[str, Any]) -> dict[str, Severity | None]:
        found: dict[str, Severity | None] = {}
        for code, value in written.items():
            name = "off" if value is False else value
            if not code or not any(known.startswith(code) for known in self._codes):
                self._unknown(("levels", code), code)
            elif not isinstance(name, str) or name not in LEVELS:
                hint = suggestion(str(value), LEVELS, "levels")
                self._report(("levels", code), f"'{value}' is not a level", hint)
            else:
                found[code] = LEVELS[name]
        return found

    def _parameters(self, written: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for code, values in written.items():
            if code not in catalogue.parts():
                self._unknown(("parameters", code), code)
            elif not isinstance(values, Mapping):
                self._report(("parameters", code), f"the parameters of {code} must be a mapping")
            else:
                found[code] = self._values(code, values)
        return found

    def _values(self, code: str, written: Mapping[str, Any]) -> dict[str, Any]:
        known = {parameter.name: parameter for parameter in parameters.describe(catalogue.check(code).parameters)}
        found = {}
        for name, value in written.items():
            path = ("parameters", code, name)
            if name not in known:
                hint = suggestion(name, known, "its parameters") or "it has no parameters"
                self._report(path, f"{code} has no parameter '{name}'", hint, key=True)
                continue
            try:
                found[name] = parameters.convert(known[name], value)
            except ValueError as error:
                hint = parameters.hint(known[name], value)
                self._report(path, f"parameter '{name}' of {code} {error}", hint)
        return found

    def _unknown(self, path: tuple[str, ...], code: str) -> None:
        hint = suggestion(code, self._codes, "checks") or "`slosmith checks` lists them"
        self._report(path, f"there is no check {code}", hint, key=True)

    def _report(self, path: tuple[str, ...], message: str, hint: str = "", *, key: bool = False) -> None:
        origin = at(self._origin, *path)
        self.problems.append(Problem(code=BAD_SETTING, message=message, hint=hint, origin=origin, on_key=key))
