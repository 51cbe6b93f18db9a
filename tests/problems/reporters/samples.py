"""Problems of every sort, for the reporters."""

from __future__ import annotations

from slosmith.problems import Problem, Severity

SAMPLES = (
    Problem(
        code="BUD101",
        message="an outage is longer than the budget",
        hint="set a lower target",
        file="slo_specs/services/a.yaml",
        line=7,
        column=3,
        end_line=7,
        end_column=9,
        path=("operations", "time_to_repair"),
        subject="a-availability",
    ),
    Problem(
        code="DOC406",
        message="no clients",
        severity=Severity.WARNING,
        file="slo_specs/services/a.yaml",
        line=3,
        column=7,
        end_line=3,
        end_column=8,
        path=("name",),
        subject="a",
    ),
    Problem(
        code="ALT201",
        message="clamped",
        severity=Severity.NOTICE,
        file="./slo_specs/classes/ü b.yaml",
        line=12,
        column=1,
        end_line=14,
        end_column=2,
        path=("objectives", "latency", "target"),
    ),
    Problem(code="SYN113", message="the file is empty", file="slo_specs/services/empty.yaml"),
    Problem(code="SYN101", message='it\'s <gone> & "never" \x1b[31mred\x00 \ud800 ]]>'),
    Problem(code="SYN110", message="twice", file="slo_specs/services/b.yaml", line=1, column=1),
    Problem(code="SYN110", message="twice", file="slo_specs/services/b.yaml", line=9, column=1),
)
