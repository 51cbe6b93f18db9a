"""The catalogue of checks, made from the modules in ``policy/checks`` themselves.

A module is named after its check, code first (``bud101_outage_exceeds_budget``), so codes are known without importing
anything: checks that are switched off, or not asked for, are never imported.
"""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from slosmith.policy import checks
from slosmith.policy.check import FAMILIES, Check

CODE = re.compile(r"[A-Z]{3}[0-9]{3}", re.ASCII)
_MODULE = re.compile(r"([a-z]{3}[0-9]{3})_[a-z0-9_]+", re.ASCII)


@cache
def modules() -> Mapping[str, str]:
    """Code -> module name, sorted by family in the order of FAMILIES, then number."""
    found = {
        match[1].upper(): info.name
        for info in pkgutil.iter_modules(checks.__path__)
        if (match := _MODULE.fullmatch(info.name)) is not None
    }
    order = {family: index for index, family in enumerate(FAMILIES)}
    return {code: found[code] for code in sorted(found, key=lambda code: (order.get(code[:3], len(order)), code))}


def codes() -> tuple[str, ...]:
    """Every code, in the catalogue's order."""
    return tuple(modules())


@cache
def check(code: str) -> Check[Any, Any]:
    """The check of ``code``. Raises KeyError when there is none."""
    found: Check[Any, Any] = _module(code).CHECK
    return found


def slug(code: str) -> str:
    """The check's name without its code: ``outage-exceeds-budget``."""
    return modules()[code][len(code) + 1 :].replace("_", "-")


def title(code: str) -> str:
    """The check in one line: the first line of its module's docstring."""
    return documentation(code).split("\n", 1)[0].rstrip(".")


def documentation(code: str) -> str:
    """The check's documentation: its module's docstring, Markdown."""
    return inspect.cleandoc(_module(code).__doc__ or "")


def family(code: str) -> str:
    """What the check's family is called."""
    return FAMILIES[code[:3]]


def _module(code: str) -> Any:
    return import_module(f"{checks.__name__}.{modules()[code]}")
