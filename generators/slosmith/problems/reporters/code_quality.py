"""Problems as a GitLab Code Quality report. Merge requests show which problems are new, and which are fixed.

Fields (GitLab's documentation, "Code Quality report format"): description, check_name, fingerprint, severity,
location.path (relative to the repository) and location.lines.begin.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from posixpath import normpath

from slosmith.problems.fingerprints import fingerprints
from slosmith.problems.problem import Problem, Severity
from slosmith.problems.reporters import Facts

SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTICE: "info"}
"""GitLab knows info, minor, major, critical, blocker. With an error, nothing is generated."""


def report(problems: Iterable[Problem]) -> str:
    """A JSON array, one object for each problem. GitLab reads an empty array as "all problems are fixed"."""
    found = list(problems)
    entries = [
        {
            "description": problem.message + (f" ({problem.hint})" if problem.hint else ""),
            "check_name": problem.code,
            "fingerprint": fingerprint,
            "severity": SEVERITIES[problem.severity],
            "location": {"path": normpath(problem.file or "slo_specs"), "lines": {"begin": max(problem.line, 1)}},
        }
        for problem, fingerprint in zip(found, fingerprints(found), strict=True)
    ]
    return json.dumps(entries, indent=2) + "\n"


def render(problems: Sequence[Problem], facts: Facts) -> str:
    """As :func:`report`, with the arguments of every reporter."""
    return report(problems)
