"""slosmith: SLO policy as code for Prometheus. The names below are the public Python API (docs/api.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slosmith.api import (
        Comparison,
        Duration,
        EngineError,
        InputError,
        LoadedWorkspace,
        Objective,
        OutputError,
        Period,
        PluginError,
        Problem,
        Service,
        Severity,
        Slo,
        UnknownSloError,
        check,
        compile,
        consumer_warnings,
        cost,
        diff,
        explain,
        generate,
        load,
        write,
    )
    from slosmith.changes.difference import Difference
    from slosmith.explanation.cost import ProjectCost
    from slosmith.explanation.summary import Explanation

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "Difference",
    "Duration",
    "EngineError",
    "Explanation",
    "InputError",
    "LoadedWorkspace",
    "Objective",
    "OutputError",
    "Period",
    "PluginError",
    "Problem",
    "ProjectCost",
    "Service",
    "Severity",
    "Slo",
    "UnknownSloError",
    "check",
    "compile",
    "consumer_warnings",
    "cost",
    "diff",
    "explain",
    "generate",
    "load",
    "write",
]


_ELSEWHERE = {
    "Difference": "slosmith.changes.difference",
    "Explanation": "slosmith.explanation.summary",
    "ProjectCost": "slosmith.explanation.cost",
}
"""Types that the module of the API does not import, because most runs do not need them."""


def __getattr__(name: str) -> Any:
    """Imports the API when a name of it is first used: `import slosmith` itself costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'slosmith' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_ELSEWHERE.get(name, "slosmith.api")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted((*globals(), *__all__))
