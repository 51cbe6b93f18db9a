"""Problems of every kind, for tests of reporters."""

from __future__ import annotations

from slosmith.model import Origin
from slosmith.problems import Problem, Severity, Span

SAMPLES = (
    Problem(
        code="BUD101",
        message="an outage is longer than the budget",
        hint="set a lower target",
        origin=Origin("default", "slo_specs/services/a.yaml", ("operations", "time_to_repair")),
        place=Span(7, 3, 7, 9),
        subject="a-availability",
    ),
    Problem(
        code="DOC406",
        message="no clients",
        severity=Severity.WARNING,
        origin=Origin("default", "slo_specs/services/a.yaml", ("name",)),
        place=Span(3, 7, 3, 8),
        subject="a",
    ),
    Problem(
        code="ALT201",
        message="clamped",
        severity=Severity.NOTICE,
        origin=Origin("default", "./slo_specs/classes/ü b.yaml", ("objectives", "latency", "target")),
        place=Span(12, 1, 14, 2),
    ),
    Problem(code="SYN113", message="the file is empty", origin=Origin("default", "slo_specs/services/empty.yaml")),
    Problem(code="SYN101", message='it\'s <gone> & "never" \x1b[31mred\x00 \ud800 ]]>'),
    Problem(code="SYN110", message="twice", origin=Origin("default", "slo_specs/services/b.yaml"), place=Span(1, 1)),
    Problem(code="SYN110", message="twice", origin=Origin("default", "slo_specs/services/b.yaml"), place=Span(9, 1)),
)
