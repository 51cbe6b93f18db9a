"""Model and rules -> promtool unit tests; what they cover is written down in docs/unit-tests.md."""

from slosmith.ruletests.compile import compile_tests
from slosmith.ruletests.types import (
    AlertTest,
    ExpectedAlert,
    InputSeries,
    QueryTest,
    Sample,
    TestFile,
    TestGroup,
)

__all__ = [
    "AlertTest",
    "ExpectedAlert",
    "InputSeries",
    "QueryTest",
    "Sample",
    "TestFile",
    "TestGroup",
    "compile_tests",
]
