"""The catalogue of checks, made from the modules in ``policy/checks`` and the entry points of other packages.

A module is named after its check, code first (``bud101_outage_exceeds_budget``), so the codes are known
without an import. Checks that are switched off or not selected are never imported.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from slosmith.discovery import Part, foreign, own
from slosmith.policy import checks
from slosmith.policy.check import FAMILIES, RESERVED, SUBJECTS, Check, Violation
from slosmith.policy.context import Context

GROUP = "slosmith.checks"
"""The entry points by which other packages add checks: code = module."""
CODE = re.compile(r"[A-Z]{3}[0-9]{3}", re.ASCII)
_MODULE = re.compile(r"([a-z]{3}[0-9]{3})_[a-z0-9_]+", re.ASCII)


@cache
def parts() -> Mapping[str, Part]:
    """Code -> where the check is. Our own checks come first: by family in the order of FAMILIES, then by number.

    Raises PluginError for a check of another package if its code is not valid or begins with letters of our own.
    """
    found = {
        match[1].upper(): part for name, part in own(checks.__name__).items() if (match := _MODULE.fullmatch(name))
    }
    order = {family: index for index, family in enumerate(FAMILIES)}
    codes = sorted(found, key=lambda code: (order.get(code[:3], len(order)), code))
    return {code: found[code] for code in codes} | {part.name: part for part in foreign(GROUP) if _is_fit(part)}


def _is_fit(part: Part) -> bool:
    if not CODE.fullmatch(part.name):
        raise part.error("a code has three capital letters and three digits, such as XYZ101")
    if part.name[:3] in RESERVED:
        raise part.error(f"codes that begin with {part.name[:3]} are slosmith's own")
    return True


def codes() -> tuple[str, ...]:
    """Every code, in the catalogue's order."""
    return tuple(parts())


def own_codes() -> tuple[str, ...]:
    """The codes of our own checks."""
    return tuple(code for code, part in parts().items() if not part.foreign)


@cache
def check(code: str) -> Check[Any, Any]:
    """The check of ``code``. Raises KeyError when there is none, PluginError when another package's cannot be used."""
    part = parts()[code]
    module = part.load()
    found = part.attribute(module, "CHECK")
    return _guarded(part, found) if part.foreign else found


def _guarded(part: Part, found: object) -> Check[Any, Any]:
    """Another package's check; its exceptions name the package. Raises PluginError if it is not a valid check."""
    if not isinstance(found, Check):
        raise part.error("its `CHECK` is not a slosmith.policy.check.Check")
    if found.code != part.name:
        raise part.error(f"its `CHECK` has the code {found.code}")
    if found.of not in SUBJECTS:
        raise part.error(f"its `CHECK` looks at '{found.of}'; it must be one of {', '.join(SUBJECTS)}")
    if not documentation(part.name):
        raise part.error(f"the module {part.module} has no docstring, which is the check's page")

    def find(subject: Any, context: Context, parameters: Any) -> list[Violation]:
        with part.guarded():
            violations = list(found.find(subject, context, parameters))
        if not all(isinstance(violation, Violation) for violation in violations):
            raise part.error("it returns something that is not a slosmith.policy.check.Violation")
        return violations

    return msgspec.structs.replace(found, find=find)


def slug(code: str) -> str:
    """The check's name without its code: ``outage-exceeds-budget``. The code for modules with other names."""
    name = parts()[code].module.rpartition(".")[2]
    return name[len(code) + 1 :].replace("_", "-") if _MODULE.fullmatch(name) else code.lower()


def title(code: str) -> str:
    """The check in one line: the first line of its module's docstring."""
    return documentation(code).split("\n", 1)[0].rstrip(".")


def documentation(code: str) -> str:
    """The check's documentation: its module's docstring, Markdown."""
    return inspect.cleandoc(_module(code).__doc__ or "")


def family(code: str) -> str:
    """The name of the check's family."""
    part = parts()[code]
    return f"Checks of {part.package}" if part.foreign else FAMILIES[code[:3]]


def _module(code: str) -> Any:
    return parts()[code].load()
